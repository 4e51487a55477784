"""What the platform wrote to the chain, counted from the outbox and identity's index."""

from __future__ import annotations

from dataclasses import dataclass

from chain import Outbox
from identity import Identity
from oversight.ports import Activity


@dataclass(frozen=True)
class OutboxActivity:
    """Counts writes; one that is mined but not indexed yet still waits."""

    identity: Identity
    outbox: Outbox

    def __call__(self) -> Activity:
        """Return the counts as of now."""
        counts, totals = self.outbox.counts(), self.outbox.totals()
        return Activity(
            waiting=counts["queued"] + counts["sent"] + self.identity.waiting_for_chain(),
            failed=counts["failed"],
            transactions=totals.count,
            gas_used=totals.gas_used,
        )
