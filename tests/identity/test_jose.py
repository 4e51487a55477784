"""Compact JWS, keys and encodings: both algorithms, and what is refused."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from identity.errors import InvalidSignature, MalformedToken
from identity.model import jose
from identity.model.encoding import MAX_DEPTH, b64u_each, from_b64u_each, parse_json

KEYS = {name: jose.generate_key(name) for name in (jose.ES256, jose.EDDSA)}
TYP = "example+jwt"
QUICK_S = 0.05


def sign(algorithm: str, payload: bytes = b'{"a":1}', **header: Any) -> str:
    encoded = jose.encode_header({"alg": algorithm, "typ": TYP, **header})
    return jose.sign_compact(KEYS[algorithm], encoded, payload)


def seconds(action: Callable[[], object]) -> float:
    """The processor time of an action that is refused: the least of three, the machine is busy."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        with pytest.raises(MalformedToken):
            action()
        taken.append(time.thread_time() - start)
    return min(taken)


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_we_sign_another_library_verifies_and_the_reverse(algorithm: str) -> None:
    public = KEYS[algorithm].public_key()
    theirs = JWK(**jose.public_jwk(public))
    jws = JWS()
    jws.deserialize(sign(algorithm), theirs)
    assert json.loads(jws.payload) == {"a": 1}
    assert theirs.thumbprint() == jose.thumbprint(jose.public_jwk(public))
    kind = {"ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}[algorithm]
    own = JWK.generate(kty=kind[0], crv=kind[1])
    jws = JWS(b'{"b":2}')
    jws.add_signature(own, protected=json.dumps({"alg": algorithm, "typ": TYP}))
    key = jose.key_of_jwk(own.export_public(as_dict=True))
    assert jose.verify_compact(jws.serialize(compact=True), key, typ=TYP) == {"b": 2}


def test_the_key_of_rfc_8037_has_its_thumbprint() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert jose.public_jwk(jose.key_of_jwk(jwk)) == jwk
    assert jose.thumbprint(jwk) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert jose.multikey(jose.key_of_jwk(jwk)) == b"\xed\x01" + jose.from_b64u(jwk["x"])


def test_a_p256_multikey_is_prefix_and_compressed_point() -> None:
    key = KEYS[jose.ES256].public_key()
    assert jose.multikey(key)[:2] == b"\x80\x24"
    assert len(jose.multikey(key)) == 35


def test_the_fully_specified_name_of_ed25519_is_accepted() -> None:
    header = jose.encode_header({"alg": "Ed25519", "typ": TYP})
    token = jose.sign_compact(KEYS[jose.EDDSA], header, b'{"a":1}')
    assert jose.verify_compact(token, KEYS[jose.EDDSA].public_key(), typ=TYP) == {"a": 1}


@pytest.mark.parametrize(("algorithm", "other"), [("ES256", "EdDSA"), ("EdDSA", "ES256")])
def test_the_algorithm_of_another_key_is_refused(algorithm: str, other: str) -> None:
    with pytest.raises(InvalidSignature, match="the key is for"):
        jose.verify_compact(sign(algorithm), KEYS[other].public_key(), typ=TYP)


def test_a_public_key_is_no_secret_of_an_hmac() -> None:
    public = KEYS[jose.ES256].public_key()
    head = jose.encode_header({"alg": "HS256", "typ": TYP}) + "." + jose.b64u(b'{"a":1}')
    forged = hmac.digest(jose.multikey(public), head.encode(), "sha256")
    with pytest.raises(MalformedToken, match="HS256"):
        jose.verify_compact(f"{head}.{jose.b64u(forged)}", public, typ=TYP)


BAD_HEADERS: dict[str, tuple[str, str]] = {
    "alg none": ('{"alg":"none","typ":"example+jwt"}', "none"),
    "no alg": ('{"typ":"example+jwt"}', "None"),
    "alg not a string": ('{"alg":["ES256"],"typ":"example+jwt"}', "alg"),
    "another curve": ('{"alg":"ES384","typ":"example+jwt"}', "ES384"),
    "RSA": ('{"alg":"RS256","typ":"example+jwt"}', "RS256"),
    "another typ": ('{"alg":"ES256","typ":"JWT"}', "JWT"),
    "no typ": ('{"alg":"ES256"}', "typ None"),
    "unknown crit": ('{"alg":"ES256","typ":"example+jwt","crit":["b64"],"b64":false}', "critical"),
    "empty crit": ('{"alg":"ES256","typ":"example+jwt","crit":[]}', "critical"),
    "jku": ('{"alg":"ES256","typ":"example+jwt","jku":"https://evil.example/jwks"}', "jku"),
    "x5u": ('{"alg":"ES256","typ":"example+jwt","x5u":"https://evil.example/x"}', "x5u"),
    "kid a number": ('{"alg":"ES256","typ":"example+jwt","kid":42}', "kid"),
    "x5c a string": ('{"alg":"ES256","typ":"example+jwt","x5c":"MIIB"}', "x5c"),
    "x5c empty": ('{"alg":"ES256","typ":"example+jwt","x5c":[]}', "x5c"),
    "x5c of numbers": ('{"alg":"ES256","typ":"example+jwt","x5c":[1]}', "x5c"),
    "alg twice": ('{"alg":"none","alg":"ES256","typ":"example+jwt"}', "repeats"),
    "alg spelled twice": ('{"alg":"none","\\u0061lg":"ES256","typ":"example+jwt"}', "repeats"),
    "not an object": ("[]", "not a JSON object"),
    "not JSON": ("{", "not JSON"),
    "too long": ('{"alg":"ES256","typ":"example+jwt","kid":"' + "k" * 30_000 + '"}', "over"),
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_a_bad_header_is_refused_even_under_a_good_signature(name: str) -> None:
    header, named = BAD_HEADERS[name]
    token = jose.sign_compact(KEYS[jose.ES256], jose.b64u(header.encode()), b'{"a":1}')
    with pytest.raises(MalformedToken, match=named):
        jose.verify_compact(token, KEYS[jose.ES256].public_key(), typ=TYP)


def test_kid_and_certificates_are_left_to_the_caller() -> None:
    header, _, _ = jose.split_compact(sign("ES256", kid="did:example:1#k", x5c=["MIIB", "MIIC"]))
    parsed = jose.parse_header(header, typ=TYP)
    assert (parsed["kid"], parsed["x5c"]) == ("did:example:1#k", ["MIIB", "MIIC"])
    with pytest.raises(TypeError):
        parsed["kid"] = "another"  # type: ignore[index]  # the parsed header is shared


GOOD_JWK = jose.public_jwk(KEYS[jose.ES256].public_key())
ED_JWK = jose.public_jwk(KEYS[jose.EDDSA].public_key())
BAD_JWKS: dict[str, Any] = {
    "not an object": "jwk",
    "symmetric": {"kty": "oct", "k": "c2VjcmV0"},
    "RSA": {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    "another curve": {**GOOD_JWK, "crv": "P-384"},
    "X25519": {**ED_JWK, "crv": "X25519"},
    "no y": {name: GOOD_JWK[name] for name in ("kty", "crv", "x")},
    "off the curve": {**GOOD_JWK, "y": GOOD_JWK["x"]},
    "short x": {**GOOD_JWK, "x": "AQAB"},
    "short Ed25519": {**ED_JWK, "x": "AQAB"},
    "private": {**GOOD_JWK, "d": "AQAB"},
    "for another algorithm": {**GOOD_JWK, "alg": "ECDH-ES"},
    "Ed25519 for ES256": {**ED_JWK, "alg": "ES256"},
}


@pytest.mark.parametrize("name", BAD_JWKS)
def test_a_bad_jwk_is_refused(name: str) -> None:
    with pytest.raises(MalformedToken):
        jose.key_of_jwk(BAD_JWKS[name])


def test_a_key_of_another_kind_has_no_algorithm_here() -> None:
    with pytest.raises(MalformedToken, match="secp384r1"):
        jose.algorithm(ec.generate_private_key(ec.SECP384R1()).public_key())
    with pytest.raises(MalformedToken, match="RSA"):
        jose.algorithm(rsa.generate_private_key(65_537, 2_048))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="RS256"):
        jose.generate_key("RS256")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_base64url_is_that_of_the_standard_library(items: list[bytes]) -> None:
    texts = [base64.urlsafe_b64encode(item).rstrip(b"=").decode() for item in items]
    assert b64u_each(items) == [jose.b64u(item) for item in items] == texts
    assert from_b64u_each(texts) == [jose.from_b64u(text) for text in texts] == items


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QQ=", "QR", "QUI", "QUJ", "Q", "+_-A", "/A", "QUJD\n", " QUJD", "QU\u00e9D", "AAA-A"],
)
def test_base64url_has_one_form(text: str) -> None:
    canonical = {"QUI": b"AB"}
    if text in canonical:
        assert jose.from_b64u(text) == canonical[text]
        return
    with pytest.raises(MalformedToken, match="base64url"):
        jose.from_b64u(text)
    with pytest.raises(MalformedToken, match="base64url"):
        from_b64u_each(["QUJD", text, "QUJD"])


BAD_JSON: dict[str, tuple[bytes, str]] = {
    "member twice": (b'{"a":1,"a":1}', "repeats"),
    "member twice inside": (b'{"x":[{"a":1,"b":2,"a":3}]}', "repeats"),
    "member spelled twice": (b'{"a":1,"\\u0061":2}', "repeats"),
    "too deep": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper"),
    "too deep, mixed": (b'{"a":[' * 17 + b"]}" * 17, "deeper"),
    "unclosed": (b"[" * 9_000, "deeper"),
    "too many arrays": (b"[" + b",".join([b"[]"] * 10_000) + b"]", "over 10000"),
    "a comment": (b'{"a":1/**/}', "not JSON"),
    "not a number": (b'{"a":NaN}', "not JSON"),
    "not UTF-8": (b'{"a":"\xff"}', "not JSON"),
    "empty": (b"", "not JSON"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_is_refused(name: str) -> None:
    data, named = BAD_JSON[name]
    with pytest.raises(MalformedToken, match=named):
        parse_json(data, "text")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_json_in_any_spelling_is_read(value: Any) -> None:
    spaced = json.dumps(value, allow_nan=False) if abs_finite(value) else "null"
    assert parse_json(spaced.encode(), "text") == json.loads(spaced)


def abs_finite(value: Any) -> bool:
    return "Infinity" not in json.dumps(value)


def test_as_deep_as_allowed_is_read() -> None:
    deepest = b"[" * MAX_DEPTH + b'"[[[[[[{{{{\\"[["' + b"]" * MAX_DEPTH
    assert json.dumps(parse_json(deepest, "text")).count("[") == MAX_DEPTH + 8
    assert len(parse_json(b"[" + b",".join([b"[]"] * 5_000) + b"]", "text")) == 5_000


def test_junk_is_refused_quickly() -> None:
    public = KEYS[jose.ES256].public_key()
    deep = jose.b64u(b"[" * 350_000 + b"]" * 350_000)
    head = jose.encode_header({"alg": "ES256", "typ": TYP})
    signed = sign("ES256", b"[" * 350_000 + b"]" * 350_000)
    for token in ("A" * 10_000_000, f"{deep}.e30.AAAA", "." * 900_000, f"{head}.{'A' * 900_001}."):
        assert seconds(lambda token=token: jose.verify_compact(token, public, typ=TYP)) < QUICK_S
    assert seconds(lambda: jose.verify_compact(signed, public, typ=TYP)) < QUICK_S
