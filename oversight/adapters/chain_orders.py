"""The regulator's writes as items of the outbox, and where issuers stand on chain.

The items are the structs of ``IAccreditationRegistry`` and ``ICreditRegistry``, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain import Chain, ChainError, Outbox
from credit import ChainStatus
from identity import Identity
from oversight.model.records import Issuer, Review, ReviewOutcome, Standing, Suspension

REVIEW_NUMBERS = {ReviewOutcome.ACCEPTED: 1, ReviewOutcome.QUESTIONED: 2}


@dataclass(frozen=True)
class OutboxOrders:
    """Queues suspensions and reviews, signed by the regulator's chain account."""

    outbox: Outbox

    def set_suspended(self, order: Suspension, issuer: Issuer, *, regulator_code: str) -> None:
        """Queue an issuer's suspension or its end."""
        self.outbox.enqueue(
            dedupe_key=f"oversight:suspension:{order.id}",
            signer=f"regulator:{regulator_code}",
            contract="AccreditationRegistry",
            function="setSuspendedBatch",
            item=[issuer.address, order.suspended, order.reason_digest],
        )

    def review(self, review: Review, chain_id: str, *, regulator_code: str) -> None:
        """Queue the review of a loan attestation."""
        self.outbox.enqueue(
            dedupe_key=f"oversight:review:{review.id}",
            signer=f"regulator:{regulator_code}",
            contract="CreditRegistry",
            function="reviewBatch",
            item=[chain_id, REVIEW_NUMBERS[review.outcome], review.reason_digest],
        )

    def suspension_status(self, suspension_id: str) -> ChainStatus | None:
        """Return how far an order got."""
        return self._status(f"oversight:suspension:{suspension_id}")

    def review_status(self, review_id: str) -> ChainStatus | None:
        """Return how far a review got."""
        return self._status(f"oversight:review:{review_id}")

    def _status(self, key: str) -> ChainStatus | None:
        found = self.outbox.status(key)
        if found is None:
            return None
        return ChainStatus(
            found.state, found.tx_hash, found.block_number, found.error_name, found.error_args
        )


@dataclass(frozen=True)
class ChainIssuers:
    """Issuers as identity knows them, with their standing asked of AccreditationRegistry."""

    identity: Identity
    chain: Chain

    def all(self) -> list[Issuer]:
        """Return every organisation that some credential type names as its issuer."""
        types = self.identity.types.all()
        issued = {
            organisation.code: tuple(
                sorted(t.code for t in types if organisation.code in t.issuers)
            )
            for organisation in self.identity.parties.organisations()
        }
        return [
            Issuer(o.code, o.name_zh, o.name_en, o.address, issued[o.code])
            for o in self.identity.parties.organisations()
            if issued[o.code]
        ]

    def standing(self, issuer: Issuer) -> Standing:
        """Ask the contract for the issuer's place in the accreditation tree."""
        try:
            _, _, suspended, since = self.chain.call(
                "AccreditationRegistry", "nodeOf", issuer.address
            )
        except ChainError:
            return Standing.CANNOT_CHECK
        if since == 0:
            return Standing.NOT_ACCREDITED
        return Standing.SUSPENDED if suspended else Standing.ACCREDITED
