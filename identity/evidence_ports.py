"""What making evidence needs of the chain and its index, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from identity.model.evidence import FullBlock, Place


class Change(NamedTuple):
    """An event that was read, and where it stands; `args` by name, addresses checksummed."""

    name: str
    args: Mapping[str, Any]
    place: Place


class ChainHistory(Protocol):
    """What has happened on chain, as far as the index has followed."""

    @property
    def chain_id(self) -> int: ...

    def contracts(self) -> dict[str, str]:
        """Return the addresses of the contracts that evidence rests on, by name."""

    def anchored(self, root: str, issuer: str) -> Place | None:
        """Return where an issuer's batch was anchored."""

    def accreditations(self, account: str, credential_type: str, until_block: int) -> list[Change]:
        """Return what was done to an account's scope for a type and to its suspension, in order."""

    def key_changes(self, account: str, multikey: str) -> list[Place]:
        """Return where the account's DID published or revoked a key, in order."""

    def blocks(self, numbers: Sequence[int]) -> list[FullBlock]:
        """Return blocks with all their receipts; raises EvidenceNotReady if the node is away."""

    def headers(self, first: int, last: int) -> list[Mapping[str, Any]]:
        """Return blocks without receipts, in order; raises as `blocks`."""

    def checkpoints(self, accounts: Sequence[str], limit: int) -> list[tuple[int, str]]:
        """Return (number, hash) of blocks that evidence can rest on, newest first.

        Of accreditations and anchors the newest `limit`; of changes of these accounts' DIDs all.
        """
