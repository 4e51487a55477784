"""See the loan attestations of all banks, and accept or question them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from credit import LoanView
from db import new_id
from oversight.errors import AlreadyReviewed, NotAttested
from oversight.issuers import salted_reason
from oversight.model.records import AttestationView, Review, ReviewOutcome
from oversight.ports import Actor, ChainOrders, Clock, CreditPort, OversightStore


@dataclass(frozen=True)
class AttestationDesk:
    """The regulator's list of attestations and its reviews."""

    store: OversightStore
    credit: CreditPort
    orders: ChainOrders
    clock: Clock

    def list(self, *, limit: int, offset: int = 0) -> list[AttestationView]:
        """Return loan attestations, newest first."""
        loans = self.credit.attested_loans(limit=limit, offset=offset)
        reviews = self.store.latest_reviews([view.loan.id for view in loans])
        return [self._view(view, reviews.get(view.loan.id)) for view in loans]

    def get(self, loan_id: str) -> AttestationView:
        """Return one attestation; raises credit's LoanNotFound."""
        loan = self.credit.attested_loan(loan_id)
        return self._view(loan, self.store.latest_reviews([loan_id]).get(loan_id))

    def review(
        self, loan_id: str, outcome: ReviewOutcome, reason: str, *, actor: Actor
    ) -> AttestationView:
        """Accept or question an attestation; recorded on chain with a salted reason.

        Raises:
            LoanNotFound (credit): there is no such loan.
            NotAttested: its attestation is not on chain yet.
            AlreadyReviewed: the latest review says the same.
        """
        view = self.get(loan_id)
        if view.loan.status is None or view.loan.status.state != "mined":
            raise NotAttested("wait until the attestation is on chain, then review it")
        failed = view.status is not None and view.status.state == "failed"
        if view.review is not None and view.review.outcome is outcome and not failed:
            raise AlreadyReviewed(f"the attestation is {outcome} already")
        salt = secrets.token_hex(32)
        review = Review(
            id=new_id(),
            loan_id=loan_id,
            outcome=outcome,
            reason=reason,
            salt=salt,
            reason_digest=salted_reason(salt, reason),
            reviewed_by=actor.user_id,
            reviewed_at=self.clock(),
        )
        self.store.add_review(review)
        self.orders.review(review, view.loan.loan.chain_id, regulator_code=actor.organisation_code)
        return self._view(view.loan, review)

    def _view(self, loan: LoanView, review: Review | None) -> AttestationView:
        return AttestationView(
            loan, review, self.orders.review_status(review.id) if review else None
        )
