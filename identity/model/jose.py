"""Compact JWS with ES256 (RFC 7515, RFC 7518 §3.4) and P-256 keys as JWK and Multikey.

Only what the credential engine needs, on pyca/cryptography alone, because issuing and verifying
run at the speed of the signatures themselves.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from identity.errors import InvalidSignature, MalformedToken

_ES256 = ec.ECDSA(SHA256())
_MULTICODEC_P256 = b"\x80\x24"  # varint of 0x1200, p256-pub
MAX_TOKEN_CHARS = 1_000_000

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey


def b64u(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """Return the bytes of unpadded base64url text.

    Raises:
        MalformedToken: the text has other characters, padding or stray bits.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise MalformedToken("found text that is not base64url") from error
    if b64u(data) != text:
        raise MalformedToken("found base64url text in a non-canonical form")
    return data


def generate_key() -> PrivateKey:
    """Return a fresh P-256 private key."""
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: PublicKey) -> dict[str, str]:
    """Return the public JWK of a P-256 key (RFC 7518 §6.2.1)."""
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": b64u(numbers.x.to_bytes(32, "big")),
        "y": b64u(numbers.y.to_bytes(32, "big")),
    }


@lru_cache(maxsize=65536)
def _key_of_point(x: str, y: str) -> PublicKey:
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(from_b64u(x), "big"), int.from_bytes(from_b64u(y), "big"), ec.SECP256R1()
    )
    try:
        return numbers.public_key()
    except ValueError as error:
        raise MalformedToken("found a JWK whose point is not on P-256") from error


def key_of_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """Return the P-256 public key of a JWK.

    Raises:
        MalformedToken: the JWK is of another type, carries a private part or is off the curve.
    """
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise MalformedToken("found a key that is not an EC P-256 JWK")
    if "d" in jwk:
        raise MalformedToken("found a private key where a public key was expected")
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str):
        raise MalformedToken("found a JWK without x and y")
    return _key_of_point(x, y)


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the JWK thumbprint (RFC 7638) as base64url of SHA-256."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return b64u(hashlib.sha256(orjson.dumps(members)).digest())


def multikey(key: PublicKey) -> bytes:
    """Return the P-256 key as Multikey bytes: multicodec prefix and compressed point."""
    return _MULTICODEC_P256 + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def sign_bytes(key: PrivateKey, message: bytes) -> bytes:
    """Return the 64-byte ES256 signature r || s."""
    r, s = decode_dss_signature(key.sign(message, _ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_bytes(key: PublicKey, message: bytes, signature: bytes) -> None:
    """Check an ES256 signature.

    Raises:
        InvalidSignature: the signature has another length or does not verify.
    """
    if len(signature) != 64:
        raise InvalidSignature(f"found a signature of {len(signature)} bytes, expected 64")
    der = encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    try:
        key.verify(der, message, _ES256)
    except BadSignature as error:
        raise InvalidSignature("the signature does not verify with the named key") from error


def encode_header(header: Mapping[str, Any]) -> str:
    """Return the encoded protected header; precompute it when many tokens share it."""
    return b64u(orjson.dumps(header))


def sign_compact(key: PrivateKey, encoded_header: str, payload: bytes) -> str:
    """Return the compact JWS of payload bytes under an encoded header."""
    signing_input = f"{encoded_header}.{b64u(payload)}"
    return f"{signing_input}.{b64u(sign_bytes(key, signing_input.encode('ascii')))}"


def parse_json_object(data: bytes, what: str) -> dict[str, Any]:
    """Return the JSON object in data; raises MalformedToken naming what it was."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedToken(f"the {what} is not JSON") from error
    if not isinstance(value, dict):
        raise MalformedToken(f"the {what} is not a JSON object")
    return value


def split_compact(token: str) -> tuple[str, str, str]:
    """Return the three parts of a compact JWS."""
    if len(token) > MAX_TOKEN_CHARS:
        raise MalformedToken(f"found a token over {MAX_TOKEN_CHARS} characters")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise MalformedToken("expected three dot-separated parts in the JWS")
    return parts[0], parts[1], parts[2]


def parse_header(encoded: str, *, typ: str) -> dict[str, Any]:
    """Return the protected header after checking its algorithm, type and critical members.

    Raises:
        MalformedToken: `alg` is not ES256, `typ` is another, or `crit` is present (we know none).
    """
    header = parse_json_object(from_b64u(encoded), "JOSE header")
    if header.get("alg") != "ES256":
        raise MalformedToken(f"found alg {header.get('alg')!r}, expected 'ES256'")
    if header.get("typ") != typ:
        raise MalformedToken(f"found typ {header.get('typ')!r}, expected {typ!r}")
    if "crit" in header:
        raise MalformedToken("found critical header members that are not understood")
    return header


def verify_compact(token: str, key: PublicKey, *, typ: str) -> dict[str, Any]:
    """Return the payload of a compact JWS after checking header and signature.

    Raises:
        MalformedToken: it cannot be parsed or its header is not acceptable.
        InvalidSignature: it was not signed with this key.
    """
    header, payload, signature = split_compact(token)
    parse_header(header, typ=typ)
    verify_bytes(key, f"{header}.{payload}".encode("ascii", "replace"), from_b64u(signature))
    return parse_json_object(from_b64u(payload), "JWS payload")
