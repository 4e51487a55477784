"""The made-up city: deterministic, marked as made up, of the shape of the real one."""

from __future__ import annotations

import numpy as np
import pytest

from authorities.city import City, generated_city
from authorities.ledger_generator import FIRST_DAY, INVOICES_MAX, INVOICES_MIN, LAST_DAY
from authorities.model.registration import is_conforming_uscc


@pytest.fixture(scope="module")
def large_city() -> City:
    return generated_city(120)


def test_the_city_is_the_same_on_every_machine(city: City) -> None:
    assert city.digest() == generated_city(len(city.companies)).digest()
    assert city.digest().startswith("6dde4c166a6d")


def test_a_small_city_begins_a_large_one(city: City, large_city: City) -> None:
    start = large_city.companies[: len(city.companies)]
    assert [c.uscc for c in start] == [c.uscc for c in city.companies]
    assert [c.ledger.digest for c in start] == [c.ledger.digest for c in city.companies]


def test_codes_conform_and_names_are_unique_and_marked(large_city: City) -> None:
    registrations = [company.registration for company in large_city.companies]
    assert all(is_conforming_uscc(r.uscc) and r.uscc[8:10] == "XN" for r in registrations)
    assert len({r.uscc for r in registrations}) == len(registrations)
    assert len({r.name for r in registrations}) == len(registrations)
    assert all("拟" in r.name[:3] for r in registrations)


def test_companies_are_older_than_their_invoices(large_city: City) -> None:
    for company in large_city.companies:
        assert company.registration.registered_on < company.ledger.date.min().item()


def test_ledgers_have_the_shape_of_the_real_ones(large_city: City) -> None:
    ledgers = [company.ledger for company in large_city.companies]
    assert all(INVOICES_MIN <= len(ledger) <= INVOICES_MAX * 1.05 for ledger in ledgers)
    assert min(ledger.date.min() for ledger in ledgers) >= FIRST_DAY
    assert max(ledger.date.max() for ledger in ledgers) <= LAST_DAY
    voided = np.concatenate([ledger.voided for ledger in ledgers]).mean()
    negative = np.concatenate([ledger.net_fen < 0 for ledger in ledgers]).mean()
    assert 0.04 <= voided <= 0.09
    assert 0.005 <= negative <= 0.04
    for ledger in ledgers:
        assert (ledger.net_fen + ledger.vat_fen == ledger.gross_fen).all()


def test_vat_rates_follow_the_date(large_city: City) -> None:
    goods = next(c.ledger for c in large_city.companies if _first_rate(c.ledger.input) == 17)
    april_2019 = np.datetime64("2019-04-01")
    late = goods.input.where((goods.input.date >= april_2019) & (goods.input.net_fen > 100_000))
    assert np.allclose(late.vat_fen / late.net_fen, 0.13, atol=0.001)


def _first_rate(side: object) -> int:
    return round(100 * side.vat_fen[0] / side.net_fen[0])  # type: ignore[attr-defined]
