"""SD-JWT VC: issue, disclose, bind, verify; and every way to break it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sd_jwt.verifier import SDJWTVerifier

from identity.errors import (
    IdentityError,
    InvalidDisclosure,
    InvalidKeyBinding,
    InvalidSignature,
    MalformedToken,
)
from identity.model import jose, sd_jwt
from identity.model.disclosure import digests_of

from .sd_jwt_made import (
    CLAIMS,
    HOLDER,
    ISSUER,
    NOW,
    REQUEST,
    STRANGER,
    claim_sets,
    forge,
    issue,
    jwk,
    member,
)


def present(names: list[str], key: jose.PrivateKey = HOLDER, at: int = NOW) -> str:
    return sd_jwt.bind(sd_jwt.disclose(issue(), names), key=key, issued_at=at, **REQUEST)


def accept(compact: str, at: int = NOW, **request: str) -> dict[str, object]:
    token = sd_jwt.parse(compact)
    sd_jwt.verify_issuer(token, ISSUER.public_key())
    sd_jwt.verify_key_binding(compact, token, at=at, **{**REQUEST, **request})
    return token.claims()


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


NEVER = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "_sd", "_sd_alg", "..."]


@pytest.mark.parametrize("name", NEVER)
def test_a_reserved_claim_is_not_issued_and_not_disclosed(name: str) -> None:
    with pytest.raises(InvalidDisclosure, match="may not be"):
        issue({name: "x"})
    hidden = member(name, "x")
    with pytest.raises(InvalidDisclosure, match="may not be"):
        sd_jwt.parse(forge({"_sd": digests_of([hidden])}, hidden))


def test_a_claim_is_not_issued_twice_nor_with_reserved_members() -> None:
    with pytest.raises(InvalidDisclosure, match="twice"):
        issue({"sub": "a"}, sub="b")
    with pytest.raises(InvalidDisclosure, match="'_sd' or"):
        issue({"address": [{"_sd": []}]})


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "dc+sd-jwt"},
        {"alg": "HS256", "typ": "dc+sd-jwt"},
        {"alg": "ES256", "typ": "jwt"},
        {"alg": "ES256", "typ": "dc+sd-jwt", "crit": ["exp"]},
        {"alg": "ES256", "typ": "dc+sd-jwt", "jku": "https://evil.example/jwks"},
        {"alg": "ES256", "typ": "dc+sd-jwt", "x5u": "https://evil.example/chain"},
    ],
    ids=["alg none", "alg confusion", "other typ", "unknown crit", "jku", "x5u"],
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


# Algorithms, and transaction data.

ED_ISSUER, ED_HOLDER = jose.generate_key("EdDSA"), jose.generate_key("EdDSA")


@pytest.mark.parametrize("issuer", [ISSUER, ED_ISSUER], ids=["ES256", "EdDSA"])
@pytest.mark.parametrize("holder", [HOLDER, ED_HOLDER], ids=["ES256", "EdDSA"])
def test_either_algorithm_serves_issuer_and_holder(
    issuer: jose.PrivateKey, holder: jose.PrivateKey
) -> None:
    header = {"alg": jose.algorithm(issuer), "typ": "dc+sd-jwt"}
    compact = sd_jwt.issue(
        key=issuer,
        encoded_header=jose.encode_header(header),
        plain={"cnf": {"jwk": jose.public_jwk(holder.public_key())}},
        claims=CLAIMS,
    )
    bound = sd_jwt.bind(compact, key=holder, issued_at=NOW, **REQUEST)
    token = sd_jwt.parse(bound)
    sd_jwt.verify_issuer(token, issuer.public_key())
    key = sd_jwt.verify_key_binding(bound, token, at=NOW, **REQUEST)
    assert jose.public_jwk(key) == jose.public_jwk(holder.public_key())
    other = ISSUER if issuer is ED_ISSUER else ED_ISSUER
    with pytest.raises(InvalidSignature, match="the key is for"):
        sd_jwt.verify_issuer(token, other.public_key())
    stolen = sd_jwt.bind(
        compact, key=ED_HOLDER if holder is HOLDER else HOLDER, issued_at=NOW, **REQUEST
    )
    with pytest.raises(InvalidSignature):
        sd_jwt.verify_key_binding(stolen, sd_jwt.parse(stolen), at=NOW, **REQUEST)


FIRST = jose.b64u(b'{"type":"urn:example:application:1","amount_fen":100}')
SECOND = jose.b64u(b'{"type":"urn:example:application:1","amount_fen":200}')


def sign_application(*data: str) -> tuple[str, sd_jwt.SDJWT]:
    shown = sd_jwt.disclose(issue(), ["uscc"])
    bound = sd_jwt.bind(shown, key=HOLDER, issued_at=NOW, transaction_data=data, **REQUEST)
    return bound, sd_jwt.parse(bound)


def test_transaction_data_is_hashed_as_received() -> None:
    bound, token = sign_application(FIRST, SECOND)
    sd_jwt.verify_key_binding(bound, token, at=NOW, transaction_data=(FIRST, SECOND), **REQUEST)
    assert token.key_binding is not None
    said = json.loads(token.key_binding.payload)
    assert said["transaction_data_hashes"] == digests_of([FIRST, SECOND])
    assert said["transaction_data_hashes_alg"] == "sha-256"


@pytest.mark.parametrize(
    ("signed", "asked"),
    [
        ((FIRST,), (SECOND,)),
        ((FIRST, SECOND), (SECOND, FIRST)),
        ((FIRST, SECOND), (FIRST,)),
        ((FIRST,), (FIRST, SECOND)),
        ((), (FIRST,)),
        ((FIRST,), ()),
    ],
    ids=["other", "order", "more", "fewer", "none", "not asked"],
)
def test_other_transaction_data_is_refused(signed: tuple[str], asked: tuple[str]) -> None:
    bound, token = sign_application(*signed)
    with pytest.raises(InvalidKeyBinding, match="transaction data"):
        sd_jwt.verify_key_binding(bound, token, at=NOW, transaction_data=asked, **REQUEST)
