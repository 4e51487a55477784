"""SD-JWT VC (RFC 9901, `dc+sd-jwt`): issue, disclose, bind to the holder, verify.

Rules:
 - every business claim is selectively disclosable, as a whole or as a `Rule` says; `iss`, `nbf`,
   `exp`, `cnf`, `vct` and `status` never are;
 - a salt has at least 128 random bits; digests stand in an order of their own;
 - digests are SHA-256, or SM3 where SM2 signs; `_sd_alg` says which, and the suites do not mix;
 - a disclosure that no digest references, that repeats a claim or names a reserved one is refused,
   and so is a digest that is there twice (§7.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from identity.errors import InvalidDisclosure, InvalidKeyBinding, MalformedToken
from identity.model import claims_path, jose
from identity.model.concealment import Rule, conceal
from identity.model.disclosure import (
    DIGEST_ALG,
    HASH_OF_ALG,
    SHA_256,
    Disclosure,
    digests_of,
    parse_disclosures,
)
from identity.model.revelation import Revealed, reveal

CREDENTIAL_TYP = "dc+sd-jwt"
KEY_BINDING_TYP = "kb+jwt"
KEY_BINDING_SKEW_S = 60
KEY_BINDING_AGE_MAX_S = 600
_KEY_BINDING_HEADERS = {
    algorithm: jose.encode_header({"alg": algorithm, "typ": KEY_BINDING_TYP})
    for algorithm in (jose.ES256, jose.EDDSA, jose.SM2)
}


class SDJWT(NamedTuple):
    """A parsed SD-JWT.

    Attributes:
        jwt: the issuer-signed JWT.
        signed: its parts.
        payload: its payload as signed, digests included.
        disclosures: what was presented.
        revealed: the payload with the disclosures in place, and where they stand.
        key_binding: the key-binding JWT; None in a credential not bound to a request.
    """

    jwt: str
    signed: jose.Signed
    payload: Mapping[str, Any]
    disclosures: tuple[Disclosure, ...]
    revealed: Revealed
    key_binding: jose.Signed | None

    @property
    def header(self) -> Mapping[str, Any]:
        """The protected header; `kid` and `x5c` help whoever looks for the issuer's key."""
        return self.signed.header

    @property
    def digest(self) -> bytes:
        """SHA-256 of the issuer-signed JWT: what is anchored; the salts make it unguessable."""
        return credential_digest(self.jwt)

    @property
    def processed(self) -> dict[str, Any]:
        """The processed SD-JWT payload (RFC 9901 §7.1): visible and disclosed claims."""
        return self.revealed.payload

    def claims(self) -> dict[str, Any]:
        """Return the business claims of which anything was disclosed, by top-level name."""
        names = {str(place[0]) for place in self.revealed.places}
        return {name: value for name, value in self.processed.items() if name in names}


def credential_digest(jwt: str) -> bytes:
    """Return SHA-256 of the issuer-signed JWT."""
    return hashlib.sha256(jwt.encode("ascii")).digest()


def issue(
    *,
    key: jose.PrivateKey,
    encoded_header: str,
    plain: Mapping[str, Any],
    claims: Mapping[str, Any],
    structure: Mapping[str, Rule] | None = None,
    decoys: int = 0,
) -> str:
    """Return a compact SD-JWT (ending with ``~``) with every claim in `claims` disclosable.

    Args:
        key: the issuer's key.
        encoded_header: from `jose.encode_header`, with `typ` = `dc+sd-jwt` and the key's `alg`.
        plain: the claims always visible (`iss`, `vct`, `cnf`, `status`, …).
        claims: the selectively disclosable claims by name.
        structure: how claims are disclosed in parts; one without a rule is disclosed as a whole.
        decoys: digests of nothing to add beside each group of digests of members (§4.2.5).
    Raises:
        InvalidDisclosure: a claim is reserved, given twice or has a reserved member.
    """
    hash_alg = HASH_OF_ALG[jose.algorithm(key)]
    shown, disclosures = conceal(claims, structure, decoys, hash_alg)
    if not plain.keys().isdisjoint(claims):
        raise InvalidDisclosure(f"the claim {min(plain.keys() & claims.keys())!r} is there twice")
    payload = orjson.dumps({**plain, **shown, DIGEST_ALG: hash_alg})
    return "~".join((jose.sign_compact(key, encoded_header, payload), *disclosures, ""))


def parse(compact: str, *, typ: str = CREDENTIAL_TYP) -> SDJWT:
    """Return the parts of a compact SD-JWT, its disclosures put in place (§7.1).

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
    tokens = [(jwt, typ), (last, KEY_BINDING_TYP)] if last else [(jwt, typ)]
    (signed, *binding), decoded = jose.parse_compacts(tokens, beside=encoded)
    payload = jose.parse_json_object(signed.payload, "credential payload")
    hash_alg = HASH_OF_ALG[signed.header["alg"]]
    if payload.get(DIGEST_ALG, SHA_256) != hash_alg:
        found = payload.get(DIGEST_ALG)
        raise MalformedToken(f"found _sd_alg {found!r}, expected {hash_alg!r} with this alg")
    disclosures, structured = parse_disclosures(encoded, decoded)
    revealed = reveal(payload, disclosures, [signed.payload, *structured], hash_alg)
    return SDJWT(jwt, signed, payload, disclosures, revealed, binding[0] if binding else None)


def verify_issuer(sd_jwt: SDJWT, key: jose.PublicKey) -> None:
    """Check the issuer's signature; raises InvalidSignature."""
    sd_jwt.signed.verify(key)


def disclose(
    compact: str, paths: Iterable[str | claims_path.Path], *, typ: str = CREDENTIAL_TYP
) -> str:
    """Return the SD-JWT with only what the paths select disclosed and no key binding.

    What is selected is disclosed with all it holds; what holds it is disclosed without the rest.
    A path that selects nothing discloses nothing.

    Args:
        compact: the credential as held; array indices count its disclosed elements.
        paths: claims path pointers (OpenID4VP 1.0 §7); a string alone is a top-level claim.
    """
    held = parse(compact, typ=typ)
    selected = [
        place
        for path in paths
        for place in claims_path.select(held.processed, [path] if isinstance(path, str) else path)
    ]
    needed = claims_path.needed_for(held.revealed.places, selected)
    kept = (
        encoded for (encoded, _, _), wanted in zip(held.disclosures, needed, strict=True) if wanted
    )
    return "~".join((held.jwt, *kept, ""))


def bind(
    presentation: str,
    *,
    key: jose.PrivateKey,
    nonce: str,
    audience: str,
    issued_at: int,
    transaction_data: Sequence[str] = (),
) -> str:
    """Return the presentation with a key-binding JWT (RFC 9901 §4.3) appended.

    Args:
        presentation: an SD-JWT ending with ``~``.
        key: the holder's key, which `cnf` names.
        audience: the verifier's full client identifier, prefix included.
        issued_at: UTC epoch seconds.
        transaction_data: the request's base64url strings as received (OpenID4VP 1.0 §8.4).
    """
    payload: dict[str, Any] = {
        "iat": issued_at,
        "aud": audience,
        "nonce": nonce,
        "sd_hash": _sd_hash(presentation, jose.alg_of(presentation)),
    }
    if transaction_data:
        # OpenID4VP 1.0, Appendix B.3.3.1: the strings are hashed as they are, not decoded.
        payload["transaction_data_hashes"] = digests_of(transaction_data)
        payload["transaction_data_hashes_alg"] = SHA_256
    header = _KEY_BINDING_HEADERS[jose.algorithm(key)]
    return presentation + jose.sign_compact(key, header, orjson.dumps(payload))


def _sd_hash(presentation: str, alg: str) -> str:
    """Return the digest of a presentation by its own `_sd_alg` (§4.3.1), given its issuer's alg."""
    return digests_of((presentation,), HASH_OF_ALG[alg])[0]


def verify_key_binding(
    compact: str,
    sd_jwt: SDJWT,
    *,
    nonce: str,
    audience: str,
    at: int,
    transaction_data: Sequence[str] = (),
    resolve: Callable[[str], jose.PublicKey] | None = None,
) -> jose.PublicKey:
    """Check that the holder of `cnf` made this presentation for this request; return its key.

    Args:
        resolve: returns the key of the DID URL that `cnf.kid` is; None: only `cnf.jwk` is known.

    Raises:
        InvalidKeyBinding: no key-binding JWT, or its nonce, audience, time, `sd_hash` or
            transaction data differs.
        InvalidSignature: it is signed with another key than `cnf` names.
    """
    if sd_jwt.key_binding is None:
        raise InvalidKeyBinding("the presentation has no key-binding JWT")
    key = _holder_key(sd_jwt.payload.get("cnf"), resolve)
    sd_jwt.key_binding.verify(key)
    payload = jose.parse_json_object(sd_jwt.key_binding.payload, "key-binding JWT")
    sd_hash = _sd_hash(compact[: compact.rindex("~") + 1], sd_jwt.header["alg"])
    expected = {"nonce": nonce, "aud": audience, "sd_hash": sd_hash}
    for name, value in expected.items():
        if payload.get(name) != value:
            raise InvalidKeyBinding(f"the key-binding JWT has another {name} than this request")
    _require_transaction_data(payload, transaction_data)
    require_made_now(payload, at)
    return key


def _holder_key(
    confirmation: object, resolve: Callable[[str], jose.PublicKey] | None
) -> jose.PublicKey:
    """Return the key that a `cnf` claim names (RFC 7800 §3)."""
    if isinstance(confirmation, dict):
        if "jwk" in confirmation:
            return jose.key_of_jwk(confirmation["jwk"])
        if resolve is not None and isinstance(confirmation.get("kid"), str):
            return resolve(confirmation["kid"])
    raise InvalidKeyBinding("the credential names no holder key (cnf.jwk, or a DID in cnf.kid)")


def require_made_now(payload: Mapping[str, Any], at: int) -> None:
    """Raise InvalidKeyBinding unless `iat` is a time shortly before `at` (UTC epoch seconds)."""
    issued_at = payload.get("iat")
    if not isinstance(issued_at, int) or isinstance(issued_at, bool):
        raise InvalidKeyBinding("the key-binding JWT has no iat")
    if not at - KEY_BINDING_AGE_MAX_S <= issued_at <= at + KEY_BINDING_SKEW_S:
        raise InvalidKeyBinding("the key-binding JWT was made too long ago or in the future")


def _require_transaction_data(payload: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Require the hashes of exactly this transaction data in this order; none if none was sent."""
    found = payload.get("transaction_data_hashes")
    if found != (digests_of(expected) if expected else None):
        raise InvalidKeyBinding(
            "the key-binding JWT has the hashes of other transaction data than this request"
        )
    if found is not None and payload.get("transaction_data_hashes_alg", SHA_256) != SHA_256:
        raise InvalidKeyBinding("the key-binding JWT hashes transaction data by another algorithm")
