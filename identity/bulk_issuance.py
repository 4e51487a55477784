"""Issue credentials by the hundred thousand: chunk by chunk, one Merkle batch for all.

1. A batch is opened. Every chunk is one database transaction, which the caller commits: its
   credentials, its leaves and whatever the caller keeps of its own progress stand or fall together.
2. While a chunk is written the next are being signed, by other processes.
3. A bad item is refused by itself; an item issued before, under the same source key, is left alone.
   So a run that was broken off anywhere is taken up by giving it its items again.
4. The batch is closed: one root, one write to the chain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from identity.issuance import Issuance
from identity.issuance_steps import IssuanceSteps, IssueItem
from identity.model.credential import CredentialType
from identity.model.minting import Minted, Order
from identity.model.party import Organisation
from identity.ports import Batches, Clock, Credentials, Minters, Parties, Submit, Types

CHUNKS_AHEAD = 2  # being signed while one is stored; each some tens of megabytes


class Fate(StrEnum):
    """What became of an item."""

    ISSUED = "issued"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ItemOutcome(NamedTuple):
    """What became of one item; `reason` is the stable code of a refusal."""

    source_key: str
    fate: Fate
    reason: str | None = None


class _Chunk(NamedTuple):
    """A chunk that is being signed."""

    outcomes: list[ItemOutcome]
    items: list[IssueItem]
    orders: list[Order]
    result: Callable[[], list[Minted]]


@dataclass(frozen=True)
class BulkIssuance:
    """Issues streams of items; see the module."""

    steps: IssuanceSteps
    issuance: Issuance
    parties: Parties
    credentials: Credentials
    batches: Batches
    types: Types
    minters: Minters
    clock: Clock

    def open(self, issuer_code: str, type_code: str) -> str:
        """Return the id of a new batch; raises IssuerNotAccredited."""
        issuer, credential_type = self.parties.organisation(issuer_code), self.types.get(type_code)
        now = self.clock()
        self.steps.require_accredited(issuer, credential_type, now)
        return self.batches.open(issuer.id, type_code, now)

    def issue(
        self, batch_id: str, chunks: Iterable[Sequence[IssueItem]]
    ) -> Iterator[list[ItemOutcome] | None]:
        """Issue chunks into a batch; yield each chunk's outcomes once it is stored, uncommitted.

        The caller commits after every yield, also after the first, which is None: signing has
        begun, and nobody else should wait for a lock while it goes on. Chunks are asked for ahead
        of time; when asking fails, those that are being signed are stored first, and then the
        failure is raised.

        Args:
            chunks: of some thousand items each; outcomes are in the items' order.
        Raises:
            LookupError: the batch is not open.
            IssuerNotAccredited: the issuer may not issue this type any more.
        """
        batch = self.batches.get_open(batch_id)
        issuer = self.parties.organisation_by_id(batch.issuer_id)
        run = _Run(self, batch_id, issuer, self.types.get(batch.type_code))
        mould = self.steps.mould(issuer, run.credential_type)
        with self.minters.at_work(mould, self.steps.issuer_keys.private_key(issuer)) as submit:
            yield from run.go(iter(chunks), submit)

    def is_open(self, batch_id: str) -> bool:
        """Tell whether a batch can still be added to."""
        try:
            self.batches.get_open(batch_id)
        except LookupError:
            return False
        return True

    def anchored(self, batch_ids: Sequence[str]) -> int:
        """Return how many credentials of these batches are on chain."""
        return self.batches.anchored(batch_ids)

    def close(self, batch_id: str) -> int:
        """Close the batch and queue its root for the chain; return how many it has."""
        return self.issuance.close_batch(batch_id)


class _Run:
    """One pass over the chunks of a batch."""

    def __init__(
        self,
        desk: BulkIssuance,
        batch_id: str,
        issuer: Organisation,
        credential_type: CredentialType,
    ) -> None:
        self.credential_type = credential_type
        self._desk = desk
        self._batch_id = batch_id
        self._issuer = issuer
        self._signing: deque[_Chunk] = deque()

    def go(
        self, chunks: Iterator[Sequence[IssueItem]], submit: Submit
    ) -> Iterator[list[ItemOutcome] | None]:
        """Keep some chunks being signed, and store them in order."""
        failure = self._ask(chunks, submit)
        yield None
        while self._signing:
            minted = self._signing[0].result()  # waits outside of any transaction
            outcomes = self._finish(self._signing.popleft(), minted)
            if failure is None:
                failure = self._ask(chunks, submit)
            yield outcomes
        if not isinstance(failure, StopIteration) and failure is not None:
            raise failure

    def _ask(self, chunks: Iterator[Sequence[IssueItem]], submit: Submit) -> Exception | None:
        """Have chunks signed until there are enough; return why no more can be asked for."""
        try:
            while len(self._signing) <= CHUNKS_AHEAD:
                self._signing.append(self._start(next(chunks), submit))
        except Exception as error:  # the end, or a failure that is raised once all is stored
            return error
        return None

    def _start(self, items: Sequence[IssueItem], submit: Submit) -> _Chunk:
        now = self._desk.clock()
        self._desk.steps.require_accredited(self._issuer, self.credential_type, now)
        outcomes = self._judge(items)
        kept = [
            item
            for item, outcome in zip(items, outcomes, strict=True)
            if outcome.fate is Fate.ISSUED
        ]
        orders = self._desk.steps.orders(self._issuer, self.credential_type, kept, now)
        return _Chunk(outcomes, kept, orders, submit(orders))

    def _judge(self, items: Sequence[IssueItem]) -> list[ItemOutcome]:
        """Say of each item whether it is to be issued."""
        done = self._desk.credentials.issued_keys(
            self._issuer.id, [item.source_key for item in items]
        )
        done.update(item.source_key for chunk in self._signing for item in chunk.items)
        outcomes = []
        for item in items:
            if item.source_key in done:
                outcomes.append(ItemOutcome(item.source_key, Fate.UNCHANGED))
            elif not self.credential_type.accepts(item.claims):
                outcomes.append(ItemOutcome(item.source_key, Fate.REFUSED, "claims_invalid"))
            else:
                done.add(item.source_key)
                outcomes.append(ItemOutcome(item.source_key, Fate.ISSUED))
        return outcomes

    def _finish(self, chunk: _Chunk, minted: Sequence[Minted]) -> list[ItemOutcome]:
        if minted:
            first = self._desk.batches.append(self._batch_id, [one.leaf for one in minted])
            self._desk.steps.store(
                self._issuer,
                self.credential_type,
                list(zip(chunk.items, chunk.orders, minted, strict=True)),
                batch_id=self._batch_id,
                first_leaf_index=first,
            )
        return chunk.outcomes
