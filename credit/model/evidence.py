"""What a decision is made from: verified claims and the invoice ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit.errors import EvidenceMalformed, LedgerMismatch
from credit.model.ledger import InvoiceLedger


@dataclass(frozen=True)
class CredentialEvidence:
    """The disclosed claims of one verified credential, with the digest that commits to it."""

    type_code: str
    issuer_code: str
    credential_digest: str
    claims: Mapping[str, Any]

    def amount(self, name: str) -> int | None:
        """Return a whole-number claim, None where it was not disclosed or is unknown.

        Raises:
            EvidenceMalformed: the claim is there and is not a whole number.
        """
        value = self.claims.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise EvidenceMalformed(self._found(name, value, "a whole number"))
        return value

    def flag(self, name: str) -> int | None:
        """Return a yes-or-no claim as 1 or 0, None where unknown."""
        value = self.claims.get(name)
        if value is None:
            return None
        if not isinstance(value, bool):
            raise EvidenceMalformed(self._found(name, value, "true or false"))
        return int(value)

    def text(self, name: str) -> str | None:
        """Return a text claim, None where unknown."""
        value = self.claims.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise EvidenceMalformed(self._found(name, value, "text"))
        return value

    def day(self, name: str) -> date | None:
        """Return a date claim (ISO 8601 calendar date), None where unknown."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise EvidenceMalformed(self._found(name, value, "a date YYYY-MM-DD")) from error

    def _found(self, name: str, value: Any, expected: str) -> str:
        found = type(value).__name__
        return f"claim {name} of credential type {self.type_code} is {found}, expected {expected}"


@dataclass(frozen=True)
class Evidence:
    """Everything a decision may look at."""

    credentials: tuple[CredentialEvidence, ...]
    ledger: InvoiceLedger | None

    def of_type(self, type_code: str) -> CredentialEvidence | None:
        """Return the credential of a type; of several, the one with the smallest digest."""
        found = [c for c in self.credentials if c.type_code == type_code]
        return min(found, key=lambda c: c.credential_digest) if found else None

    def require_ledger_named_by_credential(self) -> None:
        """Check that the ledger is the very one the tax authority vouched for.

        Raises:
            LedgerMismatch: there is a ledger and no credential names its digest.
        """
        if self.ledger is None:
            return
        credential = self.of_type("invoice-ledger")
        named = credential.text("ledger_digest") if credential else None
        if named != self.ledger.digest:
            raise LedgerMismatch(
                f"the fetched ledger has digest {self.ledger.digest}, the invoice-ledger "
                f"credential names {named or 'none'}; ask the tax authority to issue it again",
                found=self.ledger.digest,
                expected=named,
            )
