"""OpenID4VP 1.0 over HTTP: an outside wallet answers a bank; whatever is off is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from identity import Identity
from identity.errors import UntrustedRequest
from identity.model import jose, jwe, sd_jwt
from identity.model.transaction import APPLICATION_TYPE
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.identity.asking import ask, parameters_of
from tests.identity.mini_wallet import MiniWallet
from tests.platform import Platform

LICENCE, REPRESENTATIVE = "business-licence", "legal-representative"
SIGNED = ("x509_san_dns", "x509_hash", "decentralized_identifier")
MODES = ("direct_post", "direct_post.jwt")
HASH = jose.b64u(hashlib.sha256(b"application").digest())
MakeRequest = Callable[..., dict[str, Any]]


@pytest.fixture
def desk(platform: Platform) -> Client:
    return platform.sign_in("desk@bank-a")


@pytest.fixture(scope="module")
def wallet(platform: Platform) -> MiniWallet:
    return MiniWallet(platform.http)


@pytest.fixture(scope="module")
def held(platform: Platform, wallet: MiniWallet, enterprises: list[Enterprise]) -> dict[str, str]:
    """What an outside wallet of the first enterprise received by OpenID4VCI, by type."""
    operator = platform.sign_in("operator@samr")
    found = {}
    for code in (LICENCE, REPRESENTATIVE):
        body = {"enterprise": enterprises[0].uscc, "types": [code]}
        found[code] = wallet.receive(operator.post("/credential-offers", body)["link"])[0]
    platform.settle()
    return found


@pytest.fixture
def make_request(desk: Client) -> MakeRequest:
    def make(**options: Any) -> dict[str, Any]:
        return desk.post("/presentation-requests", {"purpose": "account-opening", **options})

    return make


def result(desk: Client, request: dict[str, Any], **query: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"/presentation-requests/{request['id']}", **query)
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("prefix", [*SIGNED, "redirect_uri"])
def test_an_outside_wallet_answers(
    desk: Client,
    wallet: MiniWallet,
    held: dict[str, str],
    make_request: MakeRequest,
    enterprise: Enterprise,
    prefix: str,
    mode: str,
) -> None:
    request = make_request(client_id_prefix=prefix, response_mode=mode)
    assert result(desk, request)["state"] == "waiting"
    parameters = wallet.request_parameters(request["link"])
    assert parameters["client_id"].startswith(f"{prefix}:")
    answer = wallet.post_response(parameters, wallet.vp_token(parameters, held))
    assert (answer.status_code, answer.json()) == (200, {})
    found = result(desk, request)
    assert (found["state"], found["enterprise"]) == ("verified", enterprise.uscc)
    assert {step["outcome"] for step in found["steps"]} == {"passed"}
    again = wallet.post_response(parameters, wallet.vp_token(parameters, held))
    assert again.status_code == 400


@pytest.mark.parametrize("binding", ["did:jwk", "did:ethr", "Ed25519"])
def test_a_credential_bound_in_another_way_is_presented(
    platform: Platform,
    identity: Identity,
    desk: Client,
    make_request: MakeRequest,
    enterprise: Enterprise,
    binding: str,
) -> None:
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    own = identity.signing.keys.binding_key(holder.id)
    key = {"did:ethr": own, "Ed25519": jose.generate_key(jose.EDDSA)}.get(binding)
    wallet = MiniWallet(platform.http, **({"key": key} if key else {}))
    did_url = f"{holder.did}#delegate-1" if binding == "did:ethr" else None
    operator, held = platform.sign_in("operator@samr"), {}
    for code in (LICENCE, REPRESENTATIVE):
        body = {"enterprise": enterprise.uscc, "types": [code]}
        offer = wallet.offer(operator.post("/credential-offers", body)["link"])
        issuer, token = offer["credential_issuer"], wallet.redeem(offer).json()["access_token"]
        nonce = wallet.nonce(issuer)
        by_key = wallet.proof(issuer, nonce)
        proof = by_key if binding == "Ed25519" else wallet.did_proof(issuer, nonce, did_url)
        answer = wallet.request(issuer, token, code, proof).raise_for_status().json()
        held[code] = answer["credentials"][0]["credential"]
    platform.settle()
    request = make_request()
    parameters = wallet.request_parameters(request["link"])
    wallet.post_response(parameters, wallet.vp_token(parameters, held)).raise_for_status()
    assert result(desk, request)["enterprise"] == enterprise.uscc


def test_presenting_is_a_consent_that_can_be_withdrawn(
    wallet: MiniWallet, held: dict[str, str], make_request: MakeRequest, enterprise: Enterprise
) -> None:
    before = {item["id"] for item in enterprise.client.get("/consents")["consents"]}
    parameters = wallet.request_parameters(make_request()["link"])
    wallet.post_response(parameters, wallet.vp_token(parameters, held)).raise_for_status()
    consents = enterprise.client.get("/consents")["consents"]
    (fresh,) = [item for item in consents if item["id"] not in before]
    assert (fresh["recipient"], set(fresh["types"])) == ("bank-a", {LICENCE, REPRESENTATIVE})
    withdrawn = enterprise.client.post(f"/consents/{fresh['id']}/revocation")
    assert withdrawn["state"] == "revoked"


@pytest.mark.parametrize("prefix", SIGNED)
def test_a_request_object_says_who_signed_it(
    platform: Platform, identity: Identity, make_request: MakeRequest, prefix: str
) -> None:
    request = make_request(client_id_prefix=prefix)
    response = platform.http.get(request["request_uri"])
    assert response.headers["Content-Type"] == "application/oauth-authz-req+jwt"
    objects = identity.presentations.request_objects
    parameters = objects.read(response.text)
    assert parameters["aud"] == "https://self-issued.me/v2"
    assert parameters["client_metadata"]["vp_formats_supported"]["dc+sd-jwt"]
    assert not {"redirect_uri", "presentation_definition", "client_id_scheme"} & set(parameters)
    stolen = signed_by_bank_b(identity, response.text, client_id="x509_san_dns:evil.example")
    with pytest.raises(UntrustedRequest, match="not that of the client_id"):
        objects.read(stolen)


def signed_by_bank_b(identity: Identity, token: str, **changes: Any) -> str:
    """Return a request object with other parameters, signed with bank B's own key."""
    bank = identity.organisation("bank-b")
    header = identity.issuer_keys.header(bank, typ="oauth-authz-req+jwt")
    payload = {**parameters_of(token), **changes}
    return identity.issuer_keys.sign(bank, orjson.dumps(payload), header=header)


def test_a_wallet_nonce_comes_back(platform: Platform, make_request: MakeRequest) -> None:
    uri = make_request()["request_uri"]
    token = platform.http.post(uri, data={"wallet_nonce": "n-123"}).raise_for_status().text
    assert parameters_of(token)["wallet_nonce"] == "n-123"


def test_on_the_same_device_the_result_is_for_who_came_back(
    platform: Platform,
    desk: Client,
    wallet: MiniWallet,
    held: dict[str, str],
    make_request: MakeRequest,
) -> None:
    request = make_request(same_device=True)
    parameters = wallet.request_parameters(request["link"])
    answer = wallet.post_response(parameters, wallet.vp_token(parameters, held)).json()
    back = urlsplit(answer["redirect_uri"])
    assert platform.http.get(f"{back.path}?{back.query}").status_code == 200
    code = parse_qs(back.query)["response_code"][0]
    assert result(desk, request)["presentation_id"] is None
    assert result(desk, request, response_code="guess")["presentation_id"] is None
    assert result(desk, request, response_code=code)["presentation_id"]


def test_an_application_is_signed_along(
    identity: Identity,
    desk: Client,
    wallet: MiniWallet,
    held: dict[str, str],
    make_request: MakeRequest,
) -> None:
    request = make_request(application={"application_hash": HASH, "amount_fen": 100})
    parameters = wallet.request_parameters(request["link"])
    (item,) = parameters["transaction_data"]
    content = jose.parse_json_object(jose.from_b64u(item), "data")
    assert (content["type"], content["application_hash"]) == (APPLICATION_TYPE, HASH)
    unsigned = wallet.vp_token(parameters, held, transaction_data=[])
    refused = wallet.post_response(parameters, unsigned)
    assert refused.status_code == 400
    assert refused.json()["steps"][0]["name"] == "holder_binding"
    wallet.post_response(parameters, wallet.vp_token(parameters, held)).raise_for_status()
    kept = identity.requests.presentation(result(desk, request)["presentation_id"])
    assert kept.transaction_data == (item,)


def test_a_wallet_may_decline(platform: Platform, desk: Client, make_request: MakeRequest) -> None:
    request = make_request(response_mode="direct_post.jwt")
    parameters = MiniWallet(platform.http).request_parameters(request["link"])
    form = {"error": "access_denied", "state": parameters["state"]}
    assert platform.http.post(parameters["response_uri"], data=form).status_code == 200
    assert result(desk, request)["state"] == "declined"


BAD_TOKENS: dict[str, Callable[[MiniWallet, dict[str, Any], dict[str, str]], Any]] = {
    "not an object": lambda w, p, h: ["x"],
    "empty": lambda w, p, h: {},
    "a value that is no array": lambda w, p, h: {k: v[0] for k, v in w.vp_token(p, h).items()},
    "two presentations": lambda w, p, h: {k: v * 2 for k, v in w.vp_token(p, h).items()},
    "a query that is not there": lambda w, p, h: {**w.vp_token(p, h), "other": ["x"]},
    "a required credential missing": lambda w, p, h: w.vp_token(p, {LICENCE: h[LICENCE]}),
    "another nonce": lambda w, p, h: w.vp_token(p, h, nonce="n"),
    "another audience": lambda w, p, h: w.vp_token(p, h, audience="localhost"),
    "an old key binding": lambda w, p, h: w.vp_token(p, h, issued_at=1_700_000_000),
    "another holder's key": lambda w, p, h: MiniWallet(w.http).vp_token(p, h),
    "no key binding": lambda w, p, h: {
        k: [v[0].rpartition("~")[0] + "~"] for k, v in w.vp_token(p, h).items()
    },
    "more than was asked": lambda w, p, h: {**w.vp_token(p, h), LICENCE: [w.bound(p, h[LICENCE])]},
    "a claim missing": lambda w, p, h: {
        **w.vp_token(p, h),
        LICENCE: [w.bound(p, sd_jwt.disclose(h[LICENCE], ["uscc"]))],
    },
    "transaction data nobody sent": lambda w, p, h: w.vp_token(p, h, transaction_data=["e30"]),
    "no SD-JWT": lambda w, p, h: {LICENCE: ["x~"], REPRESENTATIVE: ["x~"]},
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_bad_vp_token_is_refused(
    desk: Client, wallet: MiniWallet, held: dict[str, str], make_request: MakeRequest, case: str
) -> None:
    request = make_request()
    parameters = wallet.request_parameters(request["link"])
    answer = wallet.post_response(parameters, BAD_TOKENS[case](wallet, parameters, held))
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"].isascii()
    assert result(desk, request)["state"] == "waiting"


def test_a_wrong_state_is_refused_and_a_missing_one_is_not(
    wallet: MiniWallet, held: dict[str, str], make_request: MakeRequest
) -> None:
    parameters = wallet.request_parameters(make_request()["link"])
    token = wallet.vp_token(parameters, held)
    assert wallet.post_response(parameters, token, state="other").status_code == 400
    form = {"vp_token": json.dumps(token)}
    assert wallet.http.post(parameters["response_uri"], data=form).status_code == 200


class TestEncryptedResponses:
    def test_a_response_in_the_clear_is_refused(
        self, wallet: MiniWallet, held: dict[str, str], make_request: MakeRequest
    ) -> None:
        request = make_request(response_mode="direct_post.jwt")
        parameters = wallet.request_parameters(request["link"])
        clear = {**parameters, "response_mode": "direct_post"}
        answer = wallet.post_response(clear, wallet.vp_token(parameters, held))
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_token")

    def test_encryption_to_another_key_is_refused(
        self, wallet: MiniWallet, held: dict[str, str], make_request: MakeRequest
    ) -> None:
        request = make_request(response_mode="direct_post.jwt")
        parameters = wallet.request_parameters(request["link"])
        other = jwe.public_part(jwe.generate_private_jwk(request["id"]))
        metadata = {**parameters["client_metadata"], "jwks": {"keys": [other]}}
        wrong = {**parameters, "client_metadata": metadata}
        answer = wallet.post_response(wrong, wallet.vp_token(parameters, held))
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_token")

    def test_every_request_has_a_key_of_its_own(
        self, wallet: MiniWallet, make_request: MakeRequest
    ) -> None:
        made = [make_request(response_mode="direct_post.jwt") for _ in range(2)]
        keys = [
            wallet.request_parameters(request["link"])["client_metadata"]["jwks"]["keys"][0]
            for request in made
        ]
        assert keys[0]["x"] != keys[1]["x"]
        assert "d" not in keys[0]


def test_a_request_belongs_to_its_bank(platform: Platform, make_request: MakeRequest) -> None:
    request = make_request()
    other = platform.sign_in("desk@bank-b")
    with pytest.raises(Refused, match="presentation_request_not_found"):
        other.get(f"/presentation-requests/{request['id']}")
    path = urlsplit(request["request_uri"]).path.replace("bank-a", "bank-b")
    assert platform.http.get(path).status_code == 404
    assert platform.http.post(path.replace("requests", "responses"), data={}).status_code == 404


class TestHostedWallet:
    def test_it_answers_only_where_a_consent_leads(
        self, identity: Identity, enterprises: list[Enterprise]
    ) -> None:
        """A bank that signs with its own key, but names another address, gets nothing."""
        client = enterprises[1].client
        client.post("/consents", {"recipient": "bank-a", "purpose": "loan-application"})
        body = {"purpose": "loan-application", "bank": "bank-a"}
        token = client.fetch(client.post("/presentation-requests", body)["request_uri"])
        uri = parameters_of(token)["response_uri"].replace("bank-a", "bank-b")
        forged = signed_by_bank_b(identity, token, response_uri=uri)
        with pytest.raises(Refused, match="consent_missing"):
            client.post("/wallet/presentations", {"request": forged})
        abroad = signed_by_bank_b(identity, token, response_uri="http://localhost:1/x")
        with pytest.raises(Refused, match="untrusted_request"):
            client.post("/wallet/presentations", {"request": abroad})

    def test_an_unsigned_request_in_a_link_is_answered_too(self, enterprise: Enterprise) -> None:
        client = enterprise.client
        client.post("/consents", {"recipient": "bank-a", "purpose": "account-opening"})
        body = {
            "purpose": "account-opening",
            "bank": "bank-a",
            "client_id_prefix": "redirect_uri",
        }
        link = client.post("/presentation-requests", body)["link"]
        answer = client.post("/wallet/presentations", {"request": link})
        assert client.post_form(answer["response_uri"], answer["form"]) == {}
        elsewhere = link.replace("redirect_uri%3A", "redirect_uri%3Ahttp%3A%2F%2Fevil")
        with pytest.raises(Refused, match="untrusted_request"):
            client.post("/wallet/presentations", {"request": elsewhere})

    def test_it_encrypts_when_asked(self, enterprise: Enterprise) -> None:
        enterprise.client.post("/consents", {"recipient": "bank-a", "purpose": "account-opening"})
        asked = ask(enterprise, "bank-a", "account-opening", response_mode="direct_post.jwt")
        assert list(asked.answer) == ["response"]
        assert asked.hand_in()["presentation_id"]
