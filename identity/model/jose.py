"""Compact JWS (RFC 7515) under the best current practice of RFC 8725, for every signed token.

Rules:
 - the algorithm comes from the key; a header that names another is refused;
 - keys never come from an address in the token: `jku` and `x5u` are refused;
 - `crit` is refused, because no extension is understood (RFC 7515 §4.1.11);
 - `kid`, `jwk` and `x5c` are left to the caller, who decides whom to believe.

On pyca/cryptography alone, because issuing and verifying run at the speed of the signatures
themselves. Keys and encodings are re-exported: this module is what the rest of the package uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from identity.errors import InvalidSignature, MalformedToken
from identity.model.encoding import b64u, from_b64u, from_b64u_each, parse_json_object
from identity.model.keys import (
    ALGORITHM_OF_HEADER,
    EDDSA,
    ES256,
    SM2,
    PrivateKey,
    PublicKey,
    algorithm,
    generate_key,
    key_of_jwk,
    multikey,
    public_jwk,
    sign_bytes,
    thumbprint,
    verify_bytes,
)

__all__ = [
    "EDDSA",
    "ES256",
    "MAX_HEADER_CHARS",
    "MAX_TOKEN_CHARS",
    "SM2",
    "PrivateKey",
    "PublicKey",
    "Signed",
    "alg_of",
    "algorithm",
    "b64u",
    "encode_header",
    "from_b64u",
    "generate_key",
    "key_of_jwk",
    "multikey",
    "parse_compacts",
    "parse_header",
    "parse_json_object",
    "public_jwk",
    "sign_bytes",
    "sign_compact",
    "split_compact",
    "thumbprint",
    "verify_bytes",
    "verify_compact",
]

MAX_TOKEN_CHARS = 1_000_000
MAX_HEADER_CHARS = 32_768  # a chain of certificates fits; the cache of headers stays small


def encode_header(header: Mapping[str, Any]) -> str:
    """Return the encoded protected header; precompute it when many tokens share it."""
    return b64u(orjson.dumps(header))


def sign_compact(key: PrivateKey, encoded_header: str, payload: bytes) -> str:
    """Return the compact JWS of payload bytes under an encoded header."""
    signing_input = f"{encoded_header}.{b64u(payload)}"
    return f"{signing_input}.{b64u(sign_bytes(key, signing_input.encode('ascii')))}"


def split_compact(token: str) -> tuple[str, str, str]:
    """Return the three parts of a compact JWS."""
    if len(token) > MAX_TOKEN_CHARS:
        raise MalformedToken(f"found a token over {MAX_TOKEN_CHARS} characters")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise MalformedToken("expected three dot-separated parts in the JWS")
    return parts[0], parts[1], parts[2]


def parse_header(encoded: str, *, typ: str) -> Mapping[str, Any]:
    """Return the protected header after checking its algorithm, type and critical members.

    Raises:
        MalformedToken: `alg` is not one of ours, `typ` is another, `crit`, `jku` or `x5u` is
            present, or `kid` or `x5c` is of another form than RFC 7515 §4.1 says.
    """
    header = _parse_header(encoded)
    if header.get("typ") != typ:
        raise MalformedToken(f"found typ {header.get('typ')!r}, expected {typ!r}")
    return header


def alg_of(token: str) -> str:
    """Return the `alg` in the header of a compact JWS; raises MalformedToken as `parse_header`."""
    alg: str = _parse_header(token.partition(".")[0])["alg"]
    return alg


@lru_cache(maxsize=512)
def _parse_header(encoded: str) -> Mapping[str, Any]:
    if len(encoded) > MAX_HEADER_CHARS:
        raise MalformedToken(f"found a JOSE header over {MAX_HEADER_CHARS} characters")
    header = parse_json_object(from_b64u(encoded), "JOSE header")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in ALGORITHM_OF_HEADER:
        raise MalformedToken(f"found alg {alg!r}, expected {ES256!r}, {EDDSA!r} or {SM2!r}")
    if "crit" in header:
        raise MalformedToken("found critical header members that are not understood")
    for name in ("jku", "x5u"):
        if name in header:
            raise MalformedToken(f"found {name}: keys are never fetched from a token's own address")
    if not isinstance(header.get("kid", ""), str):
        raise MalformedToken("found a kid that is not a string")
    chain = header.get("x5c", [""])
    if not isinstance(chain, list) or not chain or not all(isinstance(c, str) for c in chain):
        raise MalformedToken("found an x5c that is not a list of certificates as strings")
    return MappingProxyType(header)


class Signed(NamedTuple):
    """A compact JWS in its parts, header checked and the signature not yet."""

    header: Mapping[str, Any]
    signing_input: str
    payload: bytes
    signature: bytes

    def verify(self, key: PublicKey) -> None:
        """Check the signature.

        Raises:
            InvalidSignature: the header names another algorithm than the key's, or the signature
                was not made with this key.
        """
        expected = algorithm(key)
        if ALGORITHM_OF_HEADER[self.header["alg"]] != expected:
            raise InvalidSignature(f"found alg {self.header['alg']!r}, the key is for {expected}")
        verify_bytes(key, self.signing_input.encode("ascii", "replace"), self.signature)


def parse_compacts(
    tokens: Sequence[tuple[str, str]], beside: Sequence[str] = ()
) -> tuple[list[Signed], list[bytes]]:
    """Return the parts of each (compact JWS, `typ`), and the bytes of the base64url `beside` them.

    Everything is decoded in one call.

    Raises:
        MalformedToken: a token cannot be parsed or its header is not acceptable.
    """
    heads = []
    encoded: list[str] = []
    for token, typ in tokens:
        encoded_header, payload, signature = split_compact(token)
        heads.append((parse_header(encoded_header, typ=typ), token[: -len(signature) - 1]))
        encoded += payload, signature
    decoded = from_b64u_each([*encoded, *beside])
    signed = [
        Signed(header, signing_input, decoded[2 * index], decoded[2 * index + 1])
        for index, (header, signing_input) in enumerate(heads)
    ]
    return signed, decoded[len(encoded) :]


def verify_compact(token: str, key: PublicKey, *, typ: str) -> dict[str, Any]:
    """Return the payload of a compact JWS after checking header and signature.

    Raises:
        MalformedToken: it cannot be parsed or its header is not acceptable.
        InvalidSignature: it was not signed with this key.
    """
    (signed,), _ = parse_compacts([(token, typ)])
    signed.verify(key)
    return parse_json_object(signed.payload, "JWS payload")
