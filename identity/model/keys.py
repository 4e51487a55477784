"""Signing keys and their algorithms: ES256 on P-256, EdDSA on Ed25519, and SM2.

The key decides the algorithm, never a token (RFC 8725 §3.1). Keys are read and written as JWK
(RFC 7517, RFC 7518 §6.2, RFC 8037 §2) and Multikey (Controlled Identifiers 1.0 §2.2.2).

The names of SM2, `alg` and `crv` alike, are private (RFC 7515 §4.1.1): IANA registers none, and the
only draft that proposed them has expired (docs/adr/0007-sm2-sm3-suite.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from identity.errors import InvalidSignature, MalformedToken
from identity.model.encoding import b64u, from_b64u
from identity.model.sm2 import SM2PrivateKey, SM2PublicKey

PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey | SM2PrivateKey
PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey | SM2PublicKey

ES256, EDDSA, SM2 = "ES256", "EdDSA", "SM2"
# What a header may call an algorithm: RFC 9864 §2.2 gives EdDSA on Ed25519 a name of its own.
ALGORITHM_OF_HEADER: Mapping[str, str] = {ES256: ES256, EDDSA: EDDSA, "Ed25519": EDDSA, SM2: SM2}
SIGNATURE_BYTES = 64  # of all

_ECDSA = ec.ECDSA(SHA256())
_MULTICODEC_P256 = b"\x80\x24"  # varint of 0x1200, p256-pub
_MULTICODEC_ED25519 = b"\xed\x01"  # varint of 0xed, ed25519-pub
_MULTICODEC_SM2 = b"\x86\x24"  # varint of 0x1206, sm2-pub
# Whose signatures are 64 plain bytes as they come; ECDSA's are DER and made plain here.
_PLAIN_SIGNERS = (Ed25519PrivateKey, SM2PrivateKey)
_PLAIN_VERIFIERS = (Ed25519PublicKey, SM2PublicKey)


def generate_key(algorithm: str = ES256) -> PrivateKey:
    """Return a fresh private key for `ES256`, `EdDSA` or `SM2`; a ValueError names any other."""
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return Ed25519PrivateKey.generate()
    if algorithm == SM2:
        return SM2PrivateKey.generate()
    raise ValueError(f"found algorithm {algorithm!r}, expected {ES256!r}, {EDDSA!r} or {SM2!r}")


def algorithm(key: PrivateKey | PublicKey) -> str:
    """Return the one algorithm of a key: `ES256`, `EdDSA` or `SM2`.

    Raises:
        MalformedToken: the key is of another type or on another curve.
    """
    curve = getattr(key, "curve", None)  # the cheapest way to tell the two types apart
    if curve is not None and curve.name == "secp256r1":
        return ES256
    if isinstance(key, (Ed25519PublicKey, Ed25519PrivateKey)):
        return EDDSA
    if isinstance(key, (SM2PublicKey, SM2PrivateKey)):
        return SM2
    found = f"a key on {curve.name}" if curve is not None else f"a {type(key).__name__}"
    raise MalformedToken(f"found {found}, expected a key on P-256, Ed25519 or SM2")


def public_jwk(key: PublicKey) -> dict[str, str]:
    """Return the public JWK of a key (RFC 7518 §6.2.1, RFC 8037 §2)."""
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": b64u(key.public_bytes_raw())}
    if isinstance(key, SM2PublicKey):
        x, y = b64u(key.point[:32]), b64u(key.point[32:])
        return {"kty": "EC", "crv": "SM2", "x": x, "y": y}
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": b64u(numbers.x.to_bytes(32, "big")),
        "y": b64u(numbers.y.to_bytes(32, "big")),
    }


def key_of_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """Return the public key of a P-256, Ed25519 or SM2 JWK.

    Raises:
        MalformedToken: the JWK is of another type, is for another algorithm, carries a private
            part, or its point is not on the curve.
    """
    if not isinstance(jwk, Mapping):
        raise MalformedToken("found a key that is not a JWK object")
    if "d" in jwk:
        raise MalformedToken("found a private key where a public key was expected")
    kind = (jwk.get("kty"), jwk.get("crv"))
    x, y = jwk.get("x"), jwk.get("y")
    if kind == ("EC", "P-256") and isinstance(x, str) and isinstance(y, str):
        found, expected = _key_of_point(x, y), ES256
    elif kind == ("OKP", "Ed25519") and isinstance(x, str):
        found, expected = _key_of_bytes(x), EDDSA
    elif kind == ("EC", "SM2") and isinstance(x, str) and isinstance(y, str):
        found, expected = _sm2_key_of_point(x, y), SM2
    else:
        raise MalformedToken("found a JWK that is neither a P-256 nor an Ed25519 nor an SM2 key")
    if "alg" in jwk and ALGORITHM_OF_HEADER.get(str(jwk["alg"])) != expected:
        raise MalformedToken(f"found a JWK for alg {jwk['alg']!r}, expected {expected!r}")
    return found


@lru_cache(maxsize=65_536)
def _key_of_point(x: str, y: str) -> PublicKey:
    coordinates = from_b64u(x), from_b64u(y)
    if any(len(coordinate) != 32 for coordinate in coordinates):
        raise MalformedToken("found a P-256 JWK whose x or y is not 32 bytes (RFC 7518 §6.2.1.2)")
    try:
        point = b"\x04" + coordinates[0] + coordinates[1]
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise MalformedToken("found a JWK whose point is not on P-256") from error


@lru_cache(maxsize=65_536)
def _key_of_bytes(x: str) -> PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(from_b64u(x))
    except ValueError as error:
        raise MalformedToken("found an Ed25519 JWK whose x is not 32 bytes") from error


@lru_cache(maxsize=65_536)
def _sm2_key_of_point(x: str, y: str) -> PublicKey:
    coordinates = from_b64u(x), from_b64u(y)
    if any(len(coordinate) != 32 for coordinate in coordinates):
        raise MalformedToken("found an SM2 JWK whose x or y is not 32 bytes")
    try:
        return SM2PublicKey(coordinates[0] + coordinates[1])
    except ValueError as error:
        raise MalformedToken("found a JWK whose point is not on the SM2 curve") from error


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the JWK thumbprint (RFC 7638 §3, RFC 8037 §2) as base64url of SHA-256."""
    names = ("crv", "kty", "x", "y") if jwk["kty"] == "EC" else ("crv", "kty", "x")
    return b64u(hashlib.sha256(orjson.dumps({name: jwk[name] for name in names})).digest())


def multikey(key: PublicKey) -> bytes:
    """Return the key as Multikey bytes: multicodec prefix, then compressed point or raw key."""
    if isinstance(key, Ed25519PublicKey):
        return _MULTICODEC_ED25519 + key.public_bytes_raw()
    if isinstance(key, SM2PublicKey):
        return _MULTICODEC_SM2 + key.compressed()
    return _MULTICODEC_P256 + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def sign_bytes(key: PrivateKey, message: bytes) -> bytes:
    """Return the 64-byte signature: r || s for ES256 (RFC 7518 §3.4) and SM2, R || S for EdDSA."""
    if isinstance(key, _PLAIN_SIGNERS):
        return key.sign(message)
    r, s = decode_dss_signature(key.sign(message, _ECDSA))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_bytes(key: PublicKey, message: bytes, signature: bytes) -> None:
    """Check a signature by the key's own algorithm.

    Raises:
        InvalidSignature: the signature has another length or does not verify.
        SM2Unavailable: it is an SM2 key and the library for it is not installed.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise InvalidSignature(f"found a signature of {len(signature)} bytes, expected 64")
    try:
        if isinstance(key, _PLAIN_VERIFIERS):
            key.verify(signature, message)
        else:
            r, s = signature[:32], signature[32:]
            der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
            key.verify(der, message, _ECDSA)
    except BadSignature as error:
        raise InvalidSignature("the signature does not verify with the named key") from error
