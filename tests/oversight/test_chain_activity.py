"""What the platform wrote to the chain, as the regulator sees it."""

from __future__ import annotations

from tests.credit.harness import World

PATH = "/api/v1/oversight/chain"


def test_the_regulator_sees_what_waits_and_what_is_on_chain(world: World) -> None:
    world.granted()
    waiting = world["regulator"].get(PATH)
    assert waiting.status_code == 200
    assert waiting.json == {"waiting": 1, "failed": 0, "transactions": 0, "gas_used": 0}
    world.outbox.mine()
    assert world["regulator"].get(PATH).json["transactions"] == 1


def test_only_the_regulator_may(world: World) -> None:
    assert world["officer-a"].get(PATH).status_code == 403
