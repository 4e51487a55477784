"""Wallets that nobody here wrote answer our banks' requests: OpenID4VP 1.0 end to end."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from journey.parties import BANK
from journey.steps import OPENING
from tests.e2e.wallets.desks import Desks, WalletRefused, run_wallet

Credentials = list[dict[str, Any]]
TYPES = ("business-licence", "legal-representative")
SAN_DNS, HASH, DID = "x509_san_dns", "x509_hash", "decentralized_identifier"
UNSIGNED = "redirect_uri"
PLAIN, ENCRYPTED = "direct_post", "direct_post.jwt"


@pytest.fixture(scope="module")
def credentials(desks: Desks) -> Credentials:
    """The enterprise's licence and representative, in an outside wallet, with their keys."""
    taken = run_wallet("openid4vci", link=desks.offer(*TYPES)["link"])
    return list(taken["credentials"])


def answer(desks: Desks, request: dict[str, Any], driver: str, **more: Any) -> dict[str, Any]:
    """Let a wallet answer a request."""
    return run_wallet(driver, request=request["link"], trusted_ca=desks.ca, **more)


def assert_verified(desks: Desks, request: dict[str, Any], **query: str) -> None:
    """The bank knows who answered, and every step of the verification of each credential passed."""
    result = desks.result(request, **query)
    assert result["state"] == "verified"
    assert result["enterprise"] == desks.enterprise.uscc
    assert {step["credential"] for step in result["steps"]} == set(TYPES)
    assert [step for step in result["steps"] if step["outcome"] == "failed"] == []


@pytest.mark.parametrize(
    ("driver", "prefix", "mode"),
    [
        ("openid4vp", SAN_DNS, PLAIN),
        ("openid4vp", HASH, ENCRYPTED),
        ("openid4vp", UNSIGNED, PLAIN),
        ("openid4vp", UNSIGNED, ENCRYPTED),
        ("digitalbazaar", SAN_DNS, PLAIN),  # sends no state
        ("digitalbazaar", SAN_DNS, ENCRYPTED),
    ],
)
def test_a_wallet_answers(
    desks: Desks, credentials: Credentials, driver: str, prefix: str, mode: str
) -> None:
    request = desks.request(client_id_prefix=prefix, response_mode=mode)
    answered = answer(desks, request, driver, credentials=credentials)
    assert answered["client_id"].startswith(f"{prefix}:")
    assert sorted(answered["queries"]) == sorted(TYPES)
    assert_verified(desks, request)


def test_credo_takes_credentials_and_answers_requests_of_every_kind(desks: Desks) -> None:
    kinds = [
        (SAN_DNS, PLAIN),
        (SAN_DNS, ENCRYPTED),
        (HASH, ENCRYPTED),
        (UNSIGNED, ENCRYPTED),
    ]
    requests = [desks.request(client_id_prefix=p, response_mode=mode) for p, mode in kinds]
    answered = run_wallet(
        "credo",
        offers=[{"link": desks.offer(*TYPES)["link"]}],
        requests=[request["link"] for request in requests],
        trusted_ca=desks.ca,
    )["responses"]
    prefixes = [response["verifier"]["clientIdPrefix"] for response in answered]
    assert prefixes == [prefix for prefix, _mode in kinds]
    assert [response["encrypted"] for response in answered] == [m == ENCRYPTED for _, m in kinds]
    for request in requests:
        assert_verified(desks, request)


@pytest.mark.parametrize("binding", ["did:key", "did:jwk"])
def test_credo_presents_what_is_bound_to_its_did(desks: Desks, binding: str) -> None:
    request = desks.request()
    answered = run_wallet(
        "credo",
        offers=[{"link": desks.offer(*TYPES)["link"]}],
        requests=[request["link"]],
        trusted_ca=desks.ca,
        binding=binding,
    )
    holders = {item["claims"]["cnf"]["kid"].partition("#")[0] for item in answered["credentials"]}
    assert len(holders) == len(TYPES)
    assert all(holder.startswith(f"{binding}:") for holder in holders)
    assert_verified(desks, request)


def test_credo_finds_the_banks_key_in_its_did(desks: Desks) -> None:
    request = desks.request(client_id_prefix=DID)
    (answered,) = run_wallet(
        "credo",
        offers=[{"link": desks.offer(*TYPES)["link"]}],
        requests=[request["link"]],
        trusted_ca=desks.ca,
        network=desks.network,
    )["responses"]
    assert answered["verifier"]["effectiveClientId"].startswith(f"{DID}:did:ethr:")
    assert_verified(desks, request)


def test_one_flow_to_the_high_assurance_profile(desks: Desks) -> None:
    """HAIP 1.0 §4, §5: code flow with PAR, PKCE and DPoP; x509_hash; an encrypted response."""
    offer = desks.offer(*TYPES, grant="authorization_code")
    taken = run_wallet("openid4vci", link=offer["link"], agent=desks.enterprise.client.token)
    assert taken["token_type"] == "DPoP"
    request = desks.request(client_id_prefix=HASH, response_mode=ENCRYPTED)
    answer(desks, request, "openid4vp", credentials=taken["credentials"])
    assert_verified(desks, request)


def test_credo_signs_an_application_along(desks: Desks) -> None:
    application = {"application_hash": "A" * 43, "amount_fen": 50_000_000}
    request = desks.request(application=application)
    offers = [{"link": desks.offer(*TYPES)["link"]}]
    run_wallet("credo", offers=offers, requests=[request["link"]], trusted_ca=desks.ca)
    assert_verified(desks, request)


def test_an_application_that_is_not_signed_along_is_refused(
    desks: Desks, credentials: Credentials
) -> None:
    request = desks.request(application={"application_hash": "A" * 43})
    with pytest.raises(WalletRefused) as refused:
        answer(desks, request, "openid4vp", credentials=credentials)
    assert refused.value.status == 400
    assert desks.result(request)["state"] == "waiting"


def test_a_request_to_a_named_enterprise_rests_on_its_consent(
    desks: Desks, credentials: Credentials
) -> None:
    desks.enterprise.client.post("/consents", {"recipient": BANK, "purpose": OPENING})
    request = desks.request(enterprise=desks.enterprise.uscc)
    answer(desks, request, "openid4vp", credentials=credentials)
    assert_verified(desks, request)


def test_on_the_same_device_the_result_is_for_who_comes_back(
    desks: Desks, credentials: Credentials
) -> None:
    request = desks.request(same_device=True)
    answered = answer(desks, request, "openid4vp", credentials=credentials)
    assert desks.result(request)["presentation_id"] is None
    address = urlsplit(answered["body"]["redirect_uri"])
    (code,) = parse_qs(address.query)["response_code"]
    assert_verified(desks, request, response_code=code)


def test_a_request_is_good_for_one_answer(desks: Desks, credentials: Credentials) -> None:
    request = desks.request(client_id_prefix=UNSIGNED)  # all of it is in the link, to answer again
    answer(desks, request, "openid4vp", credentials=credentials)
    with pytest.raises(WalletRefused) as refused:
        answer(desks, request, "openid4vp", credentials=credentials)
    assert refused.value.status == 400
    assert refused.value.body["code"] == "presentation_request_used"


@pytest.mark.parametrize("driver", ["openid4vp", "digitalbazaar"])
def test_wallets_trust_only_the_consortiums_certificates(
    desks: Desks, credentials: Credentials, driver: str, another_ca: str
) -> None:
    request = desks.request()
    with pytest.raises(WalletRefused, match=r"certificate|issuer"):
        run_wallet(driver, request=request["link"], credentials=credentials, trusted_ca=another_ca)
    assert desks.result(request)["state"] == "waiting"


@pytest.mark.parametrize(
    "fault",
    [
        "nonce",
        "audience",
        "old key binding",
        "another key",
        "no key binding",
        "too little",
        "too much",
        "state",
        "not an array",
    ],
)
def test_a_wrong_answer_is_refused_and_the_request_stays_open(
    desks: Desks, credentials: Credentials, fault: str
) -> None:
    request = desks.request()
    with pytest.raises(WalletRefused) as refused:
        answer(desks, request, "openid4vp", credentials=credentials, fault=fault)
    assert refused.value.status == 400
    assert refused.value.code == "invalid_request"
    result = desks.result(request)
    assert (result["state"], result["presentation_id"]) == ("waiting", None)
