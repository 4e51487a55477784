"""The freshness rule: passed, failed, cannot check, and never one for another."""

from __future__ import annotations

from typing import Any

import pytest

from identity.model.freshness import CLOCK_SKEW_S, FreshnessRule
from identity.model.verification import Outcome

NOW = 1_000_000
RULE = FreshnessRule(age_s_max=300)
TOKEN: dict[str, Any] = {"iat": NOW - 60, "exp": NOW + 60, "ttl": 120, "fetched_at": NOW - 60}


@pytest.mark.parametrize(
    ("age_s", "outcome"),
    [(0, Outcome.PASSED), (300, Outcome.PASSED), (301, Outcome.CANNOT_CHECK)],
)
def test_an_old_index_cannot_be_relied_on_either_way(age_s: int, outcome: Outcome) -> None:
    assert RULE.of_age(age_s).outcome is outcome


CASES: dict[str, tuple[dict[str, Any], Outcome]] = {
    "fresh": ({}, Outcome.PASSED),
    "without exp and ttl": ({"exp": None, "ttl": None}, Outcome.PASSED),
    "expiring next second": ({"exp": NOW + 1}, Outcome.PASSED),
    "expired this second": ({"exp": NOW}, Outcome.CANNOT_CHECK),
    "expired long ago": ({"exp": NOW - 50}, Outcome.CANNOT_CHECK),
    "kept as long as its ttl": ({"fetched_at": NOW - 120, "iat": NOW - 120}, Outcome.PASSED),
    "kept longer than its ttl": ({"fetched_at": NOW - 121}, Outcome.CANNOT_CHECK),
    "as old as the rule accepts": ({"iat": NOW - 300}, Outcome.PASSED),
    "older than the rule accepts": ({"iat": NOW - 301}, Outcome.CANNOT_CHECK),
    "issued by a clock slightly ahead": ({"iat": NOW + CLOCK_SKEW_S, "exp": None}, Outcome.PASSED),
    "issued in the future": ({"iat": NOW + CLOCK_SKEW_S + 1, "exp": None}, Outcome.FAILED),
    "expired when issued": ({"exp": NOW - 60}, Outcome.FAILED),
}


@pytest.mark.parametrize("name", CASES)
def test_a_token_is_judged_by_its_times(name: str) -> None:
    change, outcome = CASES[name]
    found = RULE.of_token(**{**TOKEN, **change}, now=NOW)
    assert found.outcome is outcome
    assert found.detail_en
    assert found.detail_zh
