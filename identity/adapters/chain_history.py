"""The chain's past, from the index of its events and from the node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from eth_utils.address import to_checksum_address
from sqlalchemy import select

from chain import (
    Chain,
    ChainError,
    DecodedEvent,
    blocks_with_events,
    raw_blocks,
    raw_receipts,
    recorded_events,
)
from db import db
from identity.adapters.tables import BatchRow
from identity.errors import EvidenceNotReady
from identity.evidence_ports import Change
from identity.model.evidence import FullBlock, Place
from identity.model.evidence_events import (
    ACCREDITATION_REGISTRY,
    CONTRACTS,
    CREDENTIAL_REGISTRY,
    DID_REGISTRY,
    KEY_ATTRIBUTE,
)

DID_EVENTS = ("DIDAttributeChanged", "DIDOwnerChanged", "DIDDelegateChanged")
RESTED_ON = (
    (CREDENTIAL_REGISTRY, "BatchAnchored"),
    (ACCREDITATION_REGISTRY, "Accredited"),
    (ACCREDITATION_REGISTRY, "SuspensionChanged"),
)


class SQLChainHistory:
    """Reads `chain_event`, and asks the node for the blocks themselves."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    @property
    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""
        return self._chain.chain_id

    def contracts(self) -> dict[str, str]:
        """Return the addresses of the contracts that evidence rests on."""
        return {name: self._chain.address(name) for name in CONTRACTS}

    def anchored(self, root: str, issuer: str) -> Place | None:
        """Return where an issuer's batch was anchored."""
        query = select(BatchRow.block_number).where(BatchRow.root == root)
        number = db.session.execute(query).scalar_one_or_none()
        if number is None:
            return None
        found = recorded_events(
            CREDENTIAL_REGISTRY,
            ("BatchAnchored",),
            until_block=number,
            in_block=number,
            root=root,
            issuer=issuer,
        )
        return _place(found[0]) if found else None

    def accreditations(self, account: str, credential_type: str, until_block: int) -> list[Change]:
        """Return what was done to an account's scope for a type and to its suspension, in order."""
        found = recorded_events(
            ACCREDITATION_REGISTRY,
            ("Accredited", "SuspensionChanged"),
            until_block=until_block,
            issuer=account,
        )
        wanted = (None, credential_type)
        return [
            Change(event.event, event.args, _place(event))
            for event in found
            if event.args.get("credentialType") in wanted
        ]

    def key_changes(self, account: str, multikey: str) -> list[Place]:
        """Return where a DID published or revoked a key."""
        return [_place(event) for event in self._changes(account) if _is_of_key(event, multikey)]

    def _changes(self, account: str) -> list[DecodedEvent]:
        """Return the changes of a DID in order, found by ERC-1056's `previousChange`."""
        found: list[DecodedEvent] = []
        with _node_answers():
            number = int(self._chain.call(DID_REGISTRY, "changed", to_checksum_address(account)))
        while number:
            changes = recorded_events(
                DID_REGISTRY, DID_EVENTS, until_block=number, in_block=number, identity=account
            )
            if not changes:
                break  # the index has not read that block yet
            found = changes + found
            number = min(int(event.args["previousChange"]) for event in changes)
        return found

    def blocks(self, numbers: Sequence[int]) -> list[FullBlock]:
        """Return blocks with all their receipts."""
        with _node_answers():
            return [
                FullBlock(block, raw_receipts(self._chain, block))
                for block in raw_blocks(self._chain, numbers)
            ]

    def headers(self, first: int, last: int) -> list[Mapping[str, Any]]:
        """Return blocks without receipts, in order."""
        with _node_answers():
            return list(raw_blocks(self._chain, range(first, last + 1)))

    def checkpoints(self, accounts: Sequence[str], limit: int) -> list[tuple[int, str]]:
        """Return (number, hash) of blocks that evidence can rest on, newest first."""
        changes = (event for account in accounts for event in self._changes(account))
        blocks = {(event.block_number, event.block_hash) for event in changes}
        blocks.update(blocks_with_events(RESTED_ON, limit=limit))
        return sorted(blocks, reverse=True)


@contextmanager
def _node_answers() -> Iterator[None]:
    try:
        yield
    except ChainError as error:
        raise EvidenceNotReady(error.detail) from error


def _place(event: DecodedEvent) -> Place:
    return Place(event.block_number, event.block_hash, event.tx_hash, event.log_index)


def _is_of_key(event: DecodedEvent, multikey: str) -> bool:
    return (
        event.event == "DIDAttributeChanged"
        and event.args["name"] == "0x" + KEY_ATTRIBUTE.hex()
        and event.args["value"] == multikey
    )
