"""Issues credentials through identity, in an authority's name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from authorities.errors import IssuerRefused
from authorities.ports import IssuanceItem, IssuanceOutcome
from identity import Identity, IssueItem, ItemOutcome
from identity.errors import IssuerNotAccredited
from identity.model.status_list import Status

SUPERSEDED = "内容已更新，由新凭证取代 (superseded by a newer credential)"
SYSTEM = "system"


@dataclass(frozen=True)
class IdentityIssuer:
    """Implements :class:`authorities.ports.CredentialIssuer` on the identity facade."""

    identity: Identity

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssuanceItem]
    ) -> Sequence[IssuanceOutcome]:
        """Issue to the enterprises that are registered; say what became of each item."""
        ids = self.identity.parties.enterprise_ids({item.uscc for item in items})
        wanted = [
            IssueItem(ids[item.uscc], item.claims, item.source_key)
            for item in items
            if item.uscc in ids
        ]
        with _refusals():
            issued = self.identity.issue_many(issuer_code, type_code, wanted)
        fresh = {item.source_key for item in issued}
        return [_outcome(item, item.uscc in ids, item.source_key in fresh) for item in items]

    def supersede(self, issuer_code: str, source_keys: Sequence[str]) -> int:
        """Revoke what was issued under these keys: newer credentials took its place."""
        issuer = self.identity.organisation(issuer_code)
        issued = self.identity.credentials.issued_keys(issuer.id, source_keys)
        if not issued:
            return 0
        changes = self.identity.status_desk.change_by_source(
            issuer.id, sorted(issued), Status.REVOKED, reason=SUPERSEDED, actor=SYSTEM
        )
        return len(changes)

    def open_batch(self, issuer_code: str, type_code: str, batch_id: str | None) -> str:
        """Return the batch of this id if it is still open, and the id of a new one otherwise."""
        bulk = self.identity.bulk_issuance
        if batch_id is not None and bulk.is_open(batch_id):
            return batch_id
        with _refusals():
            return bulk.open(issuer_code, type_code)

    def issue_chunks(
        self, batch_id: str, chunks: Iterable[Sequence[IssuanceItem]]
    ) -> Iterator[Sequence[IssuanceOutcome] | None]:
        """Issue chunks into a batch; yield what became of each chunk's items, in order."""
        asked: deque[Sequence[IssuanceItem]] = deque()
        with _refusals():
            for outcomes in self.identity.bulk_issuance.issue(
                batch_id, self._registered(chunks, asked)
            ):
                if outcomes is None:
                    yield None
                    continue
                found = {outcome.source_key: outcome for outcome in outcomes}
                yield [_bulk_outcome(item, found) for item in asked.popleft()]

    def _registered(
        self, chunks: Iterable[Sequence[IssuanceItem]], asked: deque[Sequence[IssuanceItem]]
    ) -> Iterator[list[IssueItem]]:
        for items in chunks:
            ids = self.identity.parties.enterprise_ids({item.uscc for item in items})
            asked.append(items)
            yield [
                IssueItem(ids[item.uscc], item.claims, item.source_key)
                for item in items
                if item.uscc in ids
            ]

    def close_batch(self, batch_id: str) -> int:
        """Close a batch and queue it for the chain; return how many it has."""
        return self.identity.bulk_issuance.close(batch_id)

    def anchored(self, batch_ids: Sequence[str]) -> int:
        """Return how many credentials of these batches are on chain."""
        return self.identity.bulk_issuance.anchored(batch_ids)


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in the authorities' words that the issuer may not issue."""
    try:
        yield
    except IssuerNotAccredited as error:
        raise IssuerRefused(error.detail, **error.extra) from error


def _bulk_outcome(item: IssuanceItem, found: Mapping[str, ItemOutcome]) -> IssuanceOutcome:
    outcome = found.get(item.source_key)
    if outcome is None:
        return IssuanceOutcome(item.source_key, "refused", "enterprise_not_registered")
    return IssuanceOutcome(item.source_key, outcome.fate, outcome.reason)


def _outcome(item: IssuanceItem, is_registered: bool, is_fresh: bool) -> IssuanceOutcome:
    if not is_registered:
        return IssuanceOutcome(item.source_key, "refused", "enterprise_not_registered")
    return IssuanceOutcome(item.source_key, "issued" if is_fresh else "unchanged")
