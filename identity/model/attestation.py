"""Attestations by wallet providers: of a wallet instance, and of the keys it keeps (HAIP 1.0 §4.3).

Both are signed with a leaf that the consortium's CA has certified; whoever checks a chain brings
the CA, so it is not in `x5c`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.errors import IdentityError, ProtocolError
from identity.model import jose
from identity.model.certificate import check_leaf

CLIENT_TYP = "oauth-client-attestation+jwt"
CLIENT_POP_TYP = "oauth-client-attestation-pop+jwt"
KEYS_TYP = "key-attestation+jwt"
POP_AGE_MAX_S = 300
SKEW_S = 120
KEYS_MAX = 100


@dataclass(frozen=True)
class ClientAttestation:
    """A checked client attestation: which wallet, its key, and the identifier of its proof."""

    client_id: str
    jkt: str
    jti: str


def read_client_attestation(
    attestation: str, proof: str, *, audience: str, ca: bytes, at: int
) -> ClientAttestation:
    """Check a client attestation and its proof of possession.

    OAuth 2.0 Attestation-Based Client Authentication, §5 and §6. That the proof's `jti` is new is
    left to the caller.

    Args:
        audience: the authorisation server's issuer identifier.
        ca: the consortium CA's certificate (DER).
        at: UTC epoch seconds.
    Raises:
        ProtocolError: `invalid_client`.
    """
    try:
        payload = _signed_by_provider(attestation, CLIENT_TYP, ca, at)
        key = jose.key_of_jwk(_confirmed(payload))
        claims = jose.verify_compact(proof, key, typ=CLIENT_POP_TYP)
    except ProtocolError:
        raise
    except IdentityError as error:
        raise _invalid_client(error.detail) from error
    client_id, jti = payload.get("sub"), claims.get("jti")
    if not isinstance(client_id, str) or claims.get("iss") not in (client_id, None):
        raise _invalid_client("the attestation and its proof name different clients")
    if claims.get("aud") not in (audience, [audience]):
        raise _invalid_client(f"the proof's aud is not {audience}")
    issued_at = claims.get("iat")
    if not isinstance(issued_at, int) or not at - POP_AGE_MAX_S <= issued_at <= at + SKEW_S:
        raise _invalid_client("the proof was made too long ago or in the future")
    if not isinstance(jti, str):
        raise _invalid_client("the proof has no jti")
    return ClientAttestation(client_id, jose.thumbprint(jose.public_jwk(key)), jti)


def read_key_attestation(token: str, *, ca: bytes, at: int) -> list[dict[str, str]]:
    """Return the keys that a wallet provider attests (OpenID4VCI 1.0, Appendix D.1).

    Raises:
        ProtocolError: `invalid_proof`.
    """
    try:
        payload = _signed_by_provider(token, KEYS_TYP, ca, at)
        keys = payload.get("attested_keys")
        if not isinstance(keys, list) or not 0 < len(keys) <= KEYS_MAX:
            raise ProtocolError("invalid_proof", f"expected 1 to {KEYS_MAX} attested_keys")
        return [jose.public_jwk(jose.key_of_jwk(key)) for key in keys]
    except ProtocolError as error:
        raise ProtocolError("invalid_proof", error.detail) from error
    except IdentityError as error:
        raise ProtocolError("invalid_proof", error.detail) from error


def _signed_by_provider(token: str, typ: str, ca: bytes, at: int) -> dict[str, Any]:
    header = jose.parse_header(jose.split_compact(token)[0], typ=typ)
    try:
        der = base64.b64decode(header.get("x5c", [""])[0], validate=True)
    except binascii.Error as error:
        raise _invalid_client("found an x5c that is not base64") from error
    payload = jose.verify_compact(token, check_leaf(der, ca, at).key, typ=typ)
    expires_at = payload.get("exp")
    if not isinstance(expires_at, int) or at >= expires_at:
        raise _invalid_client("the attestation has expired, or says no exp")
    return payload


def _confirmed(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    confirmation = payload.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise _invalid_client("the attestation names no key (cnf.jwk)")
    return jwk


def _invalid_client(detail: str) -> ProtocolError:
    return ProtocolError("invalid_client", detail, status=401)
