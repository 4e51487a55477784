"""The hosted wallet takes offers, and the sandbox commands make them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from identity.model import sd_jwt
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.identity.mini_wallet import (
    TYPE,
    MakeOffer,
    MiniWallet,
)
from tests.platform import Platform


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
        self, make_offer: MakeOffer, enterprise: Enterprise
    ) -> None:
        made = make_offer(tx_code=True)
        with pytest.raises(Refused, match="needs a transaction code"):
            enterprise.client.post("/wallet/credential-offers", {"link": made["link"]})
        body = {"link": made["link"], "tx_code": made["tx_code"]}
        assert enterprise.client.post("/wallet/credential-offers", body)["collected"]

    def test_an_offer_to_another_enterprise_is_not_taken_and_not_spent(
        self,
        wallet: MiniWallet,
        make_offer: MakeOffer,
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
        self, wallet: MiniWallet, make_offer: MakeOffer, enterprise: Enterprise
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
