"""What the chain says, as needed to trust a credential: accreditation and status."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from eth_utils.address import is_address, to_checksum_address
from sqlalchemy import select

from chain import Chain
from db import db
from identity.adapters.tables import DIDKeyRow, StatusWordRow
from identity.model.credential import STATUSES_A_WORD

NOW_AGE_MAX_S = 1
KEY_LAG_S = 600  # a key may sign while the transaction that publishes it is on its way


class ChainTrust:
    """Asks AccreditationRegistry, and reads statuses from the index of CredentialRegistry's events.

    An answer about the past cannot change, so it is kept; an answer about now is kept for a second.
    """

    def __init__(
        self, chain: Chain, *, jurisdiction: int, indexed_at: Callable[[], int | None]
    ) -> None:
        self._chain = chain
        self._jurisdiction = jurisdiction
        self._indexed_at = indexed_at
        self._past = lru_cache(maxsize=65_536)(self._ask)
        self._key_addresses = lru_cache(maxsize=1024)(self._load_key_address)
        self._present = lru_cache(maxsize=1024)(self._ask_at_tick)

    def _ask(self, issuer_address: str, credential_type: bytes, at: int) -> bool:
        arguments = (issuer_address, credential_type, self._jurisdiction, at)
        return bool(self._chain.call("AccreditationRegistry", "isAccredited", *arguments))

    def _ask_at_tick(self, issuer_address: str, credential_type: bytes, tick: int) -> bool:
        return self._ask(issuer_address, credential_type, tick * NOW_AGE_MAX_S)

    def accredited(self, issuer_address: str, credential_type: bytes, at: int) -> bool:
        """Tell whether an issuer was accredited for a type in our jurisdiction at a time."""
        now = int(time.time())
        if at >= now - NOW_AGE_MAX_S:
            return self._present(issuer_address, credential_type, at // NOW_AGE_MAX_S)
        return self._past(issuer_address, credential_type, at)

    def key_address(self, multikey: bytes, at: int) -> str | None:
        """Return the address whose DID had published this key at a time; None if none had."""
        return self._key_addresses(multikey, at, int(time.time()) // NOW_AGE_MAX_S)

    @staticmethod
    def _load_key_address(multikey: bytes, at: int, _tick: int) -> str | None:
        query = select(DIDKeyRow.address).where(
            DIDKeyRow.multikey == "0x" + multikey.hex(),
            DIDKeyRow.valid_from <= at + KEY_LAG_S,
            DIDKeyRow.valid_to > at,
        )
        found = db.session.execute(query.order_by(DIDKeyRow.valid_from)).scalars().all()
        # A key that two DIDs claim proves nothing about either.
        return found[0] if len(found) == 1 else None

    def keys_of(self, did: str, at: int) -> dict[str, bytes]:
        """Return the multikeys that a did:ethr of this chain publishes at a time, by fragment."""
        prefix, _, address = did.rpartition(":")
        if prefix != f"did:ethr:{self._chain.chain_id:#x}" or not is_address(address):
            return {}
        query = select(DIDKeyRow.number, DIDKeyRow.multikey).where(
            DIDKeyRow.address == to_checksum_address(address),
            DIDKeyRow.valid_from <= at,
            DIDKeyRow.valid_to > at,
        )
        return {
            f"delegate-{number}": bytes.fromhex(key[2:])
            for number, key in db.session.execute(query)
        }

    def statuses(self, issuer_address: str, indices: Sequence[int]) -> dict[int, int]:
        """Return the status of each index; an index never written is 0 (valid)."""
        words = {index // STATUSES_A_WORD for index in indices}
        query = select(StatusWordRow.word_index, StatusWordRow.word).where(
            StatusWordRow.issuer_address == issuer_address, StatusWordRow.word_index.in_(words)
        )
        found = {index: int(word, 16) for index, word in db.session.execute(query)}
        return {
            index: found.get(index // STATUSES_A_WORD, 0) >> 2 * (index % STATUSES_A_WORD) & 3
            for index in indices
        }

    def index_age_s(self) -> int:
        """Return how long ago the index was last level with the chain, in seconds."""
        indexed_at = self._indexed_at()
        return int(time.time()) - indexed_at if indexed_at is not None else 1 << 30
