"""A verifier's presentation request (OpenID4VP 1.0 §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from identity.model import jwe

LIFETIME_S = 600
SELF_ISSUED = "https://self-issued.me/v2"
PURPOSE_INFO = "urn:qilian:purpose"
_FORMATS = {
    "dc+sd-jwt": {
        "sd-jwt_alg_values": ["ES256", "EdDSA"],
        "kb-jwt_alg_values": ["ES256", "EdDSA"],
    }
}


class ClientIDPrefix(StrEnum):
    """How the wallet comes to trust the verifier's identifier (§5.9.3)."""

    REDIRECT_URI = "redirect_uri"
    X509_SAN_DNS = "x509_san_dns"
    X509_HASH = "x509_hash"
    DID = "decentralized_identifier"


class ResponseMode(StrEnum):
    """How the wallet posts its response (§8.2, §8.3)."""

    DIRECT_POST = "direct_post"
    DIRECT_POST_JWT = "direct_post.jwt"


@dataclass(frozen=True)
class PresentationRequest:
    """One request of a verifier for one purpose; `nonce` and `state` are fresh and random.

    Attributes:
        enterprise_id: whom it asks; None where the wallet's owner is not known beforehand.
        consent_id: the consent it rests on; None where presenting is what consents.
        client_id: the verifier's full identifier, prefix included.
        transaction_data: what the holder signs along, each as base64url of JSON (§8.4).
        decryption_jwk: our private key for this one response (§8.3); None in `direct_post`.
        response_code: proof that whoever comes back is who answered (§13.3); None across devices.
    """

    id: str
    verifier_id: str
    verifier_code: str
    enterprise_id: str | None
    consent_id: str | None
    purpose: str
    client_id: str
    response_mode: ResponseMode
    nonce: str
    state: str
    dcql_query: Mapping[str, Any]
    transaction_data: tuple[str, ...]
    decryption_jwk: Mapping[str, Any] | None
    response_code: str | None
    created_at: int
    expires_at: int
    answered_at: int | None
    declined: str | None = None

    @property
    def prefix(self) -> ClientIDPrefix:
        """The prefix of the client identifier."""
        return ClientIDPrefix(self.client_id.partition(":")[0])

    def request_uri(self, public_url: str) -> str:
        """Return where the wallet fetches the signed request."""
        return f"{public_url}/verifiers/{self.verifier_code}/requests/{self.id}"

    def response_uri(self, public_url: str) -> str:
        """Return where the wallet posts its response; unique, so it names the request."""
        return response_uri(public_url, self.verifier_code, self.id)

    def parameters(self, public_url: str) -> dict[str, Any]:
        """Return the authorization request parameters (§5.1, §5.2)."""
        data = {"transaction_data": list(self.transaction_data)} if self.transaction_data else {}
        return {
            "client_id": self.client_id,
            "response_type": "vp_token",
            "response_mode": self.response_mode.value,
            "response_uri": self.response_uri(public_url),
            "nonce": self.nonce,
            "state": self.state,
            "dcql_query": dict(self.dcql_query),
            "client_metadata": self._client_metadata(),
            "verifier_info": [{"format": PURPOSE_INFO, "data": self.purpose}],
            **data,
        }

    def _client_metadata(self) -> dict[str, Any]:
        if self.decryption_jwk is None:
            return {"vp_formats_supported": _FORMATS}
        return {
            "vp_formats_supported": _FORMATS,
            "jwks": {"keys": [jwe.public_part(self.decryption_jwk)]},
            "encrypted_response_enc_values_supported": list(jwe.ENCRYPTIONS),
        }


def response_uri(public_url: str, verifier_code: str, request_id: str) -> str:
    """Return the address of the response to a request that is being made."""
    return f"{public_url}/verifiers/{verifier_code}/responses/{request_id}"
