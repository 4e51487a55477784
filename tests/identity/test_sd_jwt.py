"""SD-JWT VC: issue, disclose, bind, verify; and every way to break it."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from identity.errors import (
    IdentityError,
    InvalidDisclosure,
    InvalidKeyBinding,
    InvalidSignature,
    MalformedToken,
)
from identity.model import jose, sd_jwt

ISSUER, HOLDER, STRANGER = jose.generate_key(), jose.generate_key(), jose.generate_key()
HEADER = jose.encode_header({"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k"})
CLAIMS = {"uscc": "91110000802100433B", "company_name": "启明科技", "capital_fen": 100_000_00}
REQUEST = {"nonce": "n-0S6_WzA2Mj", "audience": "redirect_uri:https://bank.example/response"}
NOW = 1_790_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
claim_names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12).filter(
    lambda name: name not in {"_sd", "_sd_alg", "iss", "nbf", "exp", "cnf", "vct", "status"}
)
claim_sets = st.dictionaries(claim_names, json_values, min_size=1, max_size=8)


def issue(claims: dict[str, object] = CLAIMS, **plain: object) -> str:
    return sd_jwt.issue(
        key=ISSUER,
        encoded_header=HEADER,
        plain={
            "iss": "https://issuer.example",
            "vct": "urn:example:1",
            "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())},
            **plain,
        },
        claims=claims,
    )


def present(names: list[str], key: jose.PrivateKey = HOLDER, at: int = NOW) -> str:
    return sd_jwt.bind(sd_jwt.disclose(issue(), names), key=key, issued_at=at, **REQUEST)


def accept(compact: str, at: int = NOW, **request: str) -> dict[str, object]:
    token = sd_jwt.parse(compact)
    sd_jwt.verify_issuer(token, ISSUER.public_key())
    sd_jwt.verify_key_binding(compact, token, at=at, **{**REQUEST, **request})
    return token.claims()


def jwk(key: jose.PrivateKey) -> JWK:
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return JWK.from_pem(pem)


def test_a_presentation_shows_only_what_was_asked() -> None:
    assert accept(present(["company_name"])) == {"company_name": "启明科技"}


@settings(max_examples=50, deadline=None)
@given(claim_sets)
def test_an_independent_library_reads_what_we_issue(claims: dict[str, object]) -> None:
    verifier = SDJWTVerifier(issue(claims), lambda _issuer, _header: jwk(ISSUER))
    payload = verifier.get_verified_payload()
    assert {name: payload[name] for name in claims} == claims


@settings(max_examples=50, deadline=None)
@given(claim_sets, st.data())
def test_fewer_disclosures_never_reveal_more(
    claims: dict[str, object], data: st.DataObject
) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(claims))))
    shown = sd_jwt.disclose(issue(claims), names)
    assert sd_jwt.parse(shown).claims() == {name: claims[name] for name in names}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    compact = present(["company_name", "uscc"])
    position = data.draw(st.integers(0, len(compact) - 1))
    bit = 1 << data.draw(st.integers(0, 6))
    broken = compact[:position] + chr(ord(compact[position]) ^ bit) + compact[position + 1 :]
    with pytest.raises(IdentityError):
        accept(broken)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"nonce": "another"}, "nonce"), ({"audience": "redirect_uri:https://b.example"}, "aud")],
)
def test_a_presentation_for_another_request_is_refused(changed: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidKeyBinding, match=named):
        accept(present(["uscc"]), **changed)


@pytest.mark.parametrize("at", [NOW + 601, NOW - 61])
def test_an_old_or_future_binding_is_refused(at: int) -> None:
    with pytest.raises(InvalidKeyBinding, match="too long ago or in the future"):
        accept(present(["uscc"]), at=at)


def test_another_holders_key_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        accept(present(["uscc"], key=STRANGER))


def test_an_unbound_presentation_is_refused() -> None:
    with pytest.raises(InvalidKeyBinding, match="no key-binding"):
        accept(sd_jwt.disclose(issue(), ["uscc"]))


def test_removing_a_disclosure_after_binding_is_refused() -> None:
    jwt, first, second, binding = present(["company_name", "uscc"]).split("~")
    with pytest.raises(InvalidKeyBinding, match="sd_hash"):
        accept("~".join((jwt, first, binding)))
    assert second


def test_a_foreign_disclosure_is_refused() -> None:
    jwt, *rest = present(["uscc"]).split("~")
    foreign = jose.b64u(json.dumps(["c2FsdA", "company_name", "假冒公司"]).encode())
    with pytest.raises(InvalidDisclosure, match="company_name"):
        sd_jwt.parse("~".join((jwt, foreign, *rest)))


def test_a_repeated_disclosure_is_refused() -> None:
    jwt, disclosure, binding = present(["uscc"]).split("~")
    with pytest.raises(InvalidDisclosure):
        sd_jwt.parse("~".join((jwt, disclosure, disclosure, binding)))


@pytest.mark.parametrize("name", ["iss", "vct", "cnf", "status", "_sd", "..."])
def test_a_reserved_claim_may_not_be_disclosed(name: str) -> None:
    with pytest.raises(InvalidDisclosure, match="may not be"):
        sd_jwt.parse(issue({name: "x"}))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "dc+sd-jwt"},
        {"alg": "HS256", "typ": "dc+sd-jwt"},
        {"alg": "ES256", "typ": "jwt"},
        {"alg": "ES256", "typ": "dc+sd-jwt", "crit": ["exp"]},
    ],
    ids=["alg none", "alg confusion", "other typ", "unknown crit"],
)
def test_a_header_we_do_not_accept_is_refused(header: dict[str, object]) -> None:
    compact = sd_jwt.issue(
        key=ISSUER, encoded_header=jose.encode_header(header), plain={}, claims=CLAIMS
    )
    with pytest.raises(MalformedToken):
        sd_jwt.parse(compact)


@pytest.mark.parametrize(
    "compact", ["", "~", "a.b~", "a.b.c~", "....~", "x" * 1_000_001, "a.b.c", "€.b.c~"]
)
def test_junk_is_refused_as_malformed(compact: str) -> None:
    with pytest.raises(MalformedToken):
        sd_jwt.parse(compact)


def test_a_private_key_in_cnf_is_refused() -> None:
    private = {**jose.public_jwk(HOLDER.public_key()), "d": base64.b64encode(b"x" * 32).decode()}
    compact = sd_jwt.bind(issue(cnf={"jwk": private}), key=HOLDER, issued_at=NOW, **REQUEST)
    with pytest.raises(MalformedToken, match="private key"):
        accept(compact)
