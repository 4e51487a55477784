"""Load the sandbox city into the registers; loading the same city again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from authorities.city import City
from authorities.errors import CityMismatch
from authorities.model.company import Company
from authorities.model.facts import records_of
from authorities.ports import Cities, Clock, Ledgers, LoadedCity, Register, SaveCounts

Progress = Callable[[Iterable[Company]], Iterable[Company]]


@dataclass(frozen=True)
class Loading:
    """Loads a city through the ports."""

    register: Register
    ledgers: Ledgers
    cities: Cities
    clock: Clock

    def load(self, city: City, progress: Progress = iter) -> SaveCounts:
        """Save every record and ledger of the city; return what changed.

        Raises:
            CityMismatch: the registers hold a city of another origin.
        """
        loaded = self.cities.loaded()
        if loaded is not None and loaded.origin != city.origin:
            raise CityMismatch(
                f"the registers hold the {loaded.origin} city; use a fresh database for the "
                f"{city.origin} one"
            )
        records = [record for company in progress(city.companies) for record in records_of(company)]
        self.ledgers.save_many({company.uscc: company.ledger for company in city.companies})
        counts = self.register.save(records, self.clock())
        size = max(len(city.companies), loaded.companies if loaded else 0)
        if loaded is None or size > loaded.companies:
            self.cities.set_loaded(LoadedCity(city.origin, size, city.digest(), self.clock()))
        return counts
