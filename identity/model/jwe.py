"""Encrypted responses: compact JWE with ECDH-ES on P-256 (RFC 7516, RFC 7518 §4.6; HAIP 1.0 §7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from identity.errors import MalformedToken
from identity.model import jose

ALGORITHM = "ECDH-ES"
ENCRYPTIONS = ("A128GCM", "A256GCM")


class _Registry(jwe.JWERegistry):
    """Takes a response of all of an enterprise's credentials, larger than the default allows."""

    max_ciphertext_length = jose.MAX_TOKEN_CHARS


_REGISTRY = _Registry(algorithms=[ALGORITHM, *ENCRYPTIONS])


def generate_private_jwk(kid: str) -> dict[str, Any]:
    """Return a fresh P-256 private JWK for one exchange."""
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "enc", "alg": ALGORITHM})
    return dict(key.as_dict(private=True))


def public_part(private_jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Return the public half of a private JWK, with its kid, use and alg."""
    return {name: value for name, value in private_jwk.items() if name != "d"}


def encrypt(plaintext: bytes, jwk: Mapping[str, Any], *, enc: str, apu: str, apv: str) -> str:
    """Return the compact JWE of a plaintext for the holder of a key.

    Args:
        enc: one of `ENCRYPTIONS`.
        apu: base64url, mixed into the key: the recipient's view of who sends (RFC 7518 §4.6.1.2).
        apv: base64url: likewise of who receives, the request's nonce in OpenID4VP.
    """
    header = {"alg": ALGORITHM, "enc": enc, "kid": jwk.get("kid"), "apu": apu, "apv": apv}
    members = {key: value for key, value in jwk.items() if key in {"kty", "crv", "x", "y"}}
    protected = {key: value for key, value in header.items() if value is not None}
    return jwe.encrypt_compact(protected, plaintext, ECKey.import_key(members), registry=_REGISTRY)


def decrypt(token: str, private_jwk: Mapping[str, Any]) -> bytes:
    """Return what a compact JWE holds for our key.

    Raises:
        MalformedToken: too long, another algorithm, another key's, or altered.
    """
    if len(token) > jose.MAX_TOKEN_CHARS:
        raise MalformedToken(f"found a JWE over {jose.MAX_TOKEN_CHARS} characters")
    try:
        found = jwe.decrypt_compact(token, ECKey.import_key(dict(private_jwk)), registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise MalformedToken(
            "the response cannot be decrypted; encrypt it to the key in client_metadata with "
            f"{ALGORITHM} and one of {', '.join(ENCRYPTIONS)}"
        ) from error
    return found.plaintext or b""
