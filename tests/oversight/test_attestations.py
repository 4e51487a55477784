"""Reviewing loan attestations."""

from __future__ import annotations

import pytest

from tests.credit.harness import World

ACCEPT = {"outcome": "accepted", "reason": "一致"}


def path(loan_id: str) -> str:
    return f"/oversight/attestations/{loan_id}/review"


def test_the_regulator_sees_all_banks_attestations_without_amounts(world: World) -> None:
    loans = {world.granted("officer-a")["id"], world.granted("officer-b")["id"]}
    found = world["regulator"].get("/api/v1/oversight/attestations").json["attestations"]
    assert {a["loan_id"] for a in found} == loans
    assert not any("fen" in name for a in found for name in a)
    one = world["regulator"].get("/api/v1/oversight/attestations?limit=1").json["attestations"]
    assert len(one) == 1


def test_an_attestation_on_chain_is_accepted_then_questioned(world: World) -> None:
    loan = world.granted()
    world.outbox.mine()
    accepted = world["regulator"].post(path(loan["id"]), ACCEPT)
    assert (accepted.status_code, accepted.json["review"]["outcome"]) == (202, "accepted")
    intent = next(i for k, i in world.outbox.items.items() if k.startswith("oversight:review"))
    assert (intent["signer"], intent["function"]) == ("regulator:bj-finance", "reviewBatch")
    assert intent["item"][:2] == [loan["chain_id"], 1]
    again = world["regulator"].post(path(loan["id"]), ACCEPT)
    assert (again.status_code, again.json["code"]) == (409, "already_reviewed")
    question = {"outcome": "questioned", "reason": "请说明"}
    assert world["regulator"].post(path(loan["id"]), question).status_code == 202


def test_an_attestation_not_yet_on_chain_waits(world: World) -> None:
    refused = world["regulator"].post(path(world.granted()["id"]), ACCEPT)
    assert (refused.status_code, refused.json["code"]) == (409, "not_attested")


@pytest.mark.parametrize("body", [{}, {"outcome": "fine", "reason": "r"}])
def test_a_bad_review_is_refused(world: World, body: dict[str, str]) -> None:
    assert world["regulator"].post(path(world.granted()["id"]), body).status_code == 422


def test_an_unknown_loan_is_not_found(world: World) -> None:
    assert world["regulator"].post(path("nothing"), ACCEPT).status_code == 404


def test_an_attestation_is_reviewed_from_its_page(world: World) -> None:
    loan = world.granted()
    world.outbox.mine()
    regulator, page = world["regulator"], f"/regulator/attestations/{loan['id']}"
    assert page in regulator.get("/regulator/attestations").text
    assert regulator.submit(f"{page}/review", **ACCEPT).status_code == 303
    assert "一致" in regulator.get(f"{page}?lang=zh").text
