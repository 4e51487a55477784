"""Proofs by which a client shows that it holds a key: OpenID4VCI key proofs and DPoP."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from identity.errors import IdentityError, MalformedToken, ProtocolError
from identity.model import jose

KEY_PROOF_TYP = "openid4vci-proof+jwt"
DPOP_TYP = "dpop+jwt"
ALGORITHMS = (jose.ES256, jose.EDDSA)  # what the metadata lists
AGE_MAX_S = 300
SKEW_S = 120  # wallets date proofs back, and their clocks are off
JTI_CHARS_MAX = 256


@dataclass(frozen=True)
class KeyProof:
    """A checked key proof: the holder's public key, its nonce, the key attestation it carries.

    `did_url` is how the proof named the key; None where it carried the key itself.
    """

    jwk: Mapping[str, str]
    did_url: str | None
    nonce: str
    key_attestation: str | None

    def confirmation(self) -> dict[str, Any]:
        """Return the `cnf` claim that binds a credential to this key, named as in the proof.

        RFC 7800 §3.1, §3.4: wallets that proved a DID look for its `kid` alone.
        """
        return {"kid": self.did_url} if self.did_url else {"jwk": dict(self.jwk)}


@dataclass(frozen=True)
class DPoPProof:
    """A checked DPoP proof: the thumbprint of its key and its unique identifier."""

    jkt: str
    jti: str


def read_key_proof(
    token: str, *, audience: str, at: int, resolve: Callable[[str], jose.PublicKey]
) -> KeyProof:
    """Check a `jwt` key proof (OpenID4VCI 1.0, Appendix F.1).

    Args:
        audience: the credential issuer identifier.
        at: UTC epoch seconds.
        resolve: returns the key of a DID URL; raises IdentityError.
    Raises:
        ProtocolError: `invalid_proof`; the nonce is left to the caller.
    """
    try:
        header = _header(token, KEY_PROOF_TYP)
        named = [name for name in ("kid", "jwk", "x5c") if name in header]
        if named == ["jwk"]:
            key, did_url = jose.key_of_jwk(header["jwk"]), None
        elif named == ["kid"]:
            key, did_url = resolve(header["kid"]), header["kid"]
        else:
            found = " and ".join(named) or "none"
            raise _invalid_proof(f"found {found}, expected exactly one of jwk and kid (a DID URL)")
        _require_listed(key)
        payload = jose.verify_compact(token, key, typ=KEY_PROOF_TYP)
    except ProtocolError:
        raise
    except IdentityError as error:
        raise _invalid_proof(error.detail) from error
    if payload.get("aud") not in (audience, [audience]):
        raise _invalid_proof(f"aud is not {audience}")
    _require_fresh(payload, at, _invalid_proof)
    nonce = payload.get("nonce")
    if not isinstance(nonce, str):
        raise _invalid_proof("the proof carries no nonce; ask the nonce endpoint for one")
    attestation = header.get("key_attestation")
    if attestation is not None and not isinstance(attestation, str):
        raise _invalid_proof("found a key_attestation that is not a JWT")
    return KeyProof(jose.public_jwk(key), did_url, nonce, attestation)


def read_dpop(
    token: str, *, method: str, url: str, at: int, access_token: str | None = None
) -> DPoPProof:
    """Check a DPoP proof (RFC 9449 §4.3); that its `jti` is new is left to the caller.

    Args:
        url: the request's URL without query and fragment.
        access_token: the token sent along; its hash must be in the proof.
    Raises:
        ProtocolError: `invalid_dpop_proof`.
    """
    try:
        header = _header(token, DPOP_TYP)
        key = jose.key_of_jwk(header.get("jwk", {}))
        _require_listed(key)
        payload = jose.verify_compact(token, key, typ=DPOP_TYP)
    except IdentityError as error:
        raise _invalid_dpop(error.detail) from error
    expected = {"htm": method, "htu": url}
    if access_token is not None:
        digest = hashlib.sha256(access_token.encode("ascii", "replace")).digest()
        expected["ath"] = jose.b64u(digest)
    for name, value in expected.items():
        if payload.get(name) != value:
            raise _invalid_dpop(f"{name} is not that of this request")
    _require_fresh(payload, at, _invalid_dpop)
    jti = payload.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARS_MAX:
        raise _invalid_dpop(f"expected a jti of 1 to {JTI_CHARS_MAX} characters")
    return DPoPProof(jose.thumbprint(jose.public_jwk(key)), jti)


def _require_listed(key: jose.PublicKey) -> None:
    if jose.algorithm(key) not in ALGORITHMS:
        raise MalformedToken(f"expected a key for {' or '.join(ALGORITHMS)}")


def _header(token: str, typ: str) -> Mapping[str, Any]:
    return jose.parse_header(jose.split_compact(token)[0], typ=typ)


def _require_fresh(
    payload: Mapping[str, Any], at: int, refusal: Callable[[str], ProtocolError]
) -> None:
    issued_at = payload.get("iat")
    if not isinstance(issued_at, int) or isinstance(issued_at, bool):
        raise refusal("the proof has no iat")
    if not at - AGE_MAX_S - SKEW_S <= issued_at <= at + SKEW_S:
        raise refusal("the proof was made too long ago or in the future; check the clock")
    expires_at = payload.get("exp")
    if isinstance(expires_at, int) and expires_at + SKEW_S < at:
        raise refusal("the proof has expired")


def _invalid_proof(detail: str) -> ProtocolError:
    return ProtocolError("invalid_proof", detail)


def _invalid_dpop(detail: str) -> ProtocolError:
    return ProtocolError("invalid_dpop_proof", detail)
