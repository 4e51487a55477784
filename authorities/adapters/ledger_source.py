"""The ledgers as a scorer asks for them: by enterprise, None where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from authorities.adapters.ledgers import SqlLedgers
from authorities.errors import UnknownLedger
from authorities.model.ledger import Ledger


@dataclass(frozen=True)
class RegisteredLedgers:
    """The tax authority's invoice ledgers."""

    ledgers: SqlLedgers

    def ledger(self, uscc: str) -> Ledger | None:
        """Return an enterprise's invoice ledger, or None where the register holds none."""
        try:
            return self.ledgers.get(uscc)
        except UnknownLedger:
            return None
