"""Keys inside DIDs: `did:jwk`, and `did:key` for P-256 and Ed25519. Resolving asks nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from identity.errors import MalformedToken
from identity.model import jose

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {character: value for value, character in enumerate(_BASE58)}
_KEY_CHARS_MAX = 128
_P256, _ED25519 = b"\x80\x24", b"\xed\x01"


def key_of_did_url(did_url: str) -> jose.PublicKey:
    """Return the key that a `did:jwk` or `did:key` URL holds.

    Raises:
        MalformedToken: another method, a broken identifier, or a key that is not P-256 or Ed25519.
    """
    did = did_url.partition("#")[0]
    if did.startswith("did:jwk:"):
        jwk = jose.parse_json_object(jose.from_b64u(did.removeprefix("did:jwk:")), "did:jwk")
        return jose.key_of_jwk(jwk)
    if did.startswith("did:key:z"):
        return key_of_multikey(_from_base58(did.removeprefix("did:key:z")))
    raise MalformedToken("found a DID of another method, expected did:jwk or did:key")


def key_of_multikey(data: bytes) -> jose.PublicKey:
    """Return the key of Multikey bytes; the inverse of `jose.multikey`.

    Raises:
        MalformedToken: another kind of key, or a point that is not on its curve.
    """
    prefix, raw = data[:2], data[2:]
    try:
        if prefix == _P256:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        if prefix == _ED25519:
            return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise MalformedToken("found a multikey that is no key of its kind") from error
    raise MalformedToken("found a multikey that is neither P-256 nor Ed25519")


def did_jwk(jwk: Mapping[str, str]) -> str:
    """Return the `did:jwk` of a public JWK (did:jwk method, Create)."""
    return "did:jwk:" + jose.b64u(json.dumps(dict(jwk), separators=(",", ":")).encode())


def _from_base58(text: str) -> bytes:
    if len(text) > _KEY_CHARS_MAX or not all(character in _DIGIT for character in text):
        raise MalformedToken("found a did:key that is not base58btc")
    number = 0
    for character in text:
        number = number * 58 + _DIGIT[character]
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
