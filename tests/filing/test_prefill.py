"""Claims become values with sources; what differs is a conflict; nothing comes from nowhere."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filing.catalogue import USE_CASES, bundle, credential_types
from filing.model.derivation import derive
from filing.model.facts import Credentials
from filing.model.prefill import Declared, Prefilled, prefill
from filing.model.value import FieldValue, Source
from tests.filing.fakes import CLAIMS, credential, wallet
from tests.filing.test_catalogue import TYPES_FOLDER

OPENING = bundle("account-opening")
LOAN = bundle("loan-application")


def filled(credentials: list[Any], forms=OPENING, declared=None) -> Prefilled:
    first = prefill(forms, Credentials(credentials), declared=declared or {}, by_bank={})
    return Prefilled(derive(forms, first.fields, {}), first.conflicts)


def value(result: Prefilled, key: str) -> Any:
    return result.fields[key].value


def test_a_claim_fills_a_field_with_its_whole_provenance() -> None:
    licence = credential("business-licence", CLAIMS["business-licence"])
    found = filled([licence]).fields["depositor_name"]
    assert found == FieldValue(
        value="北京启明科技有限公司",
        source=Source.PREFILLED,
        issuer="samr",
        issuer_name_zh="市场监管局(模拟)",
        issuer_name_en="Market regulation (simulated)",
        credential_digest=licence.credential_digest,
        issued_at=licence.issued_at,
        verified_at=licence.verified_at,
        how="claim business-licence.company_name",
    )


def test_the_second_source_serves_where_the_first_is_silent() -> None:
    result = filled(wallet("social-insurance"))
    assert result.fields["employees"].how == "claim taxpayer.employees"
    assert not result.conflicts


def test_sources_that_differ_open_a_conflict_and_the_register_wins() -> None:
    result = filled(wallet(taxpayer={"company_name": "北京启明科技发展有限公司"}))
    conflicts = {conflict.field: conflict for conflict in result.conflicts}
    assert set(conflicts) == {"depositor_name"}
    conflict = conflicts["depositor_name"]
    assert value(result, "depositor_name") == "北京启明科技有限公司"
    assert [c.issuer for c in conflict.candidates] == ["samr", "tax"]
    assert conflict.chosen == 0
    assert conflict.rule == "registering_authority_wins"
    assert "北京启明科技发展有限公司" in conflict.explanation_zh
    assert "Market regulation (simulated)" in conflict.explanation_en


def test_a_conflict_of_persons_does_not_repeat_their_names() -> None:
    result = filled(wallet(person_id={"legal_rep_name": "王五"}))
    conflict = next(c for c in result.conflicts if c.field == "legal_rep_name")
    assert "王五" not in conflict.explanation_zh + conflict.explanation_en


def test_width_and_spaces_of_characters_are_no_conflict() -> None:
    licence = {"company_name": "北京启明(科技)有限公司"}
    tax = {"company_name": "北京启明（科技） 有限公司"}
    assert not filled(wallet(business_licence=licence, taxpayer=tax)).conflicts


def test_a_fallback_is_never_compared() -> None:
    result = filled(wallet(financial_statement={"share_capital_fen": 1}))
    assert value(result, "paid_in_capital") == 300_000_000
    assert not result.conflicts


def test_a_claim_of_zero_is_a_value_and_an_absent_one_is_missing() -> None:
    assert value(filled(wallet(), LOAN), "change_count_24m") == 0
    assert filled([], LOAN).fields["change_count_24m"].source is Source.MISSING


def test_declared_facts_fill_what_is_still_missing() -> None:
    result = filled(wallet(), declared={"phone": Declared("010-62345678", 5, "case-1")})
    found = result.fields["phone"]
    assert (found.value, found.source, found.issued_at) == ("010-62345678", Source.DECLARED, 5)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("business_term", "2015-06-01 至 2045-05-31"),
        ("registered_area_code", "110108"),
        ("registered_postcode", "100089"),
        ("depositor_type", "enterprise_legal_person"),
        ("taxpayer_id", "91110108MA01ABCD2H"),
        ("enterprise_size", "small"),
        ("account_name", "北京启明科技有限公司"),
        ("controller_name", "张明"),
        ("controller_id_no", "110101199001011237"),
        ("controller_id_expiry", "2035-03-01"),
        ("shareholder_name", ["张明", "李强"]),
        ("share_ratio", [8000, 2000]),
        ("exemption_commitment", False),
        ("bo_declaration", "filed"),
        ("bo_relation_type", ["standard_1"]),
        ("bo_gender", ["male"]),
        ("bo_path", ["张明 → 80.00% → 北京启明科技有限公司"]),
        ("entity_address_en", "Bei Jing Shi Hai Dian Qu Zhong Guan Cun Da Jie 1 Hao"),
        ("entity_name_en", "Beijing Qiming Technology"),
    ],
)
def test_derived_fields(key: str, expected: Any) -> None:
    assert value(filled(wallet()), key) == expected


def test_owners_follow_the_quarter_rule_where_nothing_is_filed() -> None:
    result = filled(wallet("bo-filing"))
    assert value(result, "bo_name") == ["张明"]
    assert value(result, "exemption_commitment") is True


def test_where_nobody_owns_a_quarter_the_manager_is_the_owner() -> None:
    many = [{"name": f"股东{n}", "kind": "person", "share_bps": 2000} for n in range(5)]
    result = filled(wallet("bo-filing", equity_structure={"shareholders": many}))
    assert value(result, "bo_name") == ["张明"]
    assert value(result, "bo_relation_type") == ["management"]
    assert result.fields["controller_name"].source is Source.MISSING


def test_a_person_the_police_did_not_verify_stays_unknown() -> None:
    owner = {"name": "李强", "relation_type": "1", "share_bps": 8000}
    result = filled(wallet(bo_filing={"beneficial_owners": [owner]}))
    assert result.fields["bo_birth_date"].source is Source.MISSING


def test_parent_fields_apply_only_where_a_company_holds_half() -> None:
    assert filled(wallet()).fields["parent_name"].source is Source.NOT_APPLICABLE
    company = {"name": "启明控股", "kind": "company", "id_code": "X", "share_bps": 6000}
    person = {"name": "张明", "kind": "person", "id_type": "resident-id", "share_bps": 4000}
    result = filled(wallet(equity_structure={"shareholders": [company, person]}))
    assert value(result, "parent_name") == "启明控股"
    assert value(result, "related_company_name") == ["启明控股"]
    assert value(result, "relation_type") == ["controlling_shareholder"]


def test_growth_needs_the_ledger_of_the_year_before() -> None:
    now = {
        "period_from": "2025-01-01",
        "period_to": "2025-12-31",
        "invoice_amount_12m_fen": 110,
    }
    before = {
        "period_from": "2024-01-01",
        "period_to": "2024-12-31",
        "invoice_amount_12m_fen": 100,
    }
    one, two = credential("invoice-ledger", now), credential("invoice-ledger", before, 1)
    assert filled([one], LOAN).fields["invoice_growth_yoy"].source is Source.MISSING
    assert value(filled([one, two], LOAN), "invoice_growth_yoy") == 1000


def test_the_newest_credential_of_a_type_counts() -> None:
    old = credential("taxpayer", {"employees": 10}, 1)
    new = credential("taxpayer", {"employees": 20}, 2)
    assert value(filled([old, new]), "employees") == 20


_TYPES = credential_types(TYPES_FOLDER)


def _claim(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a claim as its schema allows, structured ones from a known few."""
    if name in ("shareholders", "beneficial_owners"):
        code = "equity-structure" if name == "shareholders" else "bo-filing"
        return st.just(CLAIMS[code][name])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] in ("integer", "number"):
        return st.integers(0, 1000)
    if schema.get("format") == "date":
        return st.dates().map(str)
    return st.text("北京海淀区张明AB12", min_size=1, max_size=12)


@st.composite
def presentations(draw: st.DrawFn) -> list[Any]:
    found = []
    for code in draw(st.lists(st.sampled_from(sorted(_TYPES)), max_size=8)):
        shown = draw(st.sets(st.sampled_from(sorted(_TYPES[code]))))
        claims = {name: draw(_claim(name, _TYPES[code][name])) for name in sorted(shown)}
        found.append(credential(code, claims, draw(st.integers(1, 3))))
    return found


@settings(max_examples=120, deadline=None)
@given(credentials=presentations(), use_case=st.sampled_from(sorted(USE_CASES)))
def test_no_value_without_a_source_and_always_the_same(credentials, use_case) -> None:
    forms = bundle(use_case)
    first, second = filled(credentials, forms), filled(list(reversed(credentials)), forms)
    digests = {item.credential_digest for item in credentials}
    assert set(first.fields) == set(forms.by_key)
    for key, found in first.fields.items():
        if not found.is_present:
            assert found.value is None
        elif found.source is Source.PREFILLED or found.credential_digest:
            assert found.credential_digest in digests
            assert found.issuer
            assert found.how
        else:
            assert found.source is Source.DERIVED
            assert found.inputs
            assert all(first.fields[name].is_present for name in found.inputs)
        assert second.fields[key] == found
    assert first.conflicts == second.conflicts


def test_a_form_is_filled_in_a_few_milliseconds() -> None:
    credentials = wallet()
    filled(credentials)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        filled(credentials)
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.02
