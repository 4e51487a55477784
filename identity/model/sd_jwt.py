"""SD-JWT VC (RFC 9901, `dc+sd-jwt`): issue, disclose, bind to the holder, verify.

Rules:
 - every business claim is selectively disclosable; `iss`, `iat`, `nbf`, `exp`, `cnf`, `vct` and
   `status` never are;
 - a salt has 128 random bits; digests are SHA-256 and stand in random order;
 - a disclosure that matches no digest, repeats one or names a reserved claim is refused (§7.1).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from identity.errors import InvalidDisclosure, InvalidKeyBinding, MalformedToken
from identity.model import jose

CREDENTIAL_TYP = "dc+sd-jwt"
KEY_BINDING_TYP = "kb+jwt"
_RESERVED = frozenset({"_sd", "...", "_sd_alg", "iss", "nbf", "exp", "cnf", "vct", "status"})
KEY_BINDING_SKEW_S = 60
KEY_BINDING_AGE_MAX_S = 600


@dataclass(frozen=True)
class Disclosure:
    """One disclosure: its encoded form and what it says (RFC 9901 §4.2.1)."""

    encoded: str
    name: str
    value: Any


@dataclass(frozen=True)
class SDJWT:
    """A parsed SD-JWT: issuer-signed JWT, disclosures and the optional key-binding JWT."""

    jwt: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    disclosures: tuple[Disclosure, ...]
    key_binding_jwt: str | None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the issuer-signed JWT: what is anchored; the salts make it unguessable."""
        return credential_digest(self.jwt)

    def claims(self) -> dict[str, Any]:
        """Return the disclosed business claims by name."""
        return {disclosure.name: disclosure.value for disclosure in self.disclosures}


def credential_digest(jwt: str) -> bytes:
    """Return SHA-256 of the issuer-signed JWT."""
    return hashlib.sha256(jwt.encode("ascii")).digest()


def _sha256_b64u(text: str) -> str:
    return jose.b64u(hashlib.sha256(text.encode("ascii")).digest())


def issue(
    *,
    key: jose.PrivateKey,
    encoded_header: str,
    plain: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> str:
    """Return a compact SD-JWT (ending with ``~``) with every claim in `claims` disclosable.

    Args:
        key: the issuer's P-256 key.
        encoded_header: from `jose.encode_header`, with `typ` = `dc+sd-jwt`.
        plain: the claims always visible (`iss`, `vct`, `cnf`, `status`, …).
        claims: the selectively disclosable claims by name.
    """
    entropy = os.urandom(16 * len(claims))
    disclosures = []
    for position, (name, value) in enumerate(claims.items()):
        salt = jose.b64u(entropy[16 * position : 16 * position + 16])
        disclosures.append(jose.b64u(orjson.dumps([salt, name, value])))
    # Sorting the digests hides the claims' order without needing more randomness (§4.2.4.1).
    digests = sorted(map(_sha256_b64u, disclosures))
    payload = orjson.dumps({**plain, "_sd": digests, "_sd_alg": "sha-256"})
    return "~".join((jose.sign_compact(key, encoded_header, payload), *disclosures, ""))


def _parse_disclosure(encoded: str) -> Disclosure:
    try:
        content = orjson.loads(jose.from_b64u(encoded))
    except orjson.JSONDecodeError as error:
        raise InvalidDisclosure("found a disclosure that is not JSON") from error
    if not isinstance(content, list) or len(content) != 3 or not isinstance(content[1], str):
        raise InvalidDisclosure("expected a disclosure of salt, name and value")
    if content[1] in _RESERVED:
        raise InvalidDisclosure(f"the claim {content[1]!r} may not be selectively disclosed")
    return Disclosure(encoded, content[1], content[2])


def parse(compact: str) -> SDJWT:
    """Return the parts of a compact SD-JWT, its disclosures matched against `_sd`.

    The signature is not checked here: `verify_issuer` does.

    Raises:
        MalformedToken: the structure is broken.
        InvalidDisclosure: a disclosure has no digest in the credential or is repeated.
    """
    if len(compact) > jose.MAX_TOKEN_CHARS:
        raise MalformedToken(f"found a token over {jose.MAX_TOKEN_CHARS} characters")
    if "~" not in compact or not compact.isascii():
        raise MalformedToken("expected an SD-JWT: ASCII parts ended by '~'")
    jwt, *encoded, last = compact.split("~")
    header, payload, _ = jose.split_compact(jwt)
    body = jose.parse_json_object(jose.from_b64u(payload), "credential payload")
    if body.get("_sd_alg", "sha-256") != "sha-256":
        raise MalformedToken(f"found _sd_alg {body['_sd_alg']!r}, expected 'sha-256'")
    digests = body.get("_sd", [])
    if not isinstance(digests, list) or len(set(digests)) != len(digests):
        raise MalformedToken("expected _sd to be a list of distinct digests")
    disclosures = tuple(map(_parse_disclosure, encoded))
    _match(disclosures, set(digests), body)
    return SDJWT(
        jwt=jwt,
        header=jose.parse_header(header, typ=CREDENTIAL_TYP),
        payload=body,
        disclosures=disclosures,
        key_binding_jwt=last or None,
    )


def _match(
    disclosures: Sequence[Disclosure], digests: set[str], payload: Mapping[str, Any]
) -> None:
    names: set[str] = set()
    for disclosure in disclosures:
        digest = _sha256_b64u(disclosure.encoded)
        if digest not in digests:
            raise InvalidDisclosure(f"the disclosure of {disclosure.name!r} has no digest here")
        digests.discard(digest)
        if disclosure.name in names or disclosure.name in payload:
            raise InvalidDisclosure(f"the claim {disclosure.name!r} is disclosed twice")
        names.add(disclosure.name)


def verify_issuer(sd_jwt: SDJWT, key: jose.PublicKey) -> None:
    """Check the issuer's signature; raises InvalidSignature."""
    jose.verify_compact(sd_jwt.jwt, key, typ=CREDENTIAL_TYP)


def disclose(compact: str, names: Iterable[str]) -> str:
    """Return the SD-JWT with only the named claims disclosed and no key binding."""
    wanted = frozenset(names)
    jwt, *encoded, _ = compact.split("~")
    kept = (item for item in encoded if _parse_disclosure(item).name in wanted)
    return "~".join((jwt, *kept, ""))


def bind(
    presentation: str, *, key: jose.PrivateKey, nonce: str, audience: str, issued_at: int
) -> str:
    """Return the presentation with a key-binding JWT (RFC 9901 §4.3) appended.

    Args:
        presentation: an SD-JWT ending with ``~``.
        audience: the verifier's full client identifier, prefix included.
        issued_at: UTC epoch seconds.
    """
    payload = {
        "iat": issued_at,
        "aud": audience,
        "nonce": nonce,
        "sd_hash": _sha256_b64u(presentation),
    }
    header = jose.encode_header({"alg": "ES256", "typ": KEY_BINDING_TYP})
    return presentation + jose.sign_compact(key, header, orjson.dumps(payload))


def verify_key_binding(
    compact: str, sd_jwt: SDJWT, *, nonce: str, audience: str, at: int
) -> jose.PublicKey:
    """Check that the holder of `cnf` made this presentation for this request; return its key.

    Raises:
        InvalidKeyBinding: no key-binding JWT, or its nonce, audience, time or `sd_hash` differs.
        InvalidSignature: it is signed with another key than `cnf` names.
    """
    if sd_jwt.key_binding_jwt is None:
        raise InvalidKeyBinding("the presentation has no key-binding JWT")
    confirmation = sd_jwt.payload.get("cnf")
    if not isinstance(confirmation, dict) or "jwk" not in confirmation:
        raise InvalidKeyBinding("the credential names no holder key (cnf.jwk)")
    key = jose.key_of_jwk(confirmation["jwk"])
    payload = jose.verify_compact(sd_jwt.key_binding_jwt, key, typ=KEY_BINDING_TYP)
    presented = compact[: compact.rindex("~") + 1]
    expected = {"nonce": nonce, "aud": audience, "sd_hash": _sha256_b64u(presented)}
    for name, value in expected.items():
        if payload.get(name) != value:
            raise InvalidKeyBinding(f"the key-binding JWT has another {name} than this request")
    issued_at = payload.get("iat")
    if not isinstance(issued_at, int) or isinstance(issued_at, bool):
        raise InvalidKeyBinding("the key-binding JWT has no iat")
    if not at - KEY_BINDING_AGE_MAX_S <= issued_at <= at + KEY_BINDING_SKEW_S:
        raise InvalidKeyBinding("the key-binding JWT was made too long ago or in the future")
    return key
