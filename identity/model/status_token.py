"""Signed status lists: the payloads of the two kinds, and how a verifier reads one.

- Status List Token, a JWT (draft-ietf-oauth-status-list §5.1): `sub` is its own URI.
- Bitstring Status List Credential, a VCDM 2.0 credential secured as `vc+jwt`
  (Bitstring Status List 1.0 §3.1; VC-JOSE-COSE §3.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from identity.errors import MalformedToken
from identity.model import jose, status_list
from identity.model.status_list import StatusList

TOKEN_TYP, CREDENTIAL_TYP = "statuslist+jwt", "vc+jwt"
VCDM_CONTEXT = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True)
class Lifetime:
    """From when to when a signed list holds (UTC epoch seconds), and how long to keep it (s)."""

    issued_at: int
    expires_at: int
    ttl_s: int


def token_payload(uri: str, statuses: bytes, lifetime: Lifetime) -> dict[str, Any]:
    """Return the payload of a Status List Token over two-bit statuses."""
    return {
        "sub": uri,
        "iat": lifetime.issued_at,
        "exp": lifetime.expires_at,
        "ttl": lifetime.ttl_s,
        "status_list": {
            "bits": status_list.STATUS_BITS,
            "lst": status_list.encode_lst(statuses),
        },
    }


def _xsd_datetime(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def credential_payload(
    uri: str, issuer_url: str, purpose: str, statuses: bytes, lifetime: Lifetime
) -> dict[str, Any]:
    """Return a Bitstring Status List Credential for one purpose; its ttl is in milliseconds."""
    bits = status_list.purpose_bits(statuses, purpose)
    return {
        "@context": [VCDM_CONTEXT],
        "id": uri,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_url,
        "validFrom": _xsd_datetime(lifetime.issued_at),
        "validUntil": _xsd_datetime(lifetime.expires_at),
        "credentialSubject": {
            "id": f"{uri}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": lifetime.ttl_s * 1000,
            "encodedList": status_list.encode_bitstring(bits),
        },
    }


@dataclass(frozen=True)
class StatusListToken:
    """A Status List Token whose signature and form are right; its times are for FreshnessRule."""

    statuses: StatusList
    iat: int
    exp: int | None
    ttl: int | None


def read_token(compact: str, key: jose.PublicKey, *, uri: str) -> StatusListToken:
    """Return what a Status List Token says (draft-ietf-oauth-status-list §8.3).

    1. `typ` and signature. 2. `sub` is the URI that the credential carries. 3. `iat` is there,
    `exp` and `ttl` are numbers if present. 4. the list unpacks.

    Raises:
        MalformedToken, InvalidSignature.
    """
    payload = jose.verify_compact(compact, key, typ=TOKEN_TYP)
    if payload.get("sub") != uri:
        raise MalformedToken(f"found a status list for {payload.get('sub')!r}, expected {uri!r}")
    iat = _time(payload, "iat")
    if iat is None:
        raise MalformedToken("found a status list without iat")
    body = payload.get("status_list")
    if not isinstance(body, dict) or not isinstance(body.get("lst"), str):
        raise MalformedToken("found a status list token without status_list.lst")
    statuses = status_list.decode_lst(body["lst"], body.get("bits", 0))
    return StatusListToken(statuses, iat, _time(payload, "exp"), _time(payload, "ttl"))


def _time(payload: dict[str, Any], name: str) -> int | None:
    """Return a non-negative number of seconds, or None where it is absent."""
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 53:
        raise MalformedToken(f"{name} of the status list is not a number of seconds")
    return int(value)
