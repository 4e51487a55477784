"""A verifier's presentation request (OpenID4VP 1.0 §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIFETIME_S = 600


@dataclass(frozen=True)
class PresentationRequest:
    """One request to one enterprise for one purpose; `nonce` and `state` are fresh and random."""

    id: str
    verifier_id: str
    enterprise_id: str
    consent_id: str
    purpose: str
    nonce: str
    state: str
    dcql_query: Mapping[str, Any]
    created_at: int
    expires_at: int
    answered_at: int | None

    def response_uri(self, public_url: str) -> str:
        """Return where the wallet posts its response."""
        return f"{public_url}/api/v1/presentation-requests/{self.id}/response"

    def client_id(self, public_url: str) -> str:
        """Return the verifier's full client identifier, which a presentation is bound to."""
        return f"redirect_uri:{self.response_uri(public_url)}"

    def parameters(self, public_url: str) -> dict[str, Any]:
        """Return the authorization request parameters handed to the wallet."""
        return {
            "client_id": self.client_id(public_url),
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": self.response_uri(public_url),
            "nonce": self.nonce,
            "state": self.state,
            "dcql_query": dict(self.dcql_query),
        }
