"""What the registers say: of the right form, consistent, and deliberately incomplete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from authorities import AUTHORITIES, Record
from authorities.adapters.record_types import load_record_types
from authorities.city import City, generated_city
from authorities.model import aggregates
from authorities.model.facts import records_of

COMPANIES = 300


@pytest.fixture(scope="module")
def large_city() -> City:
    return generated_city(COMPANIES)


@pytest.fixture(scope="module")
def records(large_city: City) -> list[Record]:
    return list(large_city.records())


def _of(records: list[Record], record_type: str) -> Iterator[Record]:
    return (record for record in records if record.record_type == record_type)


def test_every_record_satisfies_its_type(records: list[Record]) -> None:
    types = load_record_types()
    for record in records:
        assert list(types[record.record_type].broken_claims(record.claims)) == []


def test_every_type_of_every_authority_occurs(records: list[Record]) -> None:
    found = {(record.authority_code, record.record_type) for record in records}
    assert found == {(a.code, t) for a in AUTHORITIES for t in a.record_types}


def test_records_are_told_apart_by_their_key(records: list[Record]) -> None:
    types = load_record_types()
    keys = Counter((r.record_type, r.uscc, r.key) for r in records)
    assert max(keys.values()) == 1
    assert all(types[r.record_type].key_of(r.claims) == r.key for r in records)


def test_a_company_has_the_same_records_in_any_city(city: City, records: list[Record]) -> None:
    small = [record for company in city.companies for record in records_of(company)]
    codes = {company.uscc for company in city.companies}
    assert small == [record for record in records if record.uscc in codes]


def test_the_statement_balances(records: list[Record]) -> None:
    for record in _of(records, "financial-statement"):
        f = {name.removesuffix("_fen"): value for name, value in record.claims.items()}
        assert f["total_assets"] == f["current_assets"] + f["fixed_assets_net"]
        assert f["total_assets"] == f["total_liabilities"] + f["total_equity"]
        assert f["total_equity"] == f["share_capital"] + f["retained_earnings"]
        assert f["total_liabilities"] == f["current_liabilities"] + f["long_term_loans"]
        assert f["current_assets"] == (
            f["cash"]
            + f["accounts_receivable"]
            - f["bad_debt_provision"]
            + f["notes_receivable"]
            + f["prepayments"]
            + f["other_receivables"]
            + f["inventory"]
        )


def test_tax_figures_come_from_the_invoices(large_city: City, records: list[Record]) -> None:
    ledgers = {company.uscc: company.ledger for company in large_city.companies}
    statements = {r.uscc: r.claims for r in _of(records, "financial-statement")}
    for record in _of(records, "invoice-ledger"):
        ledger = ledgers[record.uscc]
        assert record.claims["ledger_digest"] == ledger.digest
        assert record.claims["output_count"] == len(ledger.output)
        if record.uscc in statements:
            revenue = max(0, aggregates.net_sales(ledger, 2019))
            assert statements[record.uscc]["revenue_fen"] == revenue


def test_receivables_are_recent_valid_output_invoices(
    large_city: City, records: list[Record]
) -> None:
    ledgers = {company.uscc: company.ledger for company in large_city.companies}
    receivables = list(_of(records, "invoice"))
    assert len(receivables) > COMPANIES
    for record in receivables:
        sold = ledgers[record.uscc].output.valid
        row = sold.where(sold.invoice_no == record.key)
        assert record.claims["amount_fen"] in row.gross_fen.tolist()
        assert record.claims["due_date"] >= "2020-03-01"


def test_shares_add_up_and_owners_hold_a_quarter(records: list[Record]) -> None:
    for record in _of(records, "equity-structure"):
        assert sum(s["share_bps"] for s in record.claims["shareholders"]) == 10_000
    for record in _of(records, "bo-filing"):
        owners = record.claims.get("beneficial_owners", [])
        assert all(owner["share_bps"] >= 2_500 for owner in owners)
        assert bool(owners) != record.claims["exemption_commitment"]


@pytest.mark.parametrize(
    ("record_type", "missing_bps"),
    [
        ("social-insurance", 600),
        ("housing-fund", 1_000),
        ("financial-statement", 300),
        ("tax-credit", 400),
        ("utility-usage", 500),
        ("court-record", 300),
        ("person-id", 200),
        ("property-title", 8_000),
    ],
)
def test_records_are_missing_at_the_stated_rate(
    records: list[Record], record_type: str, missing_bps: int
) -> None:
    missing = COMPANIES - len({r.uscc for r in _of(records, record_type)})
    rate = missing_bps / 10_000
    assert abs(missing / COMPANIES - rate) < 3 * (rate * (1 - rate) / COMPANIES) ** 0.5


@pytest.mark.parametrize(
    ("one", "other", "claim", "rate_bps"),
    [
        ("taxpayer", "business-licence", "registered_address", 800),
        ("taxpayer", "legal-representative", "legal_rep_name", 300),
        ("taxpayer", "social-insurance", "employees", 1_000),
    ],
)
def test_registers_contradict_each_other_at_the_stated_rate(
    records: list[Record], one: str, other: str, claim: str, rate_bps: int
) -> None:
    ones = {r.uscc: r.claims[claim] for r in _of(records, one)}
    others = {r.uscc: r.claims[claim] for r in _of(records, other)}
    common = ones.keys() & others.keys()
    differing = sum(ones[uscc] != others[uscc] for uscc in common) / len(common)
    rate = rate_bps / 10_000
    assert abs(differing - rate) < 3 * (rate * (1 - rate) / len(common)) ** 0.5


def test_the_tax_register_writes_brackets_of_the_other_width(records: list[Record]) -> None:
    licences = {r.uscc: r.claims["company_name"] for r in _of(records, "business-licence")}
    taxpayers = {r.uscc: r.claims["company_name"] for r in _of(records, "taxpayer")}
    bracketed = [uscc for uscc, name in licences.items() if "(" in name]
    assert bracketed
    for uscc, name in licences.items():
        assert taxpayers[uscc] == name.replace("(", "（").replace(")", "）")
