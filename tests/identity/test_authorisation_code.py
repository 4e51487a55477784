"""The authorisation code flow, and the high-assurance profile on top of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity import Identity
from identity.model import jose, sd_jwt
from journey.client import Refused
from journey.parties import Enterprise
from tests.identity.mini_wallet import (
    ISSUER,
    REDIRECT,
    TYPE,
    VERIFIER,
    MakeOffer,
    MiniWallet,
    Provider,
    authorisation_request,
)
from tests.platform import Platform


class TestAuthorisationCode:
    def code(self, enterprise: Enterprise, wallet: MiniWallet, **changes: str | None) -> str:
        pushed = wallet.post_form(f"{ISSUER}/par", authorisation_request(**changes))
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
            "redirect_uri": REDIRECT,
            "client_id": "wallet.example",
            "code_verifier": VERIFIER,
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
        make_offer: MakeOffer,
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
        answer = wallet.post_form(f"{ISSUER}/par", authorisation_request(**changes))
        assert (answer.status_code, answer.json()["error"]) == (400, error)


class TestHighAssurance:
    """The flow of HAIP 1.0: attested wallet, PAR, PKCE, DPoP, attested keys."""

    @pytest.fixture
    def provider(self, identity: Identity) -> Provider:
        return Provider(identity)

    def flow(
        self, wallet: MiniWallet, provider: Provider, enterprise: Enterprise, **bent: Any
    ) -> Any:
        """Run the flow up to the token; `bent` changes what the token request carries."""
        headers = provider.headers(wallet, ISSUER)
        pushed = wallet.post_form(f"{ISSUER}/par", authorisation_request(), **headers)
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
            "redirect_uri": REDIRECT,
            "client_id": "wallet.example",
            "code_verifier": VERIFIER,
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
        answer = wallet.post_form(f"{ISSUER}/par", authorisation_request(), **headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_a_self_made_attestation_or_a_used_proof_is_refused(
        self, platform: Platform, provider: Provider
    ) -> None:
        wallet = MiniWallet(platform.http, dpop=True)
        headers = provider.headers(wallet, ISSUER)
        for status in (201, 401):
            answer = wallet.post_form(f"{ISSUER}/par", authorisation_request(), **headers)
            assert answer.status_code == status
        made_up = provider.headers(wallet, ISSUER, key=jose.generate_key())
        answer = wallet.post_form(f"{ISSUER}/par", authorisation_request(), **made_up)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
