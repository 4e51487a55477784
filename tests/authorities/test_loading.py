"""Loading the city: complete, idempotent, and never two cities at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from authorities import Authorities
from authorities.adapters.tables import LedgerRow
from authorities.city import REAL, City, generated_city
from authorities.errors import CityMismatch, LedgerDamaged, UnknownLedger
from db import db

pytestmark = pytest.mark.usefixtures("database")


def test_the_registers_hold_the_city(authorities: Authorities, city: City) -> None:
    counts = authorities.loading.load(city)
    assert counts.created == len(list(city.records()))
    assert authorities.register.counts("samr")["business-licence"] == len(city.companies)


def test_loading_again_changes_nothing(authorities: Authorities, city: City) -> None:
    first = authorities.loading.load(city)
    again = authorities.loading.load(generated_city(len(city.companies)))
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)


def test_a_larger_city_adds_and_a_smaller_one_takes_nothing_away(
    authorities: Authorities, city: City
) -> None:
    authorities.loading.load(generated_city(4))
    authorities.loading.load(city)
    authorities.loading.load(generated_city(4))
    assert len(authorities.companies()) == len(city.companies)
    loaded = authorities.cities.loaded()
    assert loaded is not None
    assert loaded.companies == len(city.companies)


def test_another_origin_is_refused(authorities: Authorities, city: City) -> None:
    authorities.loading.load(city)
    with pytest.raises(CityMismatch):
        authorities.loading.load(replace(city, origin=REAL))


def test_the_register_answers_at_registration(authorities: Authorities, city: City) -> None:
    authorities.loading.load(city)
    company = city.companies[0]
    found = authorities.lookup(company.uscc)
    assert found is not None
    assert found.name == company.registration.name
    assert found.legal_representative == company.legal_representative.name
    assert found.status == "active"
    assert found.contact.endswith(".invalid")
    assert authorities.lookup("91100000100005204H") is None


def test_a_stored_ledger_has_the_digest_of_the_credential(
    authorities: Authorities, city: City
) -> None:
    authorities.loading.load(city)
    for record in authorities.register.records("tax", "invoice-ledger"):
        assert authorities.ledger(record.uscc).digest == record.claims["ledger_digest"]


def test_an_unknown_ledger(authorities: Authorities) -> None:
    with pytest.raises(UnknownLedger):
        authorities.ledger("91100000100005204H")


@pytest.mark.parametrize("flip", [0, 20, -1])
def test_a_flipped_bit_is_found(authorities: Authorities, city: City, flip: int) -> None:
    authorities.loading.load(city)
    row = db.session.get(LedgerRow, city.companies[0].uscc)
    assert row is not None
    data = bytearray(row.data)
    data[flip] ^= 1
    row.data = bytes(data)
    db.session.flush()
    with pytest.raises(LedgerDamaged):
        authorities.ledger(row.uscc)


def test_records_of_chosen_companies(authorities: Authorities, city: City) -> None:
    authorities.loading.load(city)
    usccs = [company.uscc for company in city.companies[:2]]
    records = list(authorities.register.records("samr", "business-licence", usccs))
    assert sorted(record.uscc for record in records) == sorted(usccs)
    assert list(authorities.register.records("samr", "business-licence", [])) == []
