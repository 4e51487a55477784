"""What the main operations cost, beside the limits we set ourselves and the committed figures.

``make artifacts`` writes the figures anew after a change that is meant to alter them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

import pytest

from chain.compile import SOURCES

from .gas import MEASURES
from .world import World

SNAPSHOT = SOURCES / "gas.json"
GROWTH = 1.02

LIMITS = {
    "anchor_batch": 52_000,
    "revoke_first": 53_000,
    "revoke_later": 36_000,
    "revoke_50_untouched_words_each": 24_500,
    "revoke_50_touched_words_each": 8_000,
    "revoke_dense_each": 300,
    "register_enterprise": 120_000,
    "register_enterprise_batch50_each": 95_000,
    "record_loan": 75_000,
    "pledge_merkle14": 140_000,
}


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    """The figures of every measurement of this run."""
    return {}


@pytest.mark.parametrize(
    "measure", MEASURES, ids=lambda measure: measure.__name__.removeprefix("measure_")
)
def test_operations_stay_within_their_limits(
    world: World, found: dict[str, float], measure: Callable[[World], dict[str, float]]
) -> None:
    measured = measure(world)
    found |= measured
    for name, gas in measured.items():
        sys.stdout.write(f"\n{name:36}{gas:12,.1f}{LIMITS.get(name, 0):12,}")
    over = {name: gas for name, gas in measured.items() if gas > LIMITS.get(name, gas)}
    assert not over


def test_no_operation_grew_by_more_than_two_percent(found: dict[str, float]) -> None:
    rounded = {name: round(gas, 1) for name, gas in sorted(found.items())}
    if os.environ.get("GAS_SNAPSHOT") == "write":
        SNAPSHOT.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    committed = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert rounded.keys() == committed.keys(), "run make artifacts"
    grown = {
        name: (committed[name], gas)
        for name, gas in rounded.items()
        if gas > committed[name] * GROWTH
    }
    assert not grown, "costs more than committed; if that is meant, run make artifacts"
