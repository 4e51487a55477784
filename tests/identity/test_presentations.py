"""Presentations over HTTP: verified step by step, and refused for every reason there is."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from db import db
from identity import Identity
from identity.errors import ConsentExpired, IssuerNotAccredited
from identity.model import jose, sd_jwt
from journey.client import Refused
from journey.parties import Enterprise
from journey.steps import OPENING
from tests.identity.asking import Asked, ask
from tests.platform import Platform


def refused(asked: Asked, answer: dict[str, Any]) -> Refused:
    """Hand in a bad answer: it is refused, and the honest one is still accepted after it."""
    with pytest.raises(Refused) as caught:
        asked.hand_in(answer)
    assert asked.hand_in()["presentation_id"]
    return caught.value


def with_licence(answer: dict[str, Any], compact: str) -> dict[str, Any]:
    return {**answer, "vp_token": {**answer["vp_token"], "business-licence": [compact]}}


def licence(answer: dict[str, Any]) -> str:
    return str(answer["vp_token"]["business-licence"][0])


def failed_step(refusal: Refused) -> str:
    assert refusal.code == "verification_failed"
    return str(refusal.problem["steps"][0]["name"])


def rebound(identity: Identity, asked: Asked, enterprise: Enterprise, **changed: str) -> str:
    """Return the licence bound anew by the right holder, with another nonce or audience."""
    unbound = licence(asked.answer).rpartition("~")[0] + "~"
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    bound = {"nonce": asked.parameters["nonce"], "audience": asked.parameters["client_id"]}
    key = identity.signing.keys.binding_key(holder.id)
    return sd_jwt.bind(unbound, key=key, issued_at=int(time.time()), **{**bound, **changed})


def test_an_honest_presentation_passes_every_step(platform: Platform, asked: Asked) -> None:
    steps = asked.hand_in()["steps"]
    assert {step["number"] for step in steps} == set(range(1, 9))
    assert {step["outcome"] for step in steps} == {"passed"}


def test_a_request_is_good_for_one_response(platform: Platform, asked: Asked) -> None:
    asked.hand_in()
    with pytest.raises(Refused) as caught:
        asked.hand_in()
    assert (caught.value.status, caught.value.code) == (400, "presentation_request_used")


@pytest.mark.parametrize(
    "changed",
    [{"nonce": "another-nonce"}, {"audience": "redirect_uri:https://bank.example/response"}],
    ids=["nonce", "audience"],
)
def test_another_requests_nonce_or_audience_is_refused(
    platform: Platform,
    asked: Asked,
    identity: Identity,
    enterprise: Enterprise,
    changed: dict[str, str],
) -> None:
    bad = rebound(identity, asked, enterprise, **changed)
    refusal = refused(asked, with_licence(asked.answer, bad))
    assert failed_step(refusal) == "holder_binding"


@pytest.mark.parametrize("part", ["issuer-signed JWT", "disclosure", "key binding"])
def test_one_flipped_bit_is_refused(platform: Platform, asked: Asked, part: str) -> None:
    pieces = licence(asked.answer).split("~")
    index = {"issuer-signed JWT": 0, "disclosure": 1, "key binding": -1}[part]
    text = pieces[index]
    middle = len(text) // 2
    pieces[index] = text[:middle] + chr(ord(text[middle]) ^ 1) + text[middle + 1 :]
    refusal = refused(asked, with_licence(asked.answer, "~".join(pieces)))
    assert failed_step(refusal) in {"structure", "issuer_signature", "holder_binding"}


def test_a_wrong_state_is_refused(platform: Platform, asked: Asked) -> None:
    refusal = refused(asked, {**asked.answer, "state": "another"})
    assert (refusal.status, refusal.code) == (400, "malformed_token")


def test_a_missing_required_credential_is_refused(platform: Platform, asked: Asked) -> None:
    token = {k: v for k, v in asked.answer["vp_token"].items() if k != "business-licence"}
    refusal = refused(asked, {**asked.answer, "vp_token": token})
    assert "business-licence" in refusal.problem["error_description"]


def test_a_credential_of_another_holder_is_refused(
    platform: Platform, asked: Asked, enterprises: list[Enterprise]
) -> None:
    enterprises[1].client.post("/consents", {"recipient": "bank-a", "purpose": OPENING})
    other = ask(enterprises[1], "bank-a", OPENING)
    refusal = refused(asked, with_licence(asked.answer, licence(other.answer)))
    assert failed_step(refusal) == "holder_binding"


def test_more_than_was_asked_is_refused(
    asked: Asked, identity: Identity, enterprise: Enterprise
) -> None:
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    whole = identity.credentials.newest(holder.id, ["business-licence"])["business-licence"]
    request = asked.parameters
    everything = sd_jwt.bind(
        whole.compact,
        key=identity.signing.keys.binding_key(holder.id),
        nonce=request["nonce"],
        audience=request["client_id"],
        issued_at=int(time.time()),
    )
    refusal = refused(asked, with_licence(asked.answer, everything))
    assert failed_step(refusal) == "answers_request"
    assert "change_count_24m" in refusal.problem["error_description"]


def test_a_credential_of_an_issuer_not_accredited_for_the_type_is_refused(
    asked: Asked, identity: Identity, enterprise: Enterprise
) -> None:
    """The social insurance bureau's own, real key signs a business licence, back-dated."""
    holder = identity.parties.holders([identity.enterprise_by_uscc(enterprise.uscc).id])  # type: ignore[union-attr]
    (holder_id, found), *_ = holder.items()
    issuer = identity.organisation("hrss")
    request = asked.parameters
    forged = sd_jwt.issue(
        key=identity.signing.keys.binding_key(issuer.id),
        encoded_header=jose.encode_header({"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k"}),
        plain={
            "iss": issuer.issuer_url(identity.public_url),
            "iat": int(time.time()) - 86_400,
            "vct": identity.types.get("business-licence").vct,
            "sub": found.did,
            "cnf": {"jwk": found.public_jwk},
            "status": {"status_list": {"idx": 5, "uri": "x"}},
        },
        claims={"uscc": enterprise.uscc, "company_name": "伪造的名称"},
    )
    bound = sd_jwt.bind(
        forged,
        key=identity.signing.keys.binding_key(holder_id),
        nonce=request["nonce"],
        audience=request["client_id"],
        issued_at=int(time.time()),
    )
    refusal = refused(asked, with_licence(asked.answer, bound))
    assert failed_step(refusal) == "issuer_accredited"
    assert "not accredited" in refusal.problem["error_description"]


def test_an_issuer_may_not_issue_a_type_it_is_not_accredited_for(
    identity: Identity, enterprise: Enterprise
) -> None:
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    before = len(identity.credentials_of(holder.id))
    with pytest.raises(IssuerNotAccredited, match="hrss holds no live accreditation"):
        identity.issue("hrss", "business-licence", holder.id, {"uscc": enterprise.uscc})
    assert len(identity.credentials_of(holder.id)) == before


def test_without_consent_nothing_is_asked(enterprises: list[Enterprise]) -> None:
    with pytest.raises(Refused) as caught:
        enterprises[1].client.post("/presentation-requests", {"purpose": OPENING, "bank": "bank-b"})
    assert (caught.value.status, caught.value.code) == (403, "consent_missing")


def test_a_consent_that_expires_before_the_answer_comes_is_refused(
    identity: Identity, enterprise: Enterprise
) -> None:
    client = enterprise.client
    granted = client.post(
        "/consents", {"recipient": "bank-b", "purpose": OPENING, "validity_s": 120}
    )
    late = ask(enterprise, "bank-b", OPENING)
    later = replace(identity.presentations, clock=lambda: granted["expires_at"])
    request = identity.requests.get(late.request["id"])
    with pytest.raises(ConsentExpired, match="validity is over"):
        later.respond(request, late.answer["vp_token"])
    assert identity.requests.get(request.id).answered_at is None


def test_an_expired_consent_stops_a_request(identity: Identity, enterprise: Enterprise) -> None:
    granted = enterprise.client.post(
        "/consents", {"recipient": "bank-b", "purpose": OPENING, "validity_s": 60}
    )
    desk = replace(identity.consent_desk, clock=lambda: granted["expires_at"])
    late = replace(identity.presentations, consent_desk=desk)
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    with pytest.raises(ConsentExpired, match="ask the enterprise for a new one"):
        late.request(holder.id, "bank-b", OPENING)


def test_a_withdrawn_consent_stops_answer_and_read(
    platform: Platform, enterprise: Enterprise
) -> None:
    client = enterprise.client
    consent = client.post("/consents", {"recipient": "bank-b", "purpose": OPENING})
    asked = ask(enterprise, "bank-b", OPENING)
    client.post(f"/consents/{consent['id']}/revocation")
    with pytest.raises(Refused) as caught:
        asked.hand_in()
    assert (caught.value.status, caught.value.code) == (400, "consent_revoked")


def test_another_enterprises_consent_cannot_be_withdrawn(enterprises: list[Enterprise]) -> None:
    consent = enterprises[0].client.post("/consents", {"recipient": "bank-b", "purpose": OPENING})
    with pytest.raises(Refused) as caught:
        enterprises[1].client.post(f"/consents/{consent['id']}/revocation")
    assert (caught.value.status, caught.value.code) == (404, "consent_not_found")


def test_a_revoked_credential_is_refused(
    platform: Platform, enterprise: Enterprise, asked: Asked
) -> None:
    """The tax authority revokes on chain; the next verification says so, and which step."""
    held = enterprise.client.get("/wallet/credentials")["credentials"]
    revoked = next(item for item in held if item["type_code"] == "tax-credit")
    with platform.app.app_context():
        outbox = platform.app.extensions["qilian.credit"].attestations.outbox
        outbox.enqueue(
            dedupe_key=f"test-revoke:{revoked['digest']}",
            signer="authority:tax",
            contract="CredentialRegistry",
            function="setStatusBatch",
            item=[revoked["status_index"], 1],
        )

        db.session.commit()
    platform.settle()
    client = enterprise.client
    client.post("/consents", {"recipient": "bank-a", "purpose": "loan-application"})
    with pytest.raises(Refused) as caught:
        ask(enterprise, "bank-a", "loan-application").hand_in()
    assert failed_step(caught.value) == "status"
    assert "revoked by its issuer" in caught.value.problem["error_description"]
