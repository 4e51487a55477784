"""OpenID4VCI 1.0 over HTTP: bad proofs, requests and tokens, a case each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from identity.model import jose
from tests.identity.mini_wallet import (
    ISSUER,
    PRE_AUTHORIZED,
    TYPE,
    MiniWallet,
)
from tests.platform import Platform


def _now(offset: int = 0) -> int:
    return int(time.time()) + offset


BAD_PROOFS: dict[str, tuple[Callable[[MiniWallet, str], str], str]] = {
    "no nonce": (lambda w, n: w.proof(ISSUER, None), "invalid_proof"),
    "made-up nonce": (lambda w, n: w.proof(ISSUER, "A" * 54), "invalid_nonce"),
    "another issuer's nonce": (
        lambda w, n: w.proof(ISSUER, w.nonce(ISSUER.replace("samr", "tax"))),
        "invalid_nonce",
    ),
    "another audience": (lambda w, n: w.proof("http://localhost:8000", n), "invalid_proof"),
    "no iat": (lambda w, n: w.proof(ISSUER, n, iat=None), "invalid_proof"),
    "an old iat": (lambda w, n: w.proof(ISSUER, n, iat=_now(-3600)), "invalid_proof"),
    "a future iat": (lambda w, n: w.proof(ISSUER, n, iat=_now(3600)), "invalid_proof"),
    "another typ": (lambda w, n: w.jws("jwt", {"aud": ISSUER, "nonce": n}), "invalid_proof"),
    "alg none": (
        lambda w, n: jose.encode_header({"alg": "none", "typ": "openid4vci-proof+jwt"}) + ".e30.",
        "invalid_proof",
    ),
    "jwk and kid together": (
        lambda w, n: w.jws("openid4vci-proof+jwt", {"aud": ISSUER, "nonce": n}, kid="did:x#0"),
        "invalid_proof",
    ),
    "no key at all": (
        lambda w, n: w.jws("openid4vci-proof+jwt", {"aud": ISSUER, "nonce": n}, jwk=None),
        "invalid_proof",
    ),
    "a private key": (
        lambda w, n: w.jws(
            "openid4vci-proof+jwt", {"aud": ISSUER, "nonce": n}, jwk={**w.jwk, "d": "AA"}
        ),
        "invalid_proof",
    ),
    "another's key": (
        lambda w, n: w.jws(
            "openid4vci-proof+jwt",
            {"aud": ISSUER, "nonce": n, "iat": _now()},
            jwk=MiniWallet(w.http).jwk,
        ),
        "invalid_proof",
    ),
    "jku": (
        lambda w, n: w.jws(
            "openid4vci-proof+jwt", {"aud": ISSUER, "nonce": n}, jku="https://evil.example/jwks"
        ),
        "invalid_proof",
    ),
    "no JWS": (lambda w, n: "x", "invalid_proof"),
}


@pytest.mark.parametrize("case", BAD_PROOFS)
def test_a_bad_proof_is_refused(wallet: MiniWallet, token: str, case: str) -> None:
    make, error = BAD_PROOFS[case]
    answer = wallet.request(ISSUER, token, TYPE, make(wallet, wallet.nonce(ISSUER)))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"].isascii()


BAD_REQUESTS: dict[str, tuple[Any, str]] = {
    "not an object": ([], "invalid_credential_request"),
    "nothing named": ({}, "invalid_credential_request"),
    "both identifiers": (
        {"credential_configuration_id": TYPE, "credential_identifier": "x"},
        "invalid_credential_request",
    ),
    "an identifier never handed out": (
        {"credential_identifier": "x"},
        "unknown_credential_identifier",
    ),
    "an unknown type": (
        {"credential_configuration_id": "x"},
        "unknown_credential_configuration",
    ),
    "a type not offered": (
        {"credential_configuration_id": "legal-representative"},
        "unknown_credential_configuration",
    ),
    "no proof": ({"credential_configuration_id": TYPE}, "invalid_proof"),
    "two proof types": (
        {"credential_configuration_id": TYPE, "proofs": {"jwt": ["x"], "di_vp": ["x"]}},
        "invalid_credential_request",
    ),
    "an empty list": (
        {"credential_configuration_id": TYPE, "proofs": {"jwt": []}},
        "invalid_credential_request",
    ),
    "too many proofs": (
        {"credential_configuration_id": TYPE, "proofs": {"jwt": ["x"] * 11}},
        "invalid_credential_request",
    ),
    "encryption it does not offer": (
        {
            "credential_configuration_id": TYPE,
            "proofs": {"jwt": ["x"]},
            "credential_response_encryption": {"enc": "A128GCM"},
        },
        "invalid_encryption_parameters",
    ),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_bad_request_is_refused(wallet: MiniWallet, token: str, case: str) -> None:
    body, error = BAD_REQUESTS[case]
    answer = wallet.post(f"{ISSUER}/credential", token, body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_body_that_is_not_json_is_refused(platform: Platform, token: str) -> None:
    answer = platform.http.post(
        f"{ISSUER}/credential",
        content=b"{",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nonsense", "Basic eDp5", "DPoP x"])
def test_without_its_token_nothing_is_issued(platform: Platform, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = platform.http.post(f"{ISSUER}/credential", json={}, headers=headers)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


def test_a_token_serves_its_own_issuer_only(wallet: MiniWallet, token: str) -> None:
    other = ISSUER.replace("samr", "tax")
    proof = wallet.proof(other, wallet.nonce(other))
    assert wallet.request(other, token, TYPE, proof).status_code == 401


BAD_TOKEN_REQUESTS = {
    "nothing": ({}, "invalid_request"),
    "another grant type": ({"grant_type": "password"}, "unsupported_grant_type"),
    "no code": ({"grant_type": PRE_AUTHORIZED}, "invalid_request"),
    "an unknown code": (
        {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": "x"},
        "invalid_grant",
    ),
    "no PKCE verifier": (
        {"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://w.example/"},
        "invalid_request",
    ),
    "an unknown authorisation code": (
        {
            "grant_type": "authorization_code",
            "code": "x",
            "redirect_uri": "https://w.example/",
            "code_verifier": "v" * 43,
        },
        "invalid_grant",
    ),
}


@pytest.mark.parametrize("case", BAD_TOKEN_REQUESTS)
def test_a_bad_token_request_is_refused(platform: Platform, case: str) -> None:
    form, error = BAD_TOKEN_REQUESTS[case]
    answer = platform.http.post(f"{ISSUER}/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_parameter_given_twice_is_refused(platform: Platform) -> None:
    content = b"grant_type=a&grant_type=b"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = platform.http.post(f"{ISSUER}/token", content=content, headers=headers)
    assert answer.json()["error"] == "invalid_request"
