"""Replaying decisions: equal, tampered, logged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.credit.fakes import FakeLedger
from tests.credit.harness import World

PATH = "/oversight/replays"


def decided(world: World) -> dict[str, Any]:
    application_id = world.received()
    made = world["officer-a"].post(f"/loan-applications/{application_id}/decision")
    found: dict[str, Any] = made.json
    return found


def bundle(world: World, decision_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world["regulator"].get(f"/api/v1/decisions/{decision_id}/bundle").json
    return found


def test_a_decision_replays_equal_from_its_evidence_and_the_read_is_logged(world: World) -> None:
    decision = decided(world)
    answer = world["regulator"].post(PATH, {"decision_id": decision["id"]})
    assert answer.status_code == 201
    assert (answer.json["equal"], answer.json["differences"]) == (True, [])
    assert answer.json["mode"] == "from_evidence"
    (read,) = world.identity.reads
    assert read["purpose"] == "supervision"
    assert read["reader_id"] == world["regulator"].actor.organisation_id
    assert "tax-credit.tax_credit_grade" in read["fields"]
    kept = world["regulator"].get(f"/api/v1{PATH}/{answer.json['id']}")
    assert kept.json == answer.json


def test_a_bundle_replays_equal_by_itself(world: World) -> None:
    found = bundle(world, decided(world)["id"])
    body = {"bundle": found["bundle"], "signature": found["signature"]}
    answer = world["regulator"].post(PATH, body)
    assert (answer.json["equal"], answer.json["mode"]) == (True, "offline")
    assert world.identity.reads == []


def test_a_changed_bundle_is_named(world: World) -> None:
    found = bundle(world, decided(world)["id"])
    document = json.loads(found["bundle"])
    document["output"]["limit_fen"] += 100_000
    changed = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    answer = world["regulator"].post(PATH, {"bundle": changed, "signature": found["signature"]})
    assert not answer.json["equal"]
    named = {(d["path"], d["cause"]) for d in answer.json["differences"]}
    assert {
        ("/output/limit_fen", "changed_since_signing"),
        ("/output/limit_fen", "recomputed"),
    } <= named
    page = world["regulator"].get(f"/regulator/replays/{answer.json['id']}?lang=zh").text
    assert "/output/limit_fen" in page


def test_another_banks_signature_does_not_pass(world: World) -> None:
    found = bundle(world, decided(world)["id"])
    forged = world.identity.sign_as("bank-b", {}, typ="decision+jwt")
    answer = world["regulator"].post(PATH, {"bundle": found["bundle"], "signature": forged})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_signature")


def test_a_ledger_that_changed_since_is_refused(world: World) -> None:
    decision = decided(world)
    world.ledgers.found = FakeLedger(digest="cd" * 32)
    answer = world["regulator"].post(PATH, {"decision_id": decision["id"]})
    assert (answer.status_code, answer.json["code"]) == (409, "ledger_mismatch")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"bundle": "{}"}, 422),
        ({"decision_id": "00000000-0000-7000-8000-000000000000", "bundle": "{}"}, 422),
        ({"bundle": "{}", "signature": "x"}, 400),
        ({"decision_id": "00000000-0000-7000-8000-000000000000"}, 404),
    ],
)
def test_a_bad_request_is_refused(world: World, body: dict[str, str], status: int) -> None:
    assert world["regulator"].post(PATH, body).status_code == status


def test_a_replay_is_made_and_read_on_the_pages(world: World) -> None:
    regulator = world["regulator"]
    made = regulator.submit("/regulator/replays", decision_id=decided(world)["id"])
    assert made.status_code == 303
    assert "逐位一致" in regulator.get(f"{made.location}?lang=zh").text
    assert made.location in regulator.get("/regulator/replays").text
    assert regulator.get("/regulator/replays/none").status_code == 404
