"""The sandbox city: companies with their invoices, real or made up, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from authorities.generator import generated_registrations
from authorities.ledger_generator import generated_ledger
from authorities.model.company import Company
from authorities.model.facts import records_of
from authorities.model.record import Record

DEFAULT_ENTERPRISES = 340
REAL, GENERATED = "real", "generated"


@dataclass(frozen=True)
class City:
    """The companies of the city; ``origin`` is "real" or "generated"."""

    origin: str
    companies: tuple[Company, ...]

    def records(self) -> Iterator[Record]:
        """Yield every record of every authority."""
        for company in self.companies:
            yield from records_of(company)

    def digest(self) -> str:
        """Return SHA-256 over the codes and ledger digests, in order: the city's identity."""
        lines = (f"{c.source} {c.uscc} {c.ledger.digest}" for c in self.companies)
        return sha256("\n".join(lines).encode()).hexdigest()


def generated_city(enterprises: int = DEFAULT_ENTERPRISES) -> City:
    """Return the made-up city; a smaller one is the beginning of a larger one."""
    companies = (
        Company(registration, generated_ledger(registration), f"G{number:04d}")
        for number, registration in enumerate(generated_registrations(enterprises), start=1)
    )
    return City(GENERATED, tuple(companies))
