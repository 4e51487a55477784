"""What the offline verifier makes of accreditation events is what the contract answers."""

from __future__ import annotations

import random

import pytest

from chain.errors import ContractReverted
from identity.model.evidence_accreditation import Standing, TimedEvent, standing
from identity.model.evidence_block import Log
from identity.model.evidence_events import Accredited, SuspensionChanged, read_event

from .world import INVOICE, TAX_CREDIT, World

PEOPLE = ("tax", "department", "office", "bank_a", "stranger")
CODES = (0, 110000, 110100, 110108, 110200, 310000, 310115)
REGIONS = ((0,), (110000,), (110100, 310000), (110108,), ())
ACTIONS = 60


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def act(world: World, chance: random.Random) -> None:
    """Accredit or suspend somebody, if the contract lets that happen; let some time pass."""
    by = getattr(world, chance.choice(("regulator", "regulator", *PEOPLE)))
    who = getattr(world, chance.choice(PEOPLE))
    now = world.node.now()
    try:
        if chance.random() < 0.3:
            world.suspend(who, chance.random() < 0.5, by=by)
        else:
            window = chance.choice(((0, 0), (0, 0), (now + 5_000, 0), (0, now + 9_000)))
            kind = chance.choice((TAX_CREDIT, INVOICE))
            world.accredit(who, [kind], by=by, where=chance.choice(REGIONS), window=window)
    except ContractReverted:
        return  # what it refuses leaves no event
    world.node.advance(chance.choice((1, 1, 4_000)))


def events_since(world: World, start: int) -> list[TimedEvent]:
    """Read the registry's events from its raw logs, as from proved receipts."""
    found = []
    address = world.accreditations.address
    where = {"fromBlock": hex(start), "toBlock": "latest", "address": address}
    for log in world.node.request("eth_getLogs", where):
        block = world.node.request("eth_getBlockByNumber", log["blockNumber"], False)
        topics = tuple(map(raw, log["topics"]))
        contract, event = read_event(Log(raw(log["address"]), topics, raw(log["data"])))  # type: ignore[misc]
        assert contract == "AccreditationRegistry"
        assert isinstance(event, (Accredited, SuspensionChanged))
        found.append(TimedEvent(int(block["timestamp"], 16), event))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_events_alone_say_who_was_accredited_at_any_time(world: World, seed: int) -> None:
    chance = random.Random(seed)
    start = int(world.node.request("eth_blockNumber"), 16) + 1
    world.accredit(world.tax, [TAX_CREDIT, INVOICE])
    for _ in range(ACTIONS):
        act(world, chance)
    events = events_since(world, start)
    times = sorted({event.at for event in events})
    answers = set()
    for _ in range(300):
        at = chance.choice(times) + chance.choice((0, 0, 1, 3_000))
        at = min(at, world.node.now())
        kind, code = chance.choice((TAX_CREDIT, INVOICE)), chance.choice(CODES)
        who = getattr(world, chance.choice(PEOPLE))
        earlier = [event for event in events if event.at <= at]
        stood = standing(earlier, raw(who), raw(kind), code, at)
        expected = world.accreditations.isAccredited(who, kind, code, at).read()
        assert (stood is Standing.ACCREDITED) is expected, (seed, who, code, at, stood)
        answers.add(stood)
    assert answers == set(Standing)
