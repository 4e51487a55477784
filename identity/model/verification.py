"""What a verification says: numbered steps with outcomes, and the facts that passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """A step's outcome; `cannot_check` is never confused with `failed`."""

    PASSED = "passed"
    FAILED = "failed"
    CANNOT_CHECK = "cannot_check"


@dataclass(frozen=True)
class VerificationStep:
    """One numbered step: what was checked, with what result, by which section."""

    number: int
    name: str
    outcome: Outcome
    detail_en: str
    detail_zh: str
    reference: str
    credential: str | None = None


@dataclass(frozen=True)
class VerifiedCredential:
    """A credential that passed every step; `claims` holds the disclosed ones only.

    `presentation` is the SD-JWT as presented, key binding included: what evidence is made from.
    """

    type_code: str
    vct: str
    issuer_code: str
    issuer_name_zh: str
    issuer_name_en: str
    credential_digest: str
    issued_at: int
    verified_at: int
    claims: Mapping[str, Any]
    presentation: str = ""


@dataclass(frozen=True)
class VerifiedPresentation:
    """A presentation that a verifier accepted, with what it showed and how it was checked.

    `transaction_data` is what the holder signed along, as it stood in the request.
    """

    id: str
    enterprise_id: str
    verifier_id: str
    purpose: str
    consent_id: str
    verified_at: int
    credentials: tuple[VerifiedCredential, ...]
    steps: tuple[VerificationStep, ...]
    transaction_data: tuple[str, ...] = ()

    def credential(self, type_code: str) -> VerifiedCredential | None:
        """Return the presented credential of a type, if there is one."""
        found = (item for item in self.credentials if item.type_code == type_code)
        return next(found, None)
