"""Build the city that the configuration asks for: from open data, or made up."""

from __future__ import annotations

from pathlib import Path

from authorities.adapters.open_data import read_invoices, read_registrations, read_sources
from authorities.city import DEFAULT_ENTERPRISES, REAL, City, generated_city
from authorities.model.company import Company
from authorities.pairing import pair


def build_city(data: Path | None = None, enterprises: int | None = None) -> City:
    """Return the city of the data directory, or without one, the generated city.

    Args:
        data: directory with ``cumcm2020c/`` and ``cn_enterprise_registration/``.
        enterprises: how many companies; all of the data by default, 340 generated ones. The
            pairing is always that of the whole data, so that a smaller city is its beginning.
    Raises:
        CityDataMissing: the directory lacks a file.
    """
    if data is None:
        return generated_city(enterprises or DEFAULT_ENTERPRISES)
    sources, invoices = read_sources(data), read_invoices(data)
    pairs = pair(sources, invoices.facts(), read_registrations(data))
    companies = (
        Company(pairs[source.code], invoices.ledger(source.code), source.code)
        for source in sources[:enterprises]
    )
    return City(REAL, tuple(companies))
