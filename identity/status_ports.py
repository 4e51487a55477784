"""What changing statuses and serving status lists need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from identity.model.status_change import StatusChange


@dataclass(frozen=True)
class StatusTarget:
    """A credential as its status is changed: digest (hex), status index on chain, and what it is.

    `issued_at` is in UTC epoch seconds.
    """

    digest: str
    status_index: int
    type_code: str
    issued_at: int


class StatusChanges(Protocol):
    """The record of status changes, and the credentials they are about."""

    def lock(self, issuer_id: str, digests: Iterable[str]) -> list[StatusTarget]:
        """Return those of these that the issuer issued; nobody else changes them meanwhile."""

    def digests(self, issuer_id: str, source_keys: Iterable[str]) -> dict[str, str]:
        """Return the digest for each source key that the issuer issued under."""

    def issuer_of_held(self, enterprise_id: str, digest: str) -> str | None:
        """Return who issued a credential of the enterprise's wallet; None if it has no such."""

    def issued(self, issuer_id: str, digest: str) -> StatusTarget | None:
        """Return a credential; None if this issuer did not issue it."""

    def issued_to(self, issuer_id: str, enterprise_id: str, limit: int) -> list[StatusTarget]:
        """Return what the issuer issued to an enterprise, newest first."""

    def add(self, changes: Sequence[StatusChange]) -> None:
        """Record changes that were queued for the chain."""

    def latest(self, digests: Iterable[str]) -> dict[str, StatusChange]:
        """Return each credential's newest change that did not fail."""

    def history(self, digest: str) -> list[StatusChange]:
        """Return a credential's changes, newest first."""


@dataclass(frozen=True)
class SignedList:
    """A signed status list (compact JWS), and what it was made from.

    `source` is a digest of the statuses and of the header it was signed under.
    """

    body: str
    source: str
    issued_at: int
    expires_at: int


class StatusLists(Protocol):
    """Statuses as indexed from the chain, and the lists signed over them."""

    def last_index(self, issuer_id: str) -> int | None:
        """Return a status index in the last shard the issuer has used; None before the first."""

    def words(self, issuer_address: str, shard: int) -> list[tuple[int, str]]:
        """Return (word index, word as 0x-hex) of the shard's words on chain, by index."""

    def kept(self, issuer_id: str, shard: int, kind: str) -> SignedList | None:
        """Return the list signed last."""

    def keep(self, issuer_id: str, shard: int, kind: str, signed: SignedList) -> None:
        """Keep a signed list in place of the one before."""
