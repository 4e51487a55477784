"""The one object through which other packages use credit."""

from __future__ import annotations

from dataclasses import dataclass

from credit.applications import ApplicationDesk
from credit.decisions import DecisionDesk
from credit.errors import LoanNotFound
from credit.evidence import EvidenceGatherer
from credit.loans import SHARE_BPS_MAX, LoanDesk
from credit.model.records import (
    Application,
    Decision,
    Loan,
    LoanView,
    Pledge,
    PledgeView,
    Review,
    ReviewAnswer,
)
from credit.model.replay import ReplayResult
from credit.ports import (
    Actor,
    Attestations,
    Clock,
    CreditStore,
    IdentityPort,
    LedgerSource,
    LoanCases,
    PresentedCredential,
    RuleBook,
)


@dataclass(frozen=True)
class Credit:
    """Applications, decisions, loans and pledges. Build it with ``build_credit``."""

    store: CreditStore
    attestations: Attestations
    application_desk: ApplicationDesk
    decision_desk: DecisionDesk
    loan_desk: LoanDesk

    def receive_application(self, case_id: str, *, actor: Actor) -> Application:
        """Take a submitted loan case; see ``ApplicationDesk.receive``."""
        return self.application_desk.receive(case_id, actor=actor)

    def decide_application(self, application_id: str, *, actor: Actor) -> Decision:
        """Decide an application; see ``DecisionDesk.decide``."""
        return self.decision_desk.decide(application_id, actor=actor)

    def accept_offer(self, application_id: str, *, actor: Actor) -> LoanView:
        """Accept an offer and grant the loan; see ``LoanDesk.accept``."""
        return self.loan_view(self.loan_desk.accept(application_id, actor=actor))

    def pledge_receivable(
        self, loan_id: str, credential_digest: str, *, actor: Actor, share_bps: int = SHARE_BPS_MAX
    ) -> PledgeView:
        """Queue a pledge; see ``LoanDesk.pledge_receivable``."""
        return self._pledge_view(
            self.loan_desk.pledge_receivable(
                loan_id, credential_digest, actor=actor, share_bps=share_bps
            )
        )

    def request_review(self, application_id: str, statement: str, *, actor: Actor) -> Review:
        """Ask for human review of a decline."""
        return self.application_desk.request_review(application_id, statement, actor=actor)

    def answer_review(
        self, application_id: str, answer: ReviewAnswer, note: str, *, actor: Actor
    ) -> Review:
        """Uphold a decline or reopen the application."""
        return self.application_desk.answer_review(application_id, answer, note, actor=actor)

    def application(self, application_id: str, *, actor: Actor) -> Application:
        """Return an application visible to the actor."""
        return self.application_desk.get(application_id, actor=actor)

    def applications(self, *, actor: Actor) -> list[Application]:
        """Return the actor's applications, newest first."""
        return self.application_desk.list(actor=actor)

    def review(self, application: Application) -> Review | None:
        """Return the request for human review of an application, if any."""
        return self.store.review(application.id)

    def latest_decision(self, application: Application) -> Decision | None:
        """Return the newest decision on an application."""
        return self.decision_desk.latest(application)

    def decision(self, decision_id: str, *, actor: Actor) -> Decision:
        """Return a decision visible to the actor."""
        return self.decision_desk.get(decision_id, actor=actor)

    def loan(self, loan_id: str, *, actor: Actor) -> LoanView:
        """Return a loan visible to the actor."""
        return self.loan_view(self.loan_desk.get(loan_id, actor=actor))

    def loan_of(self, application: Application) -> LoanView | None:
        """Return the loan an application led to, if any."""
        loan = self.store.loan_of_application(application.id)
        return self.loan_view(loan) if loan else None

    def receivables(self, loan: Loan, *, actor: Actor) -> list[PresentedCredential]:
        """Return the invoices that can be pledged to a loan of the actor's bank."""
        return self.loan_desk.receivables(loan, actor=actor)

    def replay_offline(self, bundle: bytes, signature: str) -> ReplayResult:
        """Replay a bundle from itself; see ``DecisionDesk.replay_offline``."""
        return self.decision_desk.replay_offline(bundle, signature)

    def replay_from_evidence(self, decision_id: str, *, actor: Actor) -> ReplayResult:
        """Replay a kept decision from its evidence."""
        return self.decision_desk.replay_from_evidence(decision_id, actor=actor)

    def attested_loans(self, *, limit: int, offset: int = 0) -> list[LoanView]:
        """Return loans of all banks, newest first: for the regulator alone."""
        return [self.loan_view(loan) for loan in self.store.loans(limit, offset)]

    def attested_loan(self, loan_id: str) -> LoanView:
        """Return any bank's loan: for the regulator alone."""
        loan = self.store.loan(loan_id)
        if loan is None:
            raise LoanNotFound("no loan of that id exists")
        return self.loan_view(loan)

    def loan_view(self, loan: Loan) -> LoanView:
        """Return a loan with its state on chain."""
        pledges = (self._pledge_view(p) for p in self.store.pledges_of_loan(loan.id))
        return LoanView(loan, self.attestations.loan_status(loan.id), tuple(pledges))

    def _pledge_view(self, pledge: Pledge) -> PledgeView:
        return PledgeView(pledge, self.attestations.pledge_status(pledge.id))


def build_credit(
    *,
    store: CreditStore,
    identity: IdentityPort,
    cases: LoanCases,
    ledgers: LedgerSource,
    attestations: Attestations,
    rule_book: RuleBook,
    clock: Clock,
    policy_id: str = "first",
) -> Credit:
    """Return credit, wired to its ports."""
    applications = ApplicationDesk(store, identity, cases, clock)
    gatherer = EvidenceGatherer(ledgers)
    decisions = DecisionDesk(store, identity, gatherer, rule_book, applications, clock, policy_id)
    loans = LoanDesk(store, identity, applications, attestations, clock)
    return Credit(store, attestations, applications, decisions, loans)
