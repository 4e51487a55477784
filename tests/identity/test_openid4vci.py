"""OpenID4VCI 1.0 over HTTP: an outside wallet takes offers, each once and for its own."""

from __future__ import annotations

import base64
import csv
import io
import time
from typing import Any

import pytest

from identity import Identity
from identity.model import jose, sd_jwt
from identity.model.certificate import check_leaf
from identity.model.did_key import did_jwk
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.identity.mini_wallet import (
    ISSUER,
    PRE_AUTHORIZED,
    TYPE,
    MakeOffer,
    MiniWallet,
    offer_uri,
)
from tests.platform import Platform


def test_a_wallet_receives_a_credential_bound_to_its_key(
    wallet: MiniWallet,
    make_offer: MakeOffer,
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
    platform: Platform, make_offer: MakeOffer
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


def test_a_dpop_proof_serves_once(platform: Platform, make_offer: MakeOffer) -> None:
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


def test_a_did_ethr_names_the_key_that_stands_on_chain(
    platform: Platform, identity: Identity, enterprise: Enterprise, token: str
) -> None:
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    wallet = MiniWallet(platform.http, key=identity.signing.keys.binding_key(holder.id))
    other = wallet.did_proof(ISSUER, wallet.nonce(ISSUER), f"{holder.did}#delegate-2")
    refused = wallet.request(ISSUER, token, TYPE, other)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_proof")
    proof = wallet.did_proof(ISSUER, wallet.nonce(ISSUER), f"{holder.did}#delegate-1")
    body = wallet.request(ISSUER, token, TYPE, proof).raise_for_status().json()
    confirmation = sd_jwt.parse(body["credentials"][0]["credential"]).payload["cnf"]
    assert confirmation == {"kid": f"{holder.did}#delegate-1"}


def test_an_ed25519_key_is_issued_to(platform: Platform, token: str) -> None:
    wallet = MiniWallet(platform.http, key=jose.generate_key(jose.EDDSA))
    proof = wallet.proof(ISSUER, wallet.nonce(ISSUER))
    body = wallet.request(ISSUER, token, TYPE, proof).raise_for_status().json()
    confirmation = sd_jwt.parse(body["credentials"][0]["credential"]).payload["cnf"]
    assert confirmation == {"jwk": wallet.jwk}
    assert wallet.jwk["crv"] == "Ed25519"


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
    operator: Client, wallet: MiniWallet, make_offer: MakeOffer
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
    def test_the_right_code_is_needed(self, wallet: MiniWallet, make_offer: MakeOffer) -> None:
        made = make_offer(tx_code=True)
        offer = wallet.offer(made["link"])
        assert offer["grants"][PRE_AUTHORIZED]["tx_code"]["length"] == 6
        missing = wallet.redeem(offer)
        assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
        wrong = wallet.redeem(offer, tx_code=f"{(int(made['tx_code']) + 1) % 10**6:06}")
        assert wrong.json()["error"] == "invalid_grant"
        assert wallet.redeem(offer, tx_code=made["tx_code"]).status_code == 200

    def test_five_wrong_codes_end_the_offer(
        self, wallet: MiniWallet, make_offer: MakeOffer
    ) -> None:
        made = make_offer(tx_code=True)
        offer = wallet.offer(made["link"])
        for _ in range(5):
            assert wallet.redeem(offer, tx_code="no").status_code == 400
        assert wallet.redeem(offer, tx_code=made["tx_code"]).json()["error"] == "invalid_grant"

    def test_a_code_that_nobody_asked_for_is_refused(
        self, wallet: MiniWallet, make_offer: MakeOffer
    ) -> None:
        refused = wallet.redeem(wallet.offer(make_offer()["link"]), tx_code="123456")
        assert refused.json()["error"] == "invalid_request"


def test_an_offer_serves_once_and_its_replay_ends_the_token(
    wallet: MiniWallet, make_offer: MakeOffer
) -> None:
    link = make_offer()["link"]
    offer = wallet.offer(link)
    token = wallet.redeem(offer).json()["access_token"]
    assert wallet.http.get(offer_uri(link)).status_code == 404
    replay = wallet.redeem(offer)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    proof = wallet.proof(ISSUER, wallet.nonce(ISSUER))
    assert wallet.request(ISSUER, token, TYPE, proof).status_code == 401


def test_a_nonce_serves_once(wallet: MiniWallet, make_offer: MakeOffer) -> None:
    nonce = wallet.nonce(ISSUER)
    tokens = [
        wallet.redeem(wallet.offer(make_offer()["link"])).json()["access_token"] for _ in range(2)
    ]
    assert wallet.request(ISSUER, tokens[0], TYPE, wallet.proof(ISSUER, nonce)).status_code == 200
    again = wallet.request(ISSUER, tokens[1], TYPE, wallet.proof(ISSUER, nonce))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_nonce")


def test_offers_belong_to_their_authority(
    platform: Platform, make_offer: MakeOffer, enterprise: Enterprise
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
