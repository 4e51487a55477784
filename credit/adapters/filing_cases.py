"""Loan cases as filing keeps them, read as credit needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from credit.errors import CaseNotFound, CaseNotSubmitted, RequestInvalid
from credit.model.decision import LoanRequest
from credit.ports import Actor, LoanCase
from filing import CaseState, Filing

USE_CASE = "loan-application"
SUBMITTED_STATES = frozenset({CaseState.IN_REVIEW, CaseState.APPROVED})
SECURED = "pledge"


@dataclass(frozen=True)
class FilingLoanCases:
    """Hands submitted loan cases to credit."""

    filing: Filing

    def close(self, case_id: str, *, actor: Actor, approved: bool, reasons: Sequence[str]) -> None:
        """Carry credit's decision over to the case; one decided before stays as it is."""
        if self.filing.case(case_id).state is CaseState.IN_REVIEW:
            self.filing.decide_case(
                actor,
                case_id,
                decision="approve" if approved else "refuse",
                reasons=() if approved else reasons,
            )

    def loan_case(self, case_id: str, *, actor: Actor) -> LoanCase:
        """Return a submitted loan case.

        Raises:
            CaseNotFound: neither the actor's own case nor one to the actor's bank.
            CaseNotSubmitted: another kind of case, or not with the bank.
            RequestInvalid: amount or term is missing.
        """
        case = self.filing.case(case_id)
        if actor.organisation_id not in (case.enterprise_id, case.bank_id):
            raise CaseNotFound("no case of that id is visible to you")
        if case.use_case != USE_CASE or case.state not in SUBMITTED_STATES:
            raise CaseNotSubmitted(
                f"case {case_id} is {case.use_case} in state {case.state}; expected "
                f"{USE_CASE}, signed and submitted to the bank"
            )
        return LoanCase(
            case_id=case.id,
            enterprise_id=case.enterprise_id,
            bank_id=case.bank_id,
            bank_code=case.bank_code,
            presentation_id=case.presentation_id,
            request=LoanRequest(
                amount_fen=_whole(case.values, "loan_amount"),
                term_months=_whole(case.values, "term_months"),
                purpose=str(case.values.get("purpose", "")),
                is_secured=case.values.get("security_type") == SECURED,
            ),
        )


def _whole(values: Mapping[str, Any], name: str) -> int:
    try:
        return int(values[name])
    except (KeyError, TypeError, ValueError) as error:
        raise RequestInvalid(f"the case states no whole number for {name}") from error
