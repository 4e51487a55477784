"""Consent: what an enterprise allows whom to read, for which purpose and until when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from identity.errors import ConsentExpired, ConsentMissing, ConsentRevoked


class ConsentState(StrEnum):
    """A consent's state; expiry is a matter of time, not a state."""

    ACTIVE = "active"
    PAUSED = "paused"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Consent:
    """An artefact signed by the enterprise's controller key and recorded on chain by digest.

    `type_codes` are the credential types that may be shown; `expires_at` is UTC epoch seconds.
    """

    id: str
    enterprise_id: str
    recipient_id: str
    recipient_code: str
    purpose: str
    type_codes: tuple[str, ...]
    granted_at: int
    expires_at: int
    salt: str
    state: ConsentState

    def digest(self) -> bytes:
        """Return the salted SHA-256 that stands for this consent on chain."""
        artefact: dict[str, Any] = {
            "id": self.id,
            "enterprise": self.enterprise_id,
            "recipient": self.recipient_code,
            "purpose": self.purpose,
            "types": sorted(self.type_codes),
            "granted_at": self.granted_at,
            "expires_at": self.expires_at,
            "salt": self.salt,
        }
        return hashlib.sha256(rfc8785.dumps(artefact)).digest()

    def require_active(self, at: int) -> None:
        """Raise ConsentExpired or ConsentRevoked unless the consent holds at this moment."""
        if self.state is not ConsentState.ACTIVE:
            raise ConsentRevoked(
                f"the consent is {self.state}; ask the enterprise to grant it again",
                consent=self.id,
            )
        if at >= self.expires_at:
            raise ConsentExpired(
                "the consent's validity is over; ask the enterprise for a new one", consent=self.id
            )

    def require_covers(self, type_codes: frozenset[str]) -> None:
        """Raise ConsentMissing when more is asked than was granted."""
        beyond = sorted(type_codes - set(self.type_codes))
        if beyond:
            raise ConsentMissing(
                f"the consent does not cover {', '.join(beyond)}", consent=self.id, types=beyond
            )
