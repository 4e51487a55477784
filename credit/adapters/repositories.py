"""Credit's records in the database; model objects in, model objects out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import orjson
from sqlalchemy import CursorResult, Select, select, update

from credit.adapters.tables import ApplicationRow, DecisionRow, LoanRow, PledgeRow
from credit.model.decision import LoanRequest, Outcome
from credit.model.evidence import CredentialEvidence
from credit.model.records import (
    Application,
    ApplicationState,
    Decision,
    Loan,
    Pledge,
    Review,
    ReviewAnswer,
)
from credit.ports import Sealer
from db import db

REVIEW_PLACE = "credit_application|review|{}"
DECISION_PLACE = "credit_decision|sealed|{}"
_SEALED = ("bundle", "signature", "evidence")
"""What of a decision is kept sealed."""


@dataclass(frozen=True)
class SQLCreditStore:
    """The credit store on the request's session; it never commits."""

    sealer: Sealer

    def add_application(self, application: Application) -> None:
        """Keep a new application."""
        values = asdict(application) | {"state": str(application.state), "review": None}
        self._add(ApplicationRow(**values))

    def application(self, application_id: str) -> Application | None:
        """Return an application by id."""
        return _application(db.session.get(ApplicationRow, application_id))

    def application_of_case(self, case_id: str) -> Application | None:
        """Return the application that was received for a case."""
        query = select(ApplicationRow).where(ApplicationRow.case_id == case_id)
        return _application(db.session.scalar(query))

    def applications_of_bank(self, bank_id: str, limit: int) -> list[Application]:
        """Return a bank's applications, newest first."""
        return self._applications(
            select(ApplicationRow).where(ApplicationRow.bank_id == bank_id), limit
        )

    def applications_of_enterprise(self, enterprise_id: str, limit: int) -> list[Application]:
        """Return an enterprise's applications, newest first."""
        return self._applications(
            select(ApplicationRow).where(ApplicationRow.enterprise_id == enterprise_id), limit
        )

    def advance(
        self, application_id: str, before: ApplicationState, after: ApplicationState
    ) -> bool:
        """Move an application on if it is still in ``before``; say whether it was."""
        result = db.session.execute(
            update(ApplicationRow)
            .where(ApplicationRow.id == application_id, ApplicationRow.state == str(before))
            .values(state=str(after))
        )
        return isinstance(result, CursorResult) and result.rowcount == 1

    def set_presentation(self, application_id: str, presentation_id: str) -> None:
        """Point an application to a newer presentation."""
        db.session.execute(
            update(ApplicationRow)
            .where(ApplicationRow.id == application_id)
            .values(presentation_id=presentation_id)
        )

    def set_review(self, application_id: str, review: Review) -> None:
        """Keep a request for human review, with its answer once there is one."""
        row = db.session.get_one(ApplicationRow, application_id)
        place = REVIEW_PLACE.format(application_id)
        row.review = self.sealer.seal(row.enterprise_id, place, orjson.dumps(review))
        db.session.flush()

    def review(self, application_id: str) -> Review | None:
        """Return the request for human review, if any."""
        row = db.session.get(ApplicationRow, application_id)
        if row is None or row.review is None:
            return None
        place = REVIEW_PLACE.format(application_id)
        kept = orjson.loads(self.sealer.open_sealed(row.enterprise_id, place, row.review))
        answer = kept["answer"]
        return Review(**kept | {"answer": ReviewAnswer(answer) if answer else None})

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision, its bundle sealed with the claims and the signature."""
        kept = {
            "bundle": decision.bundle.decode(),
            "signature": decision.signature,
            "evidence": [_values(c, CredentialEvidence) for c in decision.evidence],
        }
        place = DECISION_PLACE.format(decision.id)
        sealed = self.sealer.seal(decision.enterprise_id, place, orjson.dumps(kept))
        plain = {k: v for k, v in _values(decision, Decision).items() if k not in _SEALED}
        self._add(DecisionRow(**plain | {"outcome": str(decision.outcome), "sealed": sealed}))

    def decision(self, decision_id: str) -> Decision | None:
        """Return a decision by id."""
        return self._decision(db.session.get(DecisionRow, decision_id))

    def latest_decision(self, application_id: str) -> Decision | None:
        """Return the newest decision on an application."""
        query = (
            select(DecisionRow)
            .where(DecisionRow.application_id == application_id)
            .order_by(DecisionRow.id.desc())
            .limit(1)
        )
        return self._decision(db.session.scalar(query))

    def _decision(self, row: DecisionRow | None) -> Decision | None:
        if row is None:
            return None
        place = DECISION_PLACE.format(row.id)
        kept = orjson.loads(self.sealer.open_sealed(row.enterprise_id, place, row.sealed))
        plain = {f.name: getattr(row, f.name) for f in fields(Decision) if f.name not in _SEALED}
        opened = {
            "outcome": Outcome(row.outcome),
            "bundle": kept["bundle"].encode(),
            "signature": kept["signature"],
            "evidence": tuple(CredentialEvidence(**item) for item in kept["evidence"]),
        }
        return Decision(**plain | opened)

    def add_loan(self, loan: Loan) -> None:
        """Keep a loan."""
        self._add(LoanRow(**asdict(loan)))

    def loan(self, loan_id: str) -> Loan | None:
        """Return a loan by id."""
        return _loan(db.session.get(LoanRow, loan_id))

    def loan_of_application(self, application_id: str) -> Loan | None:
        """Return the loan that an application led to."""
        query = select(LoanRow).where(LoanRow.application_id == application_id)
        return _loan(db.session.scalar(query))

    def loans(self, limit: int, offset: int) -> list[Loan]:
        """Return loans of all banks, newest first."""
        query = select(LoanRow).order_by(LoanRow.id.desc()).limit(limit).offset(offset)
        return [Loan(**_values(row, Loan)) for row in db.session.scalars(query)]

    def add_pledge(self, pledge: Pledge) -> None:
        """Keep a pledge."""
        self._add(PledgeRow(**asdict(pledge)))

    def pledge(self, pledge_id: str) -> Pledge | None:
        """Return a pledge by id."""
        row = db.session.get(PledgeRow, pledge_id)
        return Pledge(**_values(row, Pledge)) if row else None

    def pledges_of_loan(self, loan_id: str) -> list[Pledge]:
        """Return the pledges of a loan, oldest first."""
        query = select(PledgeRow).where(PledgeRow.loan_id == loan_id).order_by(PledgeRow.id)
        return [Pledge(**_values(row, Pledge)) for row in db.session.scalars(query)]

    def _add(self, row: Any) -> None:
        db.session.add(row)
        db.session.flush()

    def _applications(self, query: Select[ApplicationRow], limit: int) -> list[Application]:
        newest = query.order_by(ApplicationRow.id.desc()).limit(limit)
        found = (_application(row) for row in db.session.scalars(newest))
        return [application for application in found if application is not None]


def _values(row: Any, model: type) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in fields(model)}


def _application(row: ApplicationRow | None) -> Application | None:
    if row is None:
        return None
    values = _values(row, Application)
    values |= {"request": LoanRequest(**row.request), "state": ApplicationState(row.state)}
    return Application(**values)


def _loan(row: LoanRow | None) -> Loan | None:
    return Loan(**_values(row, Loan)) if row else None
