"""What credit takes from a filed case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from credit.adapters.filing_cases import FilingLoanCases
from credit.errors import CaseNotFound, CaseNotSubmitted, RequestInvalid
from credit.model.decision import LoanRequest
from filing import CaseState
from web.actors import Actor

VALUES = {
    "loan_amount": 50_000_000,
    "term_months": "12",
    "purpose": "inventory",
    "security_type": "pledge",
}


@dataclass(frozen=True)
class Filed:
    """A case of filing, as far as credit reads it."""

    use_case: str = "loan-application"
    state: CaseState = CaseState.IN_REVIEW
    values: dict[str, Any] = field(default_factory=lambda: VALUES)
    id: str = "case"
    enterprise_id: str = "enterprise"
    bank_id: str = "bank"
    bank_code: str = "bank-a"
    presentation_id: str = "presentation"

    def case(self, case_id: str) -> Filed:
        assert case_id == self.id
        return self


def actor(organisation_id: str) -> Actor:
    return Actor("u", "u", "U", frozenset(), organisation_id, "bank", "bank-a")


def desk(**changes: Any) -> FilingLoanCases:
    filed: Any = Filed(**changes)
    return FilingLoanCases(filed)


def test_a_submitted_loan_case_is_handed_over() -> None:
    found = desk().loan_case("case", actor=actor("bank"))
    assert found.request == LoanRequest(50_000_000, 12, "inventory", is_secured=True)
    assert (found.bank_code, found.presentation_id) == ("bank-a", "presentation")


def test_to_others_the_case_does_not_exist() -> None:
    with pytest.raises(CaseNotFound):
        desk().loan_case("case", actor=actor("another"))


@pytest.mark.parametrize("changes", [{"state": CaseState.DRAFT}, {"use_case": "account-opening"}])
def test_what_is_no_submitted_loan_case_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CaseNotSubmitted):
        desk(**changes).loan_case("case", actor=actor("bank"))


@pytest.mark.parametrize("amount", [None, "many"])
def test_a_case_without_an_amount_is_refused(amount: object) -> None:
    with pytest.raises(RequestInvalid, match="loan_amount"):
        desk(values=VALUES | {"loan_amount": amount}).loan_case("case", actor=actor("bank"))
