"""Accepting, attesting, pledging: one winner for one receivable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.credit.harness import INVOICE, World

DIGEST = INVOICE.credential_digest


def pledged(world: World, bank: str, loan_id: str, **more: object) -> dict[str, object]:
    body = {"loan_id": loan_id, "credential_digest": DIGEST} | more
    answer = world[bank].post("/pledges", body)
    assert answer.status_code == 202, answer.json
    found: dict[str, object] = answer.json
    return found


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from leaves(member)
    else:
        yield value


def test_an_accepted_offer_is_a_loan_queued_for_the_chain(world: World) -> None:
    loan = world.granted()
    assert loan["principal_fen"] == 50_000_000
    assert loan["chain"]["state"] == "queued"
    intent = world.outbox.items[f"credit:loan:{loan['id']}:granted"]
    assert (intent["signer"], intent["contract"], intent["function"]) == (
        "bank:bank-a",
        "CreditRegistry",
        "recordBatch",
    )
    subject, evidence, corrects, jurisdiction = intent["item"]
    assert (corrects, jurisdiction) == ("0x" + "00" * 32, 110_000)
    bank = world.identity.organisation("bank-a").address
    words = [bytes.fromhex(evidence[2:]), bytes(32)]
    encoded = encode(["address", "address", "bytes32", "bytes32"], [bank, subject, *words])
    assert loan["chain_id"] == "0x" + keccak(encoded).hex()


def test_the_acceptance_is_signed_by_the_enterprise(world: World) -> None:
    shown = world.granted()
    with world.app.app_context():
        loan = world.credit.attested_loan(shown["id"]).loan
    signed = world.identity.verify_signature(
        loan.enterprise_id, loan.acceptance, typ="loan-acceptance+jwt"
    )
    assert signed["bundle_sha256"] == loan.bundle_sha256
    assert signed["principal_fen"] == loan.principal_fen


def test_nothing_on_chain_is_an_amount_or_a_plain_digest(world: World) -> None:
    loan = world.granted()
    pledged(world, "officer-a", loan["id"])
    with world.app.app_context():
        kept = world.credit.attested_loan(loan["id"]).loan
    written = {str(leaf) for intent in world.outbox.items.values() for leaf in leaves(intent)}
    secrets = {str(kept.principal_fen), str(kept.rate_bps), "00000001", str(INVOICE.claims)}
    assert not written & secrets
    for digest in (kept.bundle_sha256, kept.salt):
        assert not any(digest in text for text in written)


def test_an_offer_is_accepted_once_and_by_the_enterprise_only(world: World) -> None:
    loan = world.granted()
    path = f"/loan-applications/{loan['application_id']}/acceptance"
    assert world["enterprise"].post(path).json["code"] == "wrong_state"
    assert world["stranger"].post(path).status_code == 404
    assert world["officer-a"].post(path).status_code == 403


def test_what_was_not_approved_cannot_be_accepted(world: World) -> None:
    undecided = f"/loan-applications/{world.received()}/acceptance"
    assert world["enterprise"].post(undecided).json["code"] == "wrong_state"
    declined = world.received(credentials=())
    world["officer-a"].post(f"/loan-applications/{declined}/decision")
    answer = world["enterprise"].post(f"/loan-applications/{declined}/acceptance")
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")


def test_the_second_bank_is_refused_by_the_contract_in_a_clear_sentence(world: World) -> None:
    first, second = world.granted("officer-a"), world.granted("officer-b")
    pledged(world, "officer-a", first["id"])
    world.outbox.mine()
    pledged(world, "officer-b", second["id"])
    world.outbox.mine()
    held = world["officer-a"].get(f"/api/v1/loans/{first['id']}").json["pledges"][0]["chain"]
    assert (held["state"], held["explanation"]) == ("mined", None)
    refused = world["officer-b"].get(f"/api/v1/loans/{second['id']}").json["pledges"][0]["chain"]
    assert refused["state"] == "failed"
    assert refused["error_name"] == "PledgeRegistry_OverPledged"
    assert "100 % is taken" in refused["explanation"]["en"]
    assert "已被质押" in refused["explanation"]["zh"]


def test_two_shares_of_one_receivable_can_stand_side_by_side(world: World) -> None:
    first, second = world.granted("officer-a"), world.granted("officer-b")
    pledged(world, "officer-a", first["id"], share_bps=6_000)
    pledged(world, "officer-b", second["id"], share_bps=4_000)
    world.outbox.mine()
    assert {status.state for status in world.outbox.states.values()} == {"mined"}


def test_a_refused_pledge_can_be_tried_again_a_held_one_not(world: World) -> None:
    loan = world.granted()
    pledged(world, "officer-a", loan["id"])
    body = {"loan_id": loan["id"], "credential_digest": DIGEST}
    assert world["officer-a"].post("/pledges", body).json["code"] == "pledge_exists"
    world.outbox.taken_bps["0x" + "05" * 32] = 10_000
    world.outbox.mine()
    assert world["officer-a"].post("/pledges", body).status_code == 202


def test_the_receivables_are_those_presented(world: World) -> None:
    loan = world.granted()
    path = f"/api/v1/loans/{loan['id']}/receivables"
    found = world["officer-a"].get(path).json["receivables"]
    assert [r["credential_digest"] for r in found] == [DIGEST]
    assert world["officer-b"].get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"credential_digest": "ee" * 32}, 404, "asset_not_presented"),
        ({"share_bps": 0}, 422, "validation_failed"),
        ({"share_bps": 10_001}, 422, "validation_failed"),
        ({"share_bps": 1.5}, 422, "validation_failed"),
        ({"credential_digest": "zz"}, 422, "validation_failed"),
        ({"loan_id": "00000000-0000-7000-8000-000000000000"}, 404, "loan_not_found"),
    ],
)
def test_a_bad_pledge_is_refused(
    world: World, change: dict[str, object], status: int, code: str
) -> None:
    body = {"loan_id": world.granted()["id"], "credential_digest": DIGEST} | change
    answer = world["officer-a"].post("/pledges", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_an_unanchored_receivable_waits(world: World) -> None:
    loan = world.granted()
    world.identity.anchored = False
    body = {"loan_id": loan["id"], "credential_digest": DIGEST}
    assert world["officer-a"].post("/pledges", body).json["code"] == "asset_not_anchored"


def test_another_bank_does_not_see_the_loan(world: World) -> None:
    loan = world.granted()
    assert world["officer-b"].get(f"/api/v1/loans/{loan['id']}").status_code == 404
    body = {"loan_id": loan["id"], "credential_digest": DIGEST}
    assert world["officer-b"].post("/pledges", body).status_code == 404
