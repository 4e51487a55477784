"""Receiving, deciding, reviewing: the happy path first, every refusal after it."""

from __future__ import annotations

import json

import pytest

from credit.model.bundle import sha256_hex
from tests.credit.factories import strong_credentials
from tests.credit.fakes import FakeLedger
from tests.credit.harness import World

UNKNOWN = "00000000-0000-7000-8000-000000000000"


def test_an_application_is_received_decided_and_explained(world: World) -> None:
    application_id = world.received()
    decision = world["officer-a"].post(f"/loan-applications/{application_id}/decision")
    assert decision.status_code == 201
    assert decision.json["outcome"] == "approved"
    assert decision.json["limit_fen"] == 50_000_000
    assert decision.json["reasons"]
    for person in ("officer-a", "enterprise"):
        shown = world[person].get(f"/api/v1/loan-applications/{application_id}").json
        assert shown["state"] == "approved"
        assert shown["decision"]["bundle_sha256"] == decision.json["bundle_sha256"]


def test_the_bundle_is_the_signed_text(world: World) -> None:
    application_id = world.received()
    made = world["officer-a"].post(f"/loan-applications/{application_id}/decision").json
    shown = world["enterprise"].get(f"/api/v1/decisions/{made['id']}/bundle").json
    assert sha256_hex(shown["bundle"].encode()) == shown["bundle_sha256"] == made["bundle_sha256"]
    signed = world.identity.verify_signature_of("bank-a", shown["signature"], typ="decision+jwt")
    assert signed["bundle_sha256"] == made["bundle_sha256"]
    assert json.loads(shown["bundle"])["dates"] == {
        "as_of": "2020-02-14",
        "data_cut": "2020-01-31",
        "decided_at": 1_581_638_400,
    }
    with world.app.app_context():
        assert world.credit.replay_offline(shown["bundle"].encode(), shown["signature"]).equal


def test_a_decline_has_reasons_and_a_way_to_human_review(world: World) -> None:
    application_id = world.received(credentials=world.withhold("invoice-ledger"))
    path = f"/loan-applications/{application_id}"
    decision = world["officer-a"].post(f"{path}/decision").json
    assert decision["outcome"] == "declined"
    assert decision["reasons"][0]["code"] == "INVOICE_12M_MISSING"
    asked = world["enterprise"].post(f"{path}/review-request", {"statement": "请人工复核"})
    assert asked.status_code == 201
    answer = {"answer": "upheld", "note": "缺少发票台账"}
    assert world["approver-a"].post(f"{path}/review-answer", answer).status_code == 200
    assert world["enterprise"].get(f"/api/v1{path}").json["state"] == "upheld"
    assert world["approver-a"].post(f"{path}/review-answer", answer).status_code == 409


def test_a_reopened_application_is_decided_on_the_newest_presentation(world: World) -> None:
    application_id = world.received(credentials=world.withhold("invoice-ledger"))
    path = f"/loan-applications/{application_id}"
    world["officer-a"].post(f"{path}/decision")
    world["enterprise"].post(f"{path}/review-request", {"statement": "已补充台账"})
    world.submit_case(credentials=strong_credentials())
    answer = {"answer": "reopened", "note": "已收到台账"}
    assert world["approver-a"].post(f"{path}/review-answer", answer).json["answer"] == "reopened"
    assert world["officer-a"].post(f"{path}/decision").json["outcome"] == "approved"


def test_only_a_decline_can_be_reviewed(world: World) -> None:
    path = f"/loan-applications/{world.received()}"
    asked = world["enterprise"].post(f"{path}/review-request", {"statement": "?"})
    assert (asked.status_code, asked.json["code"]) == (409, "wrong_state")


def test_a_case_is_received_once(world: World) -> None:
    case_id = world.submit_case()
    first = world["enterprise"].post("/loan-applications", {"case_id": case_id})
    again = world["officer-a"].post("/loan-applications", {"case_id": case_id})
    assert (again.status_code, again.json["code"]) == (409, "loan_application_exists")
    assert again.json["application_id"] == first.json["id"]


def test_an_application_is_decided_once(world: World) -> None:
    path = f"/loan-applications/{world.received()}/decision"
    assert world["officer-a"].post(path).status_code == 201
    assert world["officer-a"].post(path).json["code"] == "wrong_state"


@pytest.mark.parametrize("login", ["officer-b", "stranger"])
def test_to_others_an_application_does_not_exist(world: World, login: str) -> None:
    case_id = world.submit_case()
    assert world[login].post("/loan-applications", {"case_id": case_id}).status_code == 404
    application_id = world.received()
    made = world["officer-a"].post(f"/loan-applications/{application_id}/decision").json
    for path in (f"loan-applications/{application_id}", f"decisions/{made['id']}/bundle"):
        assert world[login].get(f"/api/v1/{path}").status_code == 404
    assert world[login].get("/api/v1/loan-applications").json == {"applications": []}


def test_another_bank_cannot_decide(world: World) -> None:
    path = f"/loan-applications/{world.received()}/decision"
    assert world["officer-b"].post(path).status_code == 404
    assert world["enterprise"].post(path).status_code == 403


def test_another_ledger_than_vouched_for_is_refused_and_nothing_changes(world: World) -> None:
    application_id = world.received()
    world.ledgers.found = FakeLedger(digest="cd" * 32)
    path = f"/loan-applications/{application_id}"
    refused = world["officer-a"].post(f"{path}/decision")
    assert (refused.status_code, refused.json["code"]) == (409, "ledger_mismatch")
    assert world["officer-a"].get(f"/api/v1{path}").json["state"] == "received"


def test_a_missing_ledger_is_unavailable_not_a_decline(world: World) -> None:
    path = f"/loan-applications/{world.received()}"
    world.ledgers.found = None
    refused = world["officer-a"].post(f"{path}/decision")
    assert (refused.status_code, refused.json["code"]) == (503, "ledger_missing")
    assert world["officer-a"].get(f"/api/v1{path}").json["state"] == "received"


def test_a_withdrawn_consent_stops_the_decision(world: World) -> None:
    path = f"/loan-applications/{world.received()}/decision"
    world.identity.revoked.add(world["enterprise"].actor.organisation_id)
    assert world["officer-a"].post(path).json["code"] == "consent_revoked"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"case_id": "x"}, 422),
        ({"case_id": UNKNOWN, "more": 1}, 422),
        ({"case_id": 5}, 422),
        ({"case_id": UNKNOWN}, 404),
    ],
)
def test_a_bad_request_is_refused(world: World, body: dict[str, object], status: int) -> None:
    assert world["officer-a"].post("/loan-applications", body).status_code == status


@pytest.mark.parametrize("request_", [{"amount_fen": 0}, {"term_months": 0}])
def test_a_request_nobody_can_make_is_refused(world: World, request_: dict[str, int]) -> None:
    case_id = world.submit_case(**request_)
    refused = world["enterprise"].post("/loan-applications", {"case_id": case_id})
    assert (refused.status_code, refused.json["code"]) == (422, "loan_request_invalid")


def test_the_evidence_kept_with_a_decision_is_only_what_features_read(world: World) -> None:
    application_id = world.received()
    made = world["officer-a"].post(f"/loan-applications/{application_id}/decision").json
    with world.app.app_context():
        decision = world.credit.decision(made["id"], actor=world["officer-a"].actor)
    assert "invoice" not in {c.type_code for c in decision.evidence}
