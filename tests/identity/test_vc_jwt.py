"""VCDM 2.0 credentials as `vc+jwt` and their presentations as `vp+jwt`."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.errors import IdentityError, InvalidKeyBinding, InvalidSignature, MalformedToken
from identity.model import jose, vc_jwt, vp_jwt

ISSUER, HOLDER, STRANGER = jose.generate_key(), jose.generate_key("EdDSA"), jose.generate_key()
NOW = 1_790_000_000
CLAIMS = {"uscc": "91110000802100433B", "company_name": "启明科技"}
LIST = "https://issuer.example/status/bitstring/1"
PLAIN = {
    "iss": "https://issuer.example",
    "iat": NOW - 5,
    "nbf": NOW,
    "exp": NOW + 86_400,
    "vct": "urn:example:1",
    "sub": "did:example:holder",
    "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())},
    "status": {"status_list": {"idx": 7, "uri": "https://issuer.example/status/1"}},
}
REQUEST = {"nonce": "n-0S6_WzA2Mj", "audience": "redirect_uri:https://bank.example/response"}


def credential(**changed: Any) -> dict[str, Any]:
    document = vc_jwt.credential_of(
        PLAIN,
        CLAIMS,
        type_name="BusinessLicence",
        contexts=["https://issuer.example/contexts/1"],
        status=[vc_jwt.StatusEntry("revocation", 7, LIST)],
    )
    return {**document, **changed}


def issue(document: dict[str, Any] | None = None, **header: Any) -> str:
    encoded = vc_jwt.encode_header("ES256", "k")
    if header:
        parts = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", **header}
        encoded = jose.encode_header(parts)
    return vc_jwt.issue(key=ISSUER, encoded_header=encoded, credential=document or credential())


def present(*credentials: str, key: jose.PrivateKey = HOLDER, at: int = NOW) -> str:
    return vp_jwt.present(
        credentials or (issue(),), key=key, holder="did:example:holder", issued_at=at, **REQUEST
    )


def accept(token: str, **changed: Any) -> list[Any]:
    vp = vp_jwt.parse(token)
    vp_jwt.verify_holder(vp, **{"at": NOW, **REQUEST, **changed})
    for vc in vp.credentials:
        vc_jwt.verify_issuer(vc, ISSUER.public_key())
    return [vc.credential["credentialSubject"] for vc in vp.credentials]


def test_the_credential_says_what_the_sd_jwt_vc_says() -> None:
    vc = vc_jwt.parse(issue())
    vc_jwt.verify_issuer(vc, ISSUER.public_key())
    assert vc.signed.header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": "k"}
    assert (vc.issuer, vc.valid_from, vc.valid_until) == (PLAIN["iss"], NOW, NOW + 86_400)
    assert vc.credential == {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://issuer.example/contexts/1"],
        "type": ["VerifiableCredential", "BusinessLicence"],
        "issuer": "https://issuer.example",
        "validFrom": "2026-09-21T14:13:20Z",
        "validUntil": "2026-09-22T14:13:20Z",
        "credentialSubject": {"id": "did:example:holder", **CLAIMS},
        "credentialStatus": [
            {
                "id": f"{LIST}#7",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "7",
                "statusListCredential": LIST,
            }
        ],
        "cnf": PLAIN["cnf"],
    }


def test_what_is_not_known_is_left_out() -> None:
    document = vc_jwt.credential_of({"iss": "i", "iat": NOW}, CLAIMS, type_name="T")
    assert document.keys() == {"@context", "type", "issuer", "validFrom", "credentialSubject"}
    assert document["credentialSubject"] == CLAIMS


def test_times_with_another_zone_and_fractions_are_read() -> None:
    document = credential(validFrom="2026-09-21T22:13:20.5+08:00", issuer={"id": "did:example:1"})
    vc = vc_jwt.parse(issue(document))
    assert (vc.valid_from, vc.issuer) == (NOW, "did:example:1")
    document = {name: value for name, value in credential().items() if not name.startswith("valid")}
    assert vc_jwt.parse(issue(document))[-2:] == (None, None)


BAD_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "another context first": ({"@context": ["https://other.example", vc_jwt.CONTEXT]}, "context"),
    "old context": ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "context"),
    "context a text": ({"@context": vc_jwt.CONTEXT}, "context"),
    "no context": ({"@context": []}, "context"),
    "another type": ({"type": ["VerifiablePresentation"]}, "type"),
    "type missing": ({"type": None}, "type"),
    "no issuer": ({"issuer": None}, "issuer"),
    "issuer without id": ({"issuer": {"name": "x"}}, "issuer"),
    "iss differs": ({"iss": "https://other.example"}, "iss"),
    "no subject": ({"credentialSubject": None}, "credentialSubject"),
    "empty subject": ({"credentialSubject": {}}, "credentialSubject"),
    "subjects empty": ({"credentialSubject": []}, "credentialSubject"),
    "status a text": ({"credentialStatus": LIST}, "credentialStatus"),
    "time without zone": ({"validFrom": "2026-09-21T14:13:20"}, "validFrom"),
    "time a number": ({"validUntil": NOW}, "validUntil"),
    "no such day": ({"validFrom": "2026-02-30T00:00:00Z"}, "validFrom"),
    "no such year": ({"validFrom": "0000-01-01T00:00:00Z"}, "validFrom"),
    "ends before it begins": ({"validUntil": "2020-01-01T00:00:00Z"}, "before"),
    "vc claim": ({"vc": {}}, "'vc' claim"),
    "vp claim": ({"vp": {}}, "'vp' claim"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_bad_document_is_refused_even_under_a_good_signature(name: str) -> None:
    changed, named = BAD_DOCUMENTS[name]
    with pytest.raises(MalformedToken, match=named):
        vc_jwt.parse(issue(credential(**changed)))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "vp+jwt"},
        {"typ": "JWT"},
        {"cty": "vp"},
        {"alg": "none"},
        {"jku": "https://e.example"},
    ],
    ids=["vp", "JWT", "cty", "none", "jku"],
)
def test_a_bad_header_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(MalformedToken):
        vc_jwt.parse(issue(**header))


def test_another_issuers_key_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        vc_jwt.verify_issuer(vc_jwt.parse(issue()), STRANGER.public_key())
    with pytest.raises(InvalidSignature, match="the key is for"):
        vc_jwt.verify_issuer(vc_jwt.parse(issue()), HOLDER.public_key())


def test_a_presentation_shows_its_credentials() -> None:
    second = issue(credential(credentialSubject={"grade": "A"}))
    assert accept(present(issue(), second)) == [
        {"id": "did:example:holder", **CLAIMS},
        {"grade": "A"},
    ]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"audience": "redirect_uri:https://b.example"}, "aud"),
        ({"at": NOW + 601}, "too long ago"),
        ({"at": NOW - 61}, "future"),
    ],
    ids=["nonce", "audience", "old", "future"],
)
def test_a_presentation_for_another_request_is_refused(changed: Any, named: str) -> None:
    with pytest.raises(InvalidKeyBinding, match=named):
        accept(present(), **changed)


def test_a_presentation_by_another_holder_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        accept(present(key=STRANGER))


def test_credentials_of_two_holders_or_none_are_refused() -> None:
    other = credential(cnf={"jwk": jose.public_jwk(STRANGER.public_key())})
    with pytest.raises(InvalidKeyBinding, match="different keys"):
        accept(present(issue(), issue(other)))
    for cnf in ({}, {"kid": "k"}, "jwk", {"jwk": "x"}):
        with pytest.raises(InvalidKeyBinding, match="no holder key"):
            accept(present(issue(credential(cnf=cnf))))


def envelope(**changed: Any) -> dict[str, Any]:
    found = {"type": "EnvelopedVerifiableCredential", "id": vp_jwt.ENVELOPE + issue()}
    return {"@context": vc_jwt.CONTEXT, **found, **changed}


BAD_PRESENTATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "another type": ({"type": ["VerifiableCredential"]}, "type"),
    "iss differs": ({"iss": "did:example:other"}, "holder"),
    "none": ({"verifiableCredential": []}, "verifiableCredential"),
    "missing": ({"verifiableCredential": None}, "verifiableCredential"),
    "not enveloped": ({"verifiableCredential": [credential()]}, "Enveloped"),
    "another form": (
        {"verifiableCredential": [envelope(id="data:application/vc+cose,AAAA")]},
        "begins",
    ),
    "no data": ({"verifiableCredential": [envelope(id="data:application/vc+jwt,")]}, "three"),
    "id a number": ({"verifiableCredential": [envelope(id=1)]}, "begins"),
}


@pytest.mark.parametrize("name", BAD_PRESENTATIONS)
def test_a_bad_presentation_is_refused_even_under_a_good_signature(name: str) -> None:
    changed, named = BAD_PRESENTATIONS[name]
    good = orjson.loads(jose.from_b64u(present().split(".")[1]))
    header = jose.encode_header({"alg": "EdDSA", "typ": "vp+jwt", "cty": "vp"})
    with pytest.raises(MalformedToken, match=named):
        vp_jwt.parse(jose.sign_compact(HOLDER, header, orjson.dumps({**good, **changed})))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    token = present()
    position = data.draw(st.integers(0, len(token) - 1))
    flipped = chr(ord(token[position]) ^ (1 << data.draw(st.integers(0, 6))))
    with pytest.raises(IdentityError):
        accept(token[:position] + flipped + token[position + 1 :])
