"""Receive loan applications, and find them again for those who may see them."""

from __future__ import annotations

from dataclasses import dataclass

from credit.errors import (
    ApplicationExists,
    ApplicationNotFound,
    PresentationMissing,
    RequestInvalid,
    WrongState,
)
from credit.model.decision import LoanRequest
from credit.model.records import Application, ApplicationState, Review, ReviewAnswer
from credit.ports import Actor, Clock, CreditStore, IdentityPort, LoanCases
from db import new_id

PURPOSE = "loan-application"
TERM_MONTHS_MAX = 360
AMOUNT_FEN_MAX = 10**13
LIST_MAX = 500


@dataclass(frozen=True)
class ApplicationDesk:
    """The bank's in-tray, and the enterprise's view of it."""

    store: CreditStore
    identity: IdentityPort
    cases: LoanCases
    clock: Clock

    def receive(self, case_id: str, *, actor: Actor) -> Application:
        """Take a submitted loan case as an application to the bank it was submitted to.

        Raises:
            CaseNotSubmitted: no such case for this actor, or not submitted.
            ApplicationExists: the case was received before; carries the application's id.
            RequestInvalid: amount or term cannot be applied for.
        """
        case = self.cases.loan_case(case_id, actor=actor)
        known = self.store.application_of_case(case_id)
        if known is not None:
            raise ApplicationExists(
                f"case {case_id} was received as application {known.id}", application_id=known.id
            )
        _check_request(case.request)
        application = Application(
            id=new_id(),
            case_id=case_id,
            enterprise_id=case.enterprise_id,
            enterprise_name=self.identity.enterprise(case.enterprise_id).name,
            bank_id=case.bank_id,
            bank_code=case.bank_code,
            presentation_id=case.presentation_id,
            request=case.request,
            state=ApplicationState.RECEIVED,
            received_at=self.clock(),
        )
        self.store.add_application(application)
        return application

    def get(self, application_id: str, *, actor: Actor) -> Application:
        """Return an application to its bank or its enterprise; to all others it does not exist."""
        application = self.store.application(application_id)
        if application is None or actor.organisation_id not in (
            application.bank_id,
            application.enterprise_id,
        ):
            raise ApplicationNotFound("no loan application of that id is visible to you")
        return application

    def list(self, *, actor: Actor) -> list[Application]:
        """Return the actor's applications, newest first."""
        if actor.organisation_kind == "bank":
            return self.store.applications_of_bank(actor.organisation_id, LIST_MAX)
        return self.store.applications_of_enterprise(actor.organisation_id, LIST_MAX)

    def request_review(self, application_id: str, statement: str, *, actor: Actor) -> Review:
        """Ask for a person at the bank to look at a decline again (PIPL art. 24).

        Raises:
            WrongState: the application is not declined.
        """
        application = self.get(application_id, actor=actor)
        self._advance(application, ApplicationState.DECLINED, ApplicationState.REVIEW_REQUESTED)
        review = Review(statement, self.clock(), None, None, None, None)
        self.store.set_review(application_id, review)
        return review

    def answer_review(
        self, application_id: str, answer: ReviewAnswer, note: str, *, actor: Actor
    ) -> Review:
        """Uphold a decline, or reopen the application to be decided again on newest evidence.

        Raises:
            WrongState: nobody asked for a review, or it was answered.
            PresentationMissing: reopened, and the bank holds no presentation any more.
        """
        application = self.get(application_id, actor=actor)
        reopened = answer is ReviewAnswer.REOPENED
        after = ApplicationState.RECEIVED if reopened else ApplicationState.UPHELD
        self._advance(application, ApplicationState.REVIEW_REQUESTED, after)
        asked = self.store.review(application_id)
        if asked is None:
            raise WrongState("no request for review is recorded")
        if reopened:
            newest = self._newest_presentation(application.enterprise_id, application.bank_id)
            self.store.set_presentation(application_id, newest)
        answered = Review(
            asked.statement, asked.requested_at, answer, note, actor.user_id, self.clock()
        )
        self.store.set_review(application_id, answered)
        return answered

    def _newest_presentation(self, enterprise_id: str, bank_id: str) -> str:
        presented = self.identity.latest_presentation(enterprise_id, bank_id, PURPOSE)
        if presented is None:
            raise PresentationMissing(
                "the bank holds no verified presentation for a loan application of this "
                "enterprise; request one and let the enterprise answer it"
            )
        return presented.id

    def _advance(
        self, application: Application, before: ApplicationState, after: ApplicationState
    ) -> None:
        require_advance(self.store, application, before, after)


def require_advance(
    store: CreditStore,
    application: Application,
    before: ApplicationState,
    after: ApplicationState,
) -> None:
    """Move an application on, or raise WrongState if it is not (or no longer) in ``before``."""
    if application.state is not before or not store.advance(application.id, before, after):
        raise WrongState(
            f"the application is {application.state}, expected {before}", state=application.state
        )


def _check_request(request: LoanRequest) -> None:
    if not 0 < request.amount_fen <= AMOUNT_FEN_MAX:
        raise RequestInvalid(
            f"the amount must be above 0 and at most {AMOUNT_FEN_MAX} fen, "
            f"found {request.amount_fen}"
        )
    if not 1 <= request.term_months <= TERM_MONTHS_MAX:
        raise RequestInvalid(
            f"the term must be 1 to {TERM_MONTHS_MAX} months, found {request.term_months}"
        )
