"""Decisions: approval, every kind of decline, reasons and warnings."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.model.decision import LoanRequest, Outcome, Output, decide
from credit.model.feature import Feature
from credit.model.feature_catalogue import FEATURES
from credit.model.measure import measure
from tests.credit.factories import (
    AS_OF,
    CUT,
    loan_request,
    rules,
    steady_rows,
    strong_evidence,
)

RULES = rules()


def decided(
    request: LoanRequest | None = None, *, age_days: int = 14, **changed: int | str | None
) -> Output:
    features = tuple(
        replace(feature, value=changed.get(feature.name, feature.value))
        for feature in measure(strong_evidence(), AS_OF)
    )
    return decide(
        features,
        request or loan_request(),
        evidence_age_days=age_days,
        card=RULES.card,
        policy=RULES.policy,
    )


def codes(output: Output) -> list[str]:
    return [reason.code for reason in output.reasons]


def test_a_sound_company_is_approved_with_limit_and_rate() -> None:
    found = decided()
    assert found.outcome is Outcome.APPROVED
    assert found.limit_fen == 50_000_000
    assert found.rate_bps is not None
    assert 400 <= found.rate_bps <= 1_500
    assert found.warnings == ()


def test_reasons_are_the_attributes_that_lost_the_most() -> None:
    found = decided(tax_credit_grade="C", insured_headcount=None)
    assert codes(found)[:2] == ["TAX_GRADE_TOO_LOW", "HEADCOUNT_MISSING"]
    assert [reason.points_lost for reason in found.reasons][:2] == [40, 17]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"turnover_12m_fen": None}, "INVOICE_12M_MISSING"),
        ({"turnover_12m_fen": 29_999_999}, "INVOICE_12M_TOO_LOW"),
        ({"dishonest_flag": 1}, "DISHONEST_DEBTOR"),
        ({"abnormal_listed": 1}, "ABNORMAL_LISTED"),
        ({"tax_credit_grade": "D"}, "TAX_GRADE_D"),
        ({"debt_to_assets_bps": 9_501}, "DEBT_ABOVE_GATE"),
        ({"own_funds_fen": 10**12}, "NEED_TOO_LOW"),
    ],
)
def test_each_refusal_has_its_own_code(changed: dict[str, Any], code: str) -> None:
    found = decided(**changed)
    assert found.outcome is Outcome.DECLINED
    assert code in codes(found)
    assert (found.limit_fen, found.rate_bps) == (0, None)


def test_unknown_sales_are_not_called_too_low() -> None:
    found = codes(decided(turnover_12m_fen=None))
    assert "INVOICE_12M_MISSING" in found
    assert not {"NEED_TOO_LOW", "CAPACITY_TOO_LOW", "INVOICE_12M_TOO_LOW"} & set(found)


def test_a_missing_register_entry_is_no_knock_out() -> None:
    found = decided(dishonest_flag=None, abnormal_listed=None, debt_to_assets_bps=None)
    assert found.outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (loan_request(amount_fen=9_000_000), "REQUEST_BELOW_MINIMUM"),
        (loan_request(term_months=24), "TERM_ABOVE_PRODUCT"),
    ],
)
def test_a_request_outside_the_product_is_declined(request_: LoanRequest, code: str) -> None:
    assert codes(decided(request_))[0] == code


def test_few_points_are_declined_naming_the_cutoff_first() -> None:
    weak = {
        attribute.feature: None
        for attribute in RULES.card.attributes
        if attribute.feature != "turnover_12m_fen"
    }
    found = decided(**weak)
    assert codes(found)[0] == "POINTS_BELOW_CUTOFF"
    assert str(RULES.card.cutoff) in found.reasons[0].says.en


def test_old_evidence_and_differing_revenue_are_warned_of() -> None:
    assert decided(age_days=93, revenue_deviation_bps=2_001).warnings == (
        "EVIDENCE_OLD",
        "REVENUE_DEVIATION",
    )


@given(
    st.fixed_dictionaries(
        {
            name: st.none() | st.integers(-(10**6), 10**12) | st.sampled_from(["A", "D", "?"])
            for name in FEATURES
        }
    ),
    st.integers(1, 10**12),
    st.integers(1, 36),
    st.booleans(),
)
def test_a_decline_always_has_reasons_and_an_approval_always_terms(
    values: dict[str, Any], amount_fen: int, term_months: int, secured: bool
) -> None:
    numbers = {rule.feature for rule in RULES.policy.knock_outs} - {"tax_credit_grade"}
    features = tuple(
        Feature(name, None if name in numbers and isinstance(v, str) else v, "", "", ())
        for name, v in values.items()
    )
    found = decide(
        features,
        LoanRequest(amount_fen, term_months, "", secured),
        evidence_age_days=0,
        card=RULES.card,
        policy=RULES.policy,
    )
    if found.outcome is Outcome.DECLINED:
        assert found.reasons
        assert (found.limit_fen, found.rate_bps) == (0, None)
    else:
        assert 10_000_000 <= found.limit_fen <= 100_000_000
        assert found.rate_bps is not None
        assert found.score.points >= RULES.card.cutoff


def test_measuring_and_deciding_is_quick() -> None:
    evidence = strong_evidence()
    assert len(steady_rows()) > 800
    started = time.perf_counter()
    features = measure(evidence, AS_OF)
    decide(
        features,
        loan_request(),
        evidence_age_days=(AS_OF - CUT).days,
        card=RULES.card,
        policy=RULES.policy,
    )
    assert time.perf_counter() - started < 0.3
