"""OpenID4VCI 1.0 over HTTP: an outside wallet takes offers; whatever is off is refused."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity import Identity
from identity.model import jose, sd_jwt
from identity.model.certificate import check_leaf
from identity.model.did_key import did_jwk
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.identity.mini_wallet import PRE_AUTHORIZED, MiniWallet, Provider, offer_uri
from tests.platform import Platform

TYPE = "business-licence"
ISSUER = "http://localhost:8000/issuers/samr"


@pytest.fixture
def operator(platform: Platform) -> Client:
    return platform.sign_in("operator@samr")


@pytest.fixture
def wallet(platform: Platform) -> MiniWallet:
    return MiniWallet(platform.http)


@pytest.fixture
def make_offer(operator: Client, enterprise: Enterprise) -> Callable[..., dict[str, Any]]:
    def make(*types: str, **options: Any) -> dict[str, Any]:
        body = {"enterprise": enterprise.uscc, "types": list(types or [TYPE]), **options}
        return operator.post("/credential-offers", body)

    return make


@pytest.fixture
def token(wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]) -> str:
    """A fresh bearer token for one business licence."""
    offer = wallet.offer(make_offer()["link"])
    return str(wallet.redeem(offer).raise_for_status().json()["access_token"])


def test_a_wallet_receives_a_credential_bound_to_its_key(
    wallet: MiniWallet,
    make_offer: Callable[..., dict[str, Any]],
    identity: Identity,
    enterprise: Enterprise,
) -> None:
    (compact,) = wallet.receive(make_offer()["link"])
    credential = sd_jwt.parse(compact)
    leaf = check_leaf(
        base64.b64decode(credential.header["x5c"][0]),
        identity.issuer_keys.certificates.ca(),
        int(time.time()),
    )
    sd_jwt.verify_issuer(credential, leaf.key)
    leaf.require_covers(credential.payload["iss"])
    assert credential.payload["cnf"]["jwk"] == wallet.jwk
    assert credential.claims()["uscc"] == enterprise.uscc


@pytest.mark.parametrize("path", ["openid-credential-issuer", "oauth-authorization-server"])
def test_metadata_stands_at_both_placements(platform: Platform, path: str) -> None:
    inserted = platform.http.get(f"/.well-known/{path}/issuers/samr").raise_for_status().json()
    appended = platform.http.get(f"/issuers/samr/.well-known/{path}").raise_for_status().json()
    assert inserted == appended
    assert inserted.get("credential_issuer", inserted.get("issuer")) == ISSUER
    assert platform.http.get(f"/.well-known/{path}/issuers/nobody").status_code == 404


def test_a_configuration_is_as_version_1_of_the_protocol_says(platform: Platform) -> None:
    metadata = platform.http.get("/.well-known/openid-credential-issuer/issuers/samr").json()
    found = metadata["credential_configurations_supported"][TYPE]
    assert (found["format"], found["vct"]) == ("dc+sd-jwt", "urn:qilian:vc:business-licence:1")
    assert {"path": ["uscc"], "mandatory": True}.items() <= found["credential_metadata"]["claims"][
        0
    ].items()
    assert "ES256" in found["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"]


def test_a_token_bound_by_dpop_serves_its_key_only(
    platform: Platform, make_offer: Callable[..., dict[str, Any]]
) -> None:
    wallet, thief = MiniWallet(platform.http, dpop=True), MiniWallet(platform.http)
    offer = wallet.offer(make_offer()["link"])
    answer = wallet.redeem(offer).raise_for_status().json()
    assert answer["token_type"] == "DPoP"
    proof = thief.proof(ISSUER, thief.nonce(ISSUER))
    stolen = thief.request(ISSUER, answer["access_token"], TYPE, proof)
    assert stolen.status_code == 401
    assert stolen.headers["WWW-Authenticate"].startswith("DPoP ")
    thief.dpop = True
    assert thief.request(ISSUER, answer["access_token"], TYPE, proof).status_code == 401
    proof = wallet.proof(ISSUER, wallet.nonce(ISSUER))
    assert wallet.request(ISSUER, answer["access_token"], TYPE, proof).status_code == 200


def test_a_dpop_proof_serves_once(
    platform: Platform, make_offer: Callable[..., dict[str, Any]]
) -> None:
    wallet = MiniWallet(platform.http, dpop=True)
    link, url = make_offer()["link"], f"{ISSUER}/token"
    headers = {"DPoP": wallet.dpop_proof("POST", url)}
    code = wallet.offer(link)["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
    data = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code}
    assert platform.http.post(url, data=data, headers=headers).status_code == 200
    again = platform.http.post(url, data=data, headers=headers)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")


def test_each_key_of_a_batch_gets_its_own_credential(
    platform: Platform, wallet: MiniWallet, token: str
) -> None:
    others = [MiniWallet(platform.http), MiniWallet(platform.http)]
    nonce = wallet.nonce(ISSUER)
    proofs = [holder.proof(ISSUER, nonce) for holder in (wallet, *others)]
    body = wallet.request(ISSUER, token, TYPE, *proofs).raise_for_status().json()
    found = [sd_jwt.parse(item["credential"]).payload for item in body["credentials"]]
    assert [item["cnf"]["jwk"] for item in found] == [w.jwk for w in (wallet, *others)]
    assert len({item["status"]["status_list"]["idx"] for item in found}) == 3


def test_a_did_jwk_names_the_key_too(wallet: MiniWallet, token: str) -> None:
    proof = wallet.did_proof(ISSUER, wallet.nonce(ISSUER))
    body = wallet.request(ISSUER, token, TYPE, proof).raise_for_status().json()
    confirmation = sd_jwt.parse(body["credentials"][0]["credential"]).payload["cnf"]
    assert confirmation == {"kid": f"{did_jwk(wallet.jwk)}#0"}


def test_a_credential_without_a_record_is_deferred_until_there_is_one(
    platform: Platform, enterprises: list[Enterprise], wallet: MiniWallet
) -> None:
    code, kind, uscc, claims = _missing_record(platform, enterprises)
    operator = platform.sign_in(f"operator@{code}")
    issuer = f"http://localhost:8000/issuers/{code}"
    body = {"enterprise": uscc, "types": [kind]}
    with pytest.raises(Refused, match="nothing_to_offer"):
        operator.post("/credential-offers", body)
    made = operator.post("/credential-offers", {**body, "may_defer": True})
    token = wallet.redeem(wallet.offer(made["link"])).json()["access_token"]
    waiting = wallet.request(issuer, token, kind, wallet.proof(issuer, wallet.nonce(issuer)))
    assert waiting.status_code == 202
    ask, url = {"transaction_id": waiting.json()["transaction_id"]}, f"{issuer}/deferred-credential"
    assert wallet.post(url, token, ask).status_code == 202
    _record(platform, operator, code, kind, {**claims, "uscc": uscc})
    got = wallet.post(url, token, ask)
    assert got.status_code == 200, got.text
    again = wallet.post(url, token, ask)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_transaction_id")


def _missing_record(
    platform: Platform, enterprises: list[Enterprise]
) -> tuple[str, str, str, dict[str, Any]]:
    """Find a type that one of the enterprises lacks, and a record of another company."""
    for code, kind in (("real-estate", "property-title"), ("science", "hightech-enterprise")):
        operator = platform.sign_in(f"operator@{code}")
        path = f"/authorities/{code}/records"
        records = operator.get(path, record_type=kind, limit=100, offset=0)["records"]
        lacking = {item.uscc for item in enterprises} - {item["uscc"] for item in records}
        if records and lacking:
            return code, kind, min(lacking), records[0]["claims"]
    raise LookupError("every enterprise of the test city has every record")


def _record(
    platform: Platform, operator: Client, code: str, kind: str, claims: dict[str, Any]
) -> None:
    """Take one more row into an authority's register, by spreadsheet."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(claims))
    writer.writeheader()
    writer.writerow(claims)
    answer = platform.http.post(
        f"/api/v1/authorities/{code}/imports",
        headers={"Authorization": f"Bearer {operator.token}"},
        files={"file": ("rows.csv", sheet.getvalue().encode(), "text/csv")},
        data={"record_type": kind, "mode": "commit"},
    )
    assert answer.status_code == 201, answer.text


def test_a_notification_is_kept_for_the_issuer(
    operator: Client, wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]
) -> None:
    made = make_offer()
    token = wallet.redeem(wallet.offer(made["link"])).json()["access_token"]
    answer = wallet.request(ISSUER, token, TYPE, wallet.proof(ISSUER, wallet.nonce(ISSUER)))
    notice = {
        "notification_id": answer.json()["notification_id"],
        "event": "credential_accepted",
    }
    for _ in range(2):
        assert wallet.post(f"{ISSUER}/notification", token, notice).status_code == 204
    standing = operator.get(f"/credential-offers/{made['id']}")
    assert standing["state"] == "redeemed"
    assert standing["issuances"][0]["state"] == "credential_accepted"
    wrong = wallet.post(f"{ISSUER}/notification", token, notice | {"event": "lost"})
    assert wrong.json()["error"] == "invalid_notification_request"


class TestTransactionCode:
    def test_the_right_code_is_needed(
        self, wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]
    ) -> None:
        made = make_offer(tx_code=True)
        offer = wallet.offer(made["link"])
        assert offer["grants"][PRE_AUTHORIZED]["tx_code"]["length"] == 6
        missing = wallet.redeem(offer)
        assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
        wrong = wallet.redeem(offer, tx_code=f"{(int(made['tx_code']) + 1) % 10**6:06}")
        assert wrong.json()["error"] == "invalid_grant"
        assert wallet.redeem(offer, tx_code=made["tx_code"]).status_code == 200

    def test_five_wrong_codes_end_the_offer(
        self, wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]
    ) -> None:
        made = make_offer(tx_code=True)
        offer = wallet.offer(made["link"])
        for _ in range(5):
            assert wallet.redeem(offer, tx_code="no").status_code == 400
        assert wallet.redeem(offer, tx_code=made["tx_code"]).json()["error"] == "invalid_grant"

    def test_a_code_that_nobody_asked_for_is_refused(
        self, wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]
    ) -> None:
        refused = wallet.redeem(wallet.offer(make_offer()["link"]), tx_code="123456")
        assert refused.json()["error"] == "invalid_request"


def test_an_offer_serves_once_and_its_replay_ends_the_token(
    wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]
) -> None:
    link = make_offer()["link"]
    offer = wallet.offer(link)
    token = wallet.redeem(offer).json()["access_token"]
    assert wallet.http.get(offer_uri(link)).status_code == 404
    replay = wallet.redeem(offer)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    proof = wallet.proof(ISSUER, wallet.nonce(ISSUER))
    assert wallet.request(ISSUER, token, TYPE, proof).status_code == 401


def test_a_nonce_serves_once(wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]]) -> None:
    nonce = wallet.nonce(ISSUER)
    tokens = [
        wallet.redeem(wallet.offer(make_offer()["link"])).json()["access_token"] for _ in range(2)
    ]
    assert wallet.request(ISSUER, tokens[0], TYPE, wallet.proof(ISSUER, nonce)).status_code == 200
    again = wallet.request(ISSUER, tokens[1], TYPE, wallet.proof(ISSUER, nonce))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_nonce")


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


def test_offers_belong_to_their_authority(
    platform: Platform, make_offer: Callable[..., dict[str, Any]], enterprise: Enterprise
) -> None:
    made = make_offer()
    stranger = platform.sign_in("operator@tax")
    with pytest.raises(Refused, match="credential_offer_not_found"):
        stranger.get(f"/credential-offers/{made['id']}")
    with pytest.raises(Refused, match="nothing_to_offer"):
        stranger.post("/credential-offers", {"enterprise": enterprise.uscc, "types": [TYPE]})
    with pytest.raises(Refused, match="role_required"):
        enterprise.client.post(
            "/credential-offers", {"enterprise": enterprise.uscc, "types": [TYPE]}
        )


class TestAuthorisationCode:
    REDIRECT = "http://localhost:9999/callback"
    VERIFIER = "v" * 64

    def form(self, **changes: str | None) -> dict[str, str]:
        challenge = jose.b64u(hashlib.sha256(self.VERIFIER.encode()).digest())
        form = {
            "client_id": "wallet.example",
            "redirect_uri": self.REDIRECT,
            "response_type": "code",
            "state": "s&=1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "scope": TYPE,
            **changes,
        }
        return {name: value for name, value in form.items() if value is not None}

    def code(self, enterprise: Enterprise, wallet: MiniWallet, **changes: str | None) -> str:
        pushed = wallet.post_form(f"{ISSUER}/par", self.form(**changes))
        assert pushed.status_code == 201, pushed.text
        answer = enterprise.client.post(
            "/authorisations",
            {
                "issuer": "samr",
                "client_id": "wallet.example",
                "request_uri": pushed.json()["request_uri"],
            },
        )
        found = parse_qs(urlsplit(answer["redirect_uri"]).query)
        assert (found["state"], found["iss"]) == (["s&=1"], [ISSUER])
        return found["code"][0]

    def exchange(self, wallet: MiniWallet, code: str, **changes: str) -> Any:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.REDIRECT,
            "client_id": "wallet.example",
            "code_verifier": self.VERIFIER,
            **changes,
        }
        return wallet.post_form(f"{ISSUER}/token", form)

    @pytest.mark.parametrize("dpop", [False, True])
    def test_the_enterprise_agrees_and_the_wallet_is_issued_to(
        self, platform: Platform, enterprise: Enterprise, dpop: bool
    ) -> None:
        wallet = MiniWallet(platform.http, dpop=dpop)
        answer = self.exchange(wallet, self.code(enterprise, wallet))
        token = answer.raise_for_status().json()["access_token"]
        proof = wallet.proof(ISSUER, wallet.nonce(ISSUER))
        assert wallet.request(ISSUER, token, TYPE, proof).status_code == 200

    def test_an_offer_with_issuer_state_is_for_its_enterprise_only(
        self,
        enterprises: list[Enterprise],
        wallet: MiniWallet,
        make_offer: Callable[..., dict[str, Any]],
    ) -> None:
        made = make_offer(grant="authorization_code")
        state = wallet.offer(made["link"])["grants"]["authorization_code"]["issuer_state"]
        with pytest.raises(
            Refused, match="protocol_error: the offer was made to another enterprise"
        ):
            self.code(enterprises[1], wallet, issuer_state=state)
        code = self.code(enterprises[0], wallet, issuer_state=state, scope=None)
        assert self.exchange(wallet, code).status_code == 200

    def test_a_code_serves_once(self, enterprise: Enterprise, wallet: MiniWallet) -> None:
        code = self.code(enterprise, wallet)
        assert self.exchange(wallet, code).status_code == 200
        assert self.exchange(wallet, code).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_verifier": "w" * 64},
            {"redirect_uri": "http://localhost:9999/other"},
            {"client_id": "thief.example"},
        ],
    )
    def test_a_stolen_code_is_worth_nothing(
        self, enterprise: Enterprise, wallet: MiniWallet, changes: dict[str, str]
    ) -> None:
        code = self.code(enterprise, wallet)
        assert self.exchange(wallet, code, **changes).json()["error"] == "invalid_grant"

    def test_the_announced_dpop_key_must_come_back(
        self, platform: Platform, enterprise: Enterprise
    ) -> None:
        wallet, thief = MiniWallet(platform.http, dpop=True), MiniWallet(platform.http, dpop=True)
        code = self.code(enterprise, wallet)
        assert self.exchange(thief, code).json()["error"] == "invalid_dpop_proof"

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"redirect_uri": "javascript:alert(1)"}, "invalid_request"),
            ({"redirect_uri": "http://evil.example/"}, "invalid_request"),
            ({"redirect_uri": "https://w.example/#x"}, "invalid_request"),
            ({"scope": "nothing-we-know"}, "invalid_scope"),
            ({"scope": None}, "invalid_scope"),
            ({"issuer_state": "made-up"}, "invalid_request"),
            ({"authorization_details": "{"}, "invalid_request"),
            ({"authorization_details": "[{}]"}, "invalid_authorization_details"),
            ({"request_uri": "urn:x"}, "invalid_request"),
        ],
    )
    def test_a_bad_pushed_request_is_refused(
        self, wallet: MiniWallet, changes: dict[str, str | None], error: str
    ) -> None:
        answer = wallet.post_form(f"{ISSUER}/par", self.form(**changes))
        assert (answer.status_code, answer.json()["error"]) == (400, error)


class TestHostedWallet:
    def test_it_takes_an_offer_of_all_that_is_recorded(
        self, operator: Client, enterprises: list[Enterprise]
    ) -> None:
        enterprise = enterprises[1]
        made = operator.post("/credential-offers", {"enterprise": enterprise.uscc})
        taken = enterprise.client.post("/wallet/credential-offers", {"link": made["link"]})
        types = {item["type"] for item in taken["collected"]}
        assert {TYPE, "legal-representative"} <= types
        held = {i["digest"] for i in enterprise.client.get("/wallet/credentials")["credentials"]}
        assert {digest for item in taken["collected"] for digest in item["digests"]} <= held

    def test_it_needs_the_transaction_code_too(
        self, make_offer: Callable[..., dict[str, Any]], enterprise: Enterprise
    ) -> None:
        made = make_offer(tx_code=True)
        with pytest.raises(Refused, match="needs a transaction code"):
            enterprise.client.post("/wallet/credential-offers", {"link": made["link"]})
        body = {"link": made["link"], "tx_code": made["tx_code"]}
        assert enterprise.client.post("/wallet/credential-offers", body)["collected"]

    def test_an_offer_to_another_enterprise_is_not_taken_and_not_spent(
        self,
        wallet: MiniWallet,
        make_offer: Callable[..., dict[str, Any]],
        enterprises: list[Enterprise],
    ) -> None:
        made = make_offer()
        with pytest.raises(Refused, match="made to another enterprise"):
            enterprises[1].client.post("/wallet/credential-offers", {"link": made["link"]})
        assert wallet.receive(made["link"])

    @pytest.mark.parametrize(
        "link",
        [
            "openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fevil.example%2Fx",
            "http://localhost:8000/issuers/samr/credential-offers/made-up",
            "http://localhost:8000/issuers/samr/credential-offers/",
            "nonsense",
        ],
    )
    def test_a_link_of_no_live_offer_is_refused(self, enterprise: Enterprise, link: str) -> None:
        with pytest.raises(Refused, match="credential_offer_not_found"):
            enterprise.client.post("/wallet/credential-offers", {"link": link})

    def test_what_an_outside_wallet_holds_is_not_in_the_hosted_one(
        self, wallet: MiniWallet, make_offer: Callable[..., dict[str, Any]], enterprise: Enterprise
    ) -> None:
        (compact,) = wallet.receive(make_offer()["link"])
        digest = sd_jwt.parse(compact).digest.hex()
        held = enterprise.client.get("/wallet/credentials")["credentials"]
        assert digest not in {item["digest"] for item in held}


class TestCommands:
    def test_they_stand_beside_those_that_set_the_sandbox_up(self, platform: Platform) -> None:
        with platform.app.app_context():
            listed = platform.app.test_cli_runner().invoke(args=["sandbox", "--help"]).output
        for command in ("prepare", "accredit", "load", "logins", "offer", "request", "token"):
            assert f"  {command} " in listed

    def run(self, platform: Platform, *arguments: str) -> dict[str, Any]:
        with platform.app.app_context():
            done = platform.app.test_cli_runner().invoke(args=["sandbox", *arguments])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.output)
        return found

    def test_an_offer_and_a_request_are_each_one_json_object(
        self, platform: Platform, wallet: MiniWallet, enterprise: Enterprise
    ) -> None:
        made = self.run(
            platform, "offer", "--authority", "samr", "--enterprise", enterprise.uscc, "--tx-code"
        )
        assert wallet.receive(made["link"], tx_code=made["tx_code"])
        options = ["--response-mode", "direct_post.jwt", "--client-id-prefix", "x509_san_dns"]
        asked = self.run(
            platform, "request", "--bank", "bank-a", "--purpose", "account-opening", *options
        )
        assert asked["link"].startswith("openid4vp://?client_id=x509_san_dns")

    @pytest.mark.parametrize("role", ["bank", "regulator", "authority"])
    def test_a_token_works_at_the_api(self, platform: Platform, role: str) -> None:
        token = self.run(platform, "token", "--role", role)
        answer = platform.http.get(
            "/api/v1/credential-offers/0",
            headers={"Authorization": f"Bearer {token['access_token']}"},
        )
        assert answer.status_code == (404 if role == "authority" else 403)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("offer", "--authority", "samr", "--enterprise", "X"), "holds no company"),
            (("request", "--bank", "nobody", "--purpose", "account-opening"), "nobody"),
            (("request", "--bank", "bank-a", "--purpose", "x"), "expected one of"),
            (("token", "--role", "enterprise"), "--organisation"),
        ],
    )
    def test_a_wrong_option_is_named(
        self, platform: Platform, arguments: tuple[str, ...], said: str
    ) -> None:
        with platform.app.app_context():
            done = platform.app.test_cli_runner().invoke(args=["sandbox", *arguments])
        assert done.exit_code != 0
        assert said in done.output


class TestHighAssurance:
    """The flow of HAIP 1.0: attested wallet, PAR, PKCE, DPoP, attested keys."""

    ROUTE = TestAuthorisationCode()

    @pytest.fixture
    def provider(self, identity: Identity) -> Provider:
        return Provider(identity)

    def flow(
        self, wallet: MiniWallet, provider: Provider, enterprise: Enterprise, **bent: Any
    ) -> Any:
        """Run the flow up to the token; `bent` changes what the token request carries."""
        headers = provider.headers(wallet, ISSUER)
        pushed = wallet.post_form(f"{ISSUER}/par", self.ROUTE.form(), **headers)
        assert pushed.status_code == 201, pushed.text
        answer = enterprise.client.post(
            "/authorisations",
            {
                "issuer": "samr",
                "client_id": "wallet.example",
                "request_uri": pushed.json()["request_uri"],
            },
        )
        form = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(answer["redirect_uri"]).query)["code"][0],
            "redirect_uri": self.ROUTE.REDIRECT,
            "client_id": "wallet.example",
            "code_verifier": self.ROUTE.VERIFIER,
        }
        second = bent.get("headers", provider.headers(wallet, ISSUER))
        return wallet.post_form(f"{ISSUER}/token", form, **second)

    def test_an_attested_wallet_is_issued_to_its_attested_keys(
        self, platform: Platform, provider: Provider, enterprise: Enterprise
    ) -> None:
        wallet, second = MiniWallet(platform.http, dpop=True), MiniWallet(platform.http)
        answer = self.flow(wallet, provider, enterprise)
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        bare = wallet.request(ISSUER, token, TYPE, wallet.proof(ISSUER, wallet.nonce(ISSUER)))
        assert (bare.status_code, bare.json()["error"]) == (400, "invalid_proof")
        attestation = provider.keys(wallet.jwk, second.jwk)
        proof = wallet.proof(ISSUER, wallet.nonce(ISSUER), header={"key_attestation": attestation})
        issued = wallet.request(ISSUER, token, TYPE, proof)
        found = [sd_jwt.parse(i["credential"]).payload for i in issued.json()["credentials"]]
        assert [item["cnf"]["jwk"] for item in found] == [wallet.jwk, second.jwk]

    def test_a_key_attestation_of_other_keys_is_refused(
        self, platform: Platform, provider: Provider, token: str
    ) -> None:
        wallet = MiniWallet(platform.http)
        attestation = provider.keys(MiniWallet(platform.http).jwk)
        proof = wallet.proof(ISSUER, wallet.nonce(ISSUER), header={"key_attestation": attestation})
        refused = wallet.request(ISSUER, token, TYPE, proof)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_proof")

    def test_the_wallet_that_began_must_finish(
        self, platform: Platform, provider: Provider, enterprise: Enterprise
    ) -> None:
        wallet = MiniWallet(platform.http, dpop=True)
        answer = self.flow(wallet, provider, enterprise, headers={})
        assert answer.json()["error"] == "invalid_client"

    @pytest.mark.parametrize(
        "bend",
        [
            {"aud": "https://other.example"},
            {"iss": "another-client"},
            {"iat": 1_700_000_000},
            {"jti": None},
        ],
        ids=["audience", "client", "old", "no jti"],
    )
    def test_a_bad_proof_of_attestation_is_refused(
        self, platform: Platform, provider: Provider, bend: dict[str, Any]
    ) -> None:
        wallet = MiniWallet(platform.http, dpop=True)
        headers = provider.headers(wallet, ISSUER, **bend)
        answer = wallet.post_form(f"{ISSUER}/par", self.ROUTE.form(), **headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_a_self_made_attestation_or_a_used_proof_is_refused(
        self, platform: Platform, provider: Provider
    ) -> None:
        wallet = MiniWallet(platform.http, dpop=True)
        headers = provider.headers(wallet, ISSUER)
        for status in (201, 401):
            answer = wallet.post_form(f"{ISSUER}/par", self.ROUTE.form(), **headers)
            assert answer.status_code == status
        made_up = provider.headers(wallet, ISSUER, key=jose.generate_key())
        answer = wallet.post_form(f"{ISSUER}/par", self.ROUTE.form(), **made_up)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
