"""Disclosures of an SD-JWT and the names that are reserved for them (RFC 9901 §4.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from identity.errors import InvalidDisclosure, MalformedToken
from identity.model.encoding import b64u_digests, parse_json
from identity.model.keys import ALGORITHM_OF_HEADER, SM2
from identity.model.sm2 import sm3

DIGESTS, DIGEST_ALG, ELEMENT = "_sd", "_sd_alg", "..."
RESERVED = frozenset({DIGESTS, DIGEST_ALG, ELEMENT})
# SD-JWT VC §2.2.2.2: never behind a digest, because whoever verifies always needs them.
NEVER_DISCLOSABLE = frozenset(
    {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", *RESERVED}
)
SHA_256 = "sha-256"  # the name in IANA's registry of hash algorithms, and the default (§4.1.1)
SM3 = "sm3"  # a private name: the registry has none

Disclosure = tuple[str, str | None, Any]
"""A disclosure: encoded form, claim name (None for an array element), value (§4.2.1, §4.2.2)."""


def _sha_256_each(encoded: Iterable[str]) -> list[bytes]:
    sha256 = hashlib.sha256
    return [sha256(item.encode("ascii")).digest() for item in encoded]


def _sm3_each(encoded: Iterable[str]) -> list[bytes]:
    return [sm3(item.encode("ascii")) for item in encoded]


HASH_OF_ALG: Mapping[str, str] = {
    alg: SM3 if algorithm == SM2 else SHA_256 for alg, algorithm in ALGORITHM_OF_HEADER.items()
}
"""The `_sd_alg` of a credential by the `alg` that signs it: the suites do not mix."""
_HASH_EACH: Mapping[str, Callable[[Iterable[str]], list[bytes]]] = {
    SHA_256: _sha_256_each,
    SM3: _sm3_each,
}


def digests_of(encoded: Iterable[str], hash_alg: str = SHA_256) -> list[str]:
    """Return the digest of each encoded disclosure as base64url (§4.2.3).

    Args:
        hash_alg: `sha-256` or `sm3`.
    """
    return b64u_digests(_HASH_EACH[hash_alg](encoded))


def holds_reserved(value: Any) -> bool:
    """Tell whether an object anywhere in a JSON value has a member that RFC 9901 reserves."""
    if isinstance(value, Mapping):
        return not RESERVED.isdisjoint(value) or any(map(holds_reserved, value.values()))
    return isinstance(value, (list, tuple)) and any(map(holds_reserved, value))


def parse_disclosures(
    encoded: Sequence[str], decoded: Sequence[bytes]
) -> tuple[tuple[Disclosure, ...], list[bytes]]:
    """Return what each disclosure says, and the JSON texts of those that say objects or arrays.

    Raises:
        MalformedToken: a value is too deep or repeats a member.
        InvalidDisclosure: one is not JSON of two or three parts.
    """
    names: list[str | None] = []
    values = []
    structured = []
    try:
        for data in decoded:
            content = orjson.loads(data)
            size = len(content) if type(content) is list else 0
            if not 2 <= size <= 3 or (size == 3 and type(content[1]) is not str):
                raise InvalidDisclosure("expected a disclosure of salt, claim name and value")
            names.append(content[1] if size == 3 else None)
            value = content[-1]
            if isinstance(value, (dict, list)):
                parse_json(data, "disclosure")
                structured.append(data)
            values.append(value)
    except orjson.JSONDecodeError as error:
        raise InvalidDisclosure("found a disclosure that is not JSON") from error
    return tuple(zip(encoded, names, values, strict=True)), structured


def digests_in(members: Mapping[str, Any]) -> list[str]:
    """Return the digests of an object's `_sd`; raises MalformedToken if it is no list of texts."""
    digests = members.get(DIGESTS, [])
    if not isinstance(digests, list) or not {str}.issuperset(map(type, digests)):
        raise MalformedToken("expected _sd to be a list of digests")
    return digests
