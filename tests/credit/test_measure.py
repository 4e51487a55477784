"""Features over all evidence: lineage, dates, cross-checks, bad claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from credit.errors import EvidenceMalformed, LedgerMismatch
from credit.model.evidence import Evidence
from credit.model.feature import Feature
from credit.model.feature_catalogue import FEATURES
from credit.model.measure import data_cut, measure
from tests.credit.factories import (
    AS_OF,
    CUT,
    credential,
    ledger,
    sale,
    steady_rows,
    strong_evidence,
)


def measured(evidence: Evidence, as_of: date = AS_OF) -> dict[str, Feature]:
    return {feature.name: feature for feature in measure(evidence, as_of)}


def only(type_code: str, **claims: Any) -> Feature | dict[str, Feature]:
    return measured(Evidence((credential(type_code, **claims),), None))


def test_every_catalogued_feature_is_measured_once_in_order() -> None:
    assert [f.name for f in measure(strong_evidence(), AS_OF)] == list(FEATURES)


def test_a_sound_company_measures_completely() -> None:
    found = measured(strong_evidence())
    missing = {name for name, feature in found.items() if feature.value is None}
    assert missing == {"utility_arrears_fen", "srdi_level", "patents_valid"}
    assert found["company_age_months"].value == 224
    assert found["debt_to_assets_bps"].value == 4_500
    assert found["cash_to_profit_bps"].value == 12_000
    assert found["own_funds_fen"].value == 100_000_000
    assert found["working_cycle_days"].value == 60 + 60 - 30
    assert found["revenue_deviation_bps"].value == 0


def test_each_value_cites_its_credentials_and_missing_ones_cite_none() -> None:
    digests = {c.type_code: c.credential_digest for c in strong_evidence().credentials}
    found = measured(strong_evidence())
    assert found["turnover_12m_fen"].lineage == (digests["invoice-ledger"],)
    assert found["tax_credit_grade"].lineage == (digests["tax-credit"],)
    assert set(found["revenue_deviation_bps"].lineage) == {
        digests["invoice-ledger"],
        digests["vat-return-summary"],
        digests["financial-statement"],
    }
    assert all(feature.lineage for feature in found.values() if feature.value is not None)
    assert not any(feature.lineage for feature in found.values() if feature.value is None)


def test_without_evidence_everything_is_missing() -> None:
    assert {f.value for f in measure(Evidence((), None), AS_OF)} == {None}


def test_revenue_deviation_is_over_the_largest_source() -> None:
    evidence = Evidence(
        (
            credential("vat-return-summary", vat_sales_12m_fen=800),
            credential("financial-statement", period_end="2019-12-31", revenue_fen=1_000),
        ),
        None,
    )
    assert measured(evidence)["revenue_deviation_bps"].value == 2_000


def test_a_credential_dated_after_the_decision_counts_as_not_presented() -> None:
    early, late = "2020-02-14", "2020-02-15"
    for day, expected in ((early, 3), (late, None)):
        found = only("court-record", as_of=day, open_litigation=3)
        assert found["open_litigation"].value == expected  # type: ignore[index]


def test_the_ledger_is_measured_at_its_own_cut() -> None:
    evidence = strong_evidence()
    assert data_cut(evidence, AS_OF) == CUT
    later = ledger(*steady_rows(), sale("2020-02-10", 10**12))
    assert measure(replace(evidence, ledger=later), AS_OF) == measure(evidence, AS_OF)


def test_the_cut_is_never_past_the_decision() -> None:
    evidence = Evidence((credential("invoice-ledger", period_to="2020-12-31"),), None)
    assert data_cut(evidence, AS_OF) == AS_OF


def test_another_ledger_than_the_one_vouched_for_is_refused() -> None:
    other = replace(strong_evidence().ledger, digest="cd" * 32)  # type: ignore[type-var]
    with pytest.raises(LedgerMismatch) as raised:
        measure(replace(strong_evidence(), ledger=other), AS_OF)
    named = {"found": "cd" * 32, "expected": "ab" * 32}
    assert raised.value.extra | named == raised.value.extra


def test_a_ledger_without_its_credential_is_refused() -> None:
    with pytest.raises(LedgerMismatch):
        measure(Evidence((), strong_evidence().ledger), AS_OF)


@pytest.mark.parametrize(
    ("type_code", "claims"),
    [
        ("social-insurance", {"insured_headcount": "forty"}),
        ("social-insurance", {"insured_headcount": True}),
        ("court-record", {"dishonest_flag": 1}),
        ("tax-credit", {"tax_credit_grade": 5}),
        ("business-licence", {"establishment_date": "2001-02-30"}),
    ],
)
def test_a_claim_of_another_type_is_refused(type_code: str, claims: dict[str, Any]) -> None:
    with pytest.raises(EvidenceMalformed, match=type_code):
        only(type_code, **claims)
