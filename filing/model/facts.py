"""What a rule may read, and a record of what it did read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from filing.model.value import FieldValue


@dataclass(frozen=True, eq=False, slots=True)
class Credential:
    """A verified credential as the engine needs it; `claims` holds the disclosed ones.

    `issued_at` and `verified_at` are UTC epoch seconds, `credential_digest` is hexadecimal.
    """

    type_code: str
    issuer_code: str
    issuer_name_zh: str
    issuer_name_en: str
    credential_digest: str
    issued_at: int
    verified_at: int
    claims: Mapping[str, Any]


class Credentials:
    """The credentials of a presentation by type, newest first."""

    def __init__(self, credentials: Iterable[Credential]) -> None:
        self._by_type: dict[str, list[Credential]] = {}
        for item in sorted(credentials, key=lambda c: (-c.issued_at, c.credential_digest)):
            self._by_type.setdefault(item.type_code, []).append(item)

    def of_type(self, type_code: str) -> list[Credential]:
        """Return every presented credential of a type, newest first."""
        return self._by_type.get(type_code, [])

    def newest(self, type_code: str) -> Credential | None:
        """Return the newest presented credential of a type."""
        found = self.of_type(type_code)
        return found[0] if found else None


class ClaimFacts:
    """Gives a rule the claims it asks for; `used` and `inputs` say which it read."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self.used: list[Credential] = []
        self.inputs: list[str] = []

    def claim(self, type_code: str, claim: str) -> Any:
        """Return a claim of the newest credential of a type; None where it is not known."""
        found = self._credentials.newest(type_code)
        return self._read(found, claim) if found else None

    def every(self, type_code: str, claim: str) -> list[Any]:
        """Return a claim of every credential of a type, newest first, where it is known."""
        values = [self._read(item, claim) for item in self._credentials.of_type(type_code)]
        return [value for value in values if value is not None]

    def _read(self, credential: Credential, claim: str) -> Any:
        value = credential.claims.get(claim)
        if value is not None:
            if credential not in self.used:
                self.used.append(credential)
            path = f"{credential.type_code}.{claim}"
            if path not in self.inputs:
                self.inputs.append(path)
        return value


class FieldFacts:
    """Gives a rule the values of other fields of the case.

    `inputs` says which it read, `lacking` which it asked for in vain.
    """

    def __init__(self, fields: Mapping[str, FieldValue], context: Mapping[str, Any]) -> None:
        self._fields = fields
        self._context = context
        self.inputs: list[str] = []
        self.lacking: list[str] = []

    def field(self, key: str) -> Any:
        """Return another field's value; None where it is missing or does not apply."""
        found = self._fields.get(key)
        if found is None or not found.is_present:
            self.lacking.append(key)
            return None
        self.inputs.append(key)
        return found.value

    def context(self, key: str) -> Any:
        """Return a fact of the case itself, such as the day of signing; None if not yet known."""
        return self._context.get(key)
