"""The city of the open data: complete, paired, faithful to the files. Needs the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from authorities.adapters.cities import build_city
from authorities.adapters.record_types import load_record_types
from authorities.city import City
from authorities.model.registration import is_conforming_uscc
from authorities.model.trade import OTHER


@pytest.fixture(scope="module")
def real_city(open_data: Path) -> City:
    return build_city(open_data)


def test_every_invoice_is_there(real_city: City) -> None:
    assert len(real_city.companies) == 340
    assert sum(len(company.ledger) for company in real_city.companies) == 908_114
    output = sum(len(company.ledger.output) for company in real_city.companies)
    assert output == 126_056 + 277_446


def test_an_enterprise_has_the_amounts_of_the_file(real_city: City, open_data: Path) -> None:
    table = pd.read_csv(open_data / "cumcm2020c" / "annex1_output_invoices.csv.gz")
    rows = table[table["企业代号"] == "E1"]
    ledger = next(c.ledger for c in real_city.companies if c.source == "E1").output
    assert int(ledger.gross_fen.sum()) == round(rows["价税合计"].sum() * 100)
    assert int(ledger.voided.sum()) == int(rows["发票状态"].str.strip().eq("作废发票").sum())


def test_companies_are_unique_and_conform(real_city: City) -> None:
    codes = {company.uscc for company in real_city.companies}
    assert len(codes) == 340
    assert all(map(is_conforming_uscc, codes))


def test_companies_are_older_than_their_invoices(real_city: City) -> None:
    for company in real_city.companies:
        assert company.registration.registered_on < company.ledger.date.min().item()


def test_trades_follow_the_masked_names(real_city: City) -> None:
    company = next(c for c in real_city.companies if c.source == "E22")  # ***物流有限公司
    assert company.trade.code == "transport" != OTHER.code


def test_every_record_satisfies_its_type(real_city: City) -> None:
    types = load_record_types()
    records = list(real_city.records())
    assert len(records) > 5_000
    broken = [r for r in records if any(True for _ in types[r.record_type].broken_claims(r.claims))]
    assert broken == []


def test_a_small_city_begins_the_whole_one(real_city: City, open_data: Path) -> None:
    small = build_city(open_data, 5)
    assert [c.uscc for c in small.companies] == [c.uscc for c in real_city.companies[:5]]
