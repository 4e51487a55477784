"""Suspending and reinstating issuers."""

from __future__ import annotations

import pytest

from oversight import Standing
from tests.credit.harness import World

SUSPEND = {"suspended": True, "reason": "签发异常 irregular issuance"}
PATH = "/oversight/issuers/tax/suspension"


def test_the_regulator_lists_issuers_with_their_standing(world: World) -> None:
    world.issuers.standings["court"] = Standing.CANNOT_CHECK
    found = world["regulator"].get("/api/v1/oversight/issuers").json["issuers"]
    assert [(i["code"], i["standing"]) for i in found] == [
        ("tax", "accredited"),
        ("court", "cannot_check"),
    ]


def test_a_suspension_is_queued_with_a_salted_reason(world: World) -> None:
    answer = world["regulator"].post(PATH, SUSPEND)
    assert answer.status_code == 202
    assert answer.json["order_chain"]["state"] == "queued"
    ((key, intent),) = world.outbox.items.items()
    assert key.startswith("oversight:suspension:")
    assert (intent["signer"], intent["contract"], intent["function"]) == (
        "regulator:bj-finance",
        "AccreditationRegistry",
        "setSuspendedBatch",
    )
    address, suspended, digest = intent["item"]
    assert (address, suspended, len(digest)) == ("0x" + "11" * 20, True, 66)
    assert SUSPEND["reason"] not in str(intent)


def test_an_order_that_changes_nothing_is_refused(world: World) -> None:
    regulator = world["regulator"]
    reinstate = {"suspended": False, "reason": "r"}
    assert regulator.post(PATH, reinstate).json["code"] == "issuer_already_in_state"
    assert regulator.post(PATH, SUSPEND).status_code == 202
    assert regulator.post(PATH, SUSPEND).status_code == 409  # under way
    world.outbox.mine()
    world.issuers.standings["tax"] = Standing.SUSPENDED
    assert regulator.post(PATH, SUSPEND).status_code == 409
    assert regulator.post(PATH, reinstate).status_code == 202


def test_an_issuer_is_suspended_from_the_page(world: World) -> None:
    regulator = world["regulator"]
    form = {"suspended": "true", "reason": "异常"}
    assert regulator.submit("/regulator/issuers/tax/suspension", **form).status_code == 303
    page = regulator.get("/regulator?lang=zh").text
    assert "税务(模拟)" in page
    assert "异常" in page


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/oversight/issuers/nobody/suspension", SUSPEND, 404),
        (PATH, {"suspended": True}, 422),
        (PATH, {"suspended": True, "reason": ""}, 422),
        (PATH, SUSPEND | {"more": 1}, 422),
    ],
)
def test_a_bad_order_is_refused(
    world: World, path: str, body: dict[str, object], status: int
) -> None:
    assert world["regulator"].post(path, body).status_code == status
    assert not world.outbox.items


@pytest.mark.parametrize("login", ["officer-a", "enterprise"])
def test_only_the_regulator_may(world: World, login: str) -> None:
    assert world[login].post(PATH, SUSPEND).status_code == 403
    for path in ("/regulator", "/regulator/attestations", "/regulator/replays"):
        assert world[login].get(path).status_code == 403
