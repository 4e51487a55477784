"""The first scorecard and policy: their promises, and refusal of cards that break them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from credit.adapters.rule_files import PACKAGE, RuleFiles, read_policy, read_scorecard
from credit.errors import ScorecardMalformed
from credit.model.feature import Feature
from credit.model.scorecard import Attribute, score
from tests.credit.factories import rules

CARD = rules().card
CONTENT = (PACKAGE / "scorecards" / "first.yaml").read_bytes()


def feature(name: str, value: int | str | None) -> Feature:
    return Feature(name, value, "", "", ())


@given(st.sampled_from(CARD.attributes), st.integers(), st.integers())
def test_points_are_monotone_where_promised(attribute: Attribute, one: int, two: int) -> None:
    low, high = sorted((one, two))
    if attribute.direction == "higher_is_better":
        assert attribute.points(low) <= attribute.points(high)
    if attribute.direction == "lower_is_better":
        assert attribute.points(low) >= attribute.points(high)


@given(
    st.fixed_dictionaries(
        {a.feature: st.none() | st.integers() | st.sampled_from("ABMCD") for a in CARD.attributes}
    )
)
def test_points_add_up_and_stay_in_range(values: dict[str, Any]) -> None:
    found = score(tuple(feature(name, value) for name, value in values.items()), CARD)
    assert found.points == sum(part.points for part in found.parts)
    assert CARD.points_min <= found.points <= CARD.points_max == 600
    assert all(0 <= part.lost <= part.points_max for part in found.parts)


@given(st.integers(CARD.points_min, 600), st.integers(CARD.points_min, 600))
def test_more_points_never_mean_a_higher_pd(one: int, two: int) -> None:
    low, high = sorted((one, two))
    assert CARD.pd_bps(high) <= CARD.pd_bps(low)


def test_missing_and_low_have_different_codes() -> None:
    for attribute in CARD.attributes:
        assert attribute.missing.code.endswith("_MISSING")
        assert attribute.low.code != attribute.missing.code
        for text in (attribute.low, attribute.missing):
            assert text.says.zh
            assert text.says.en
            assert text.raise_by.zh
            assert text.raise_by.en


def test_the_bank_rating_is_no_input() -> None:
    assert not {a.feature for a in CARD.attributes} & {"rating", "bank_rating", "credit_rating"}


def test_an_unknown_grade_scores_as_missing() -> None:
    grades = next(a for a in CARD.attributes if a.grades)
    assert grades.points("Z") == grades.missing_points
    assert grades.is_missing("Z")
    assert not grades.is_missing("A")


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [[None, 0], [10, 5], [10, 6]]},
        {"steps": [[0, 0], [10, 5]]},
        {"steps": [[None, 5], [10, 0]]},
        {"feature": "shoe_size"},
        {"missing_points": 99},
        {"grades": {"A": 1}},
        {"steps": []},
    ],
)
def test_a_card_that_breaks_its_promises_is_refused(change: dict[str, Any]) -> None:
    raw = yaml.safe_load(CONTENT)
    raw["attributes"][0] |= change
    with pytest.raises(ScorecardMalformed):
        read_scorecard(yaml.safe_dump(raw, allow_unicode=True).encode())


@pytest.mark.parametrize("bands", [[], [[50, 100]], [[0, 100], [200, 300]], [[0, 300], [0, 100]]])
def test_bands_that_do_not_cover_or_rise_are_refused(bands: list[list[int]]) -> None:
    raw = yaml.safe_load(CONTENT) | {"pd_bands": bands}
    with pytest.raises(ScorecardMalformed):
        read_scorecard(yaml.safe_dump(raw, allow_unicode=True).encode())


@pytest.mark.parametrize("content", [b"", b"- 1", b"{id: x}", b"\x00"])
def test_a_file_that_is_no_card_or_policy_is_refused(content: bytes) -> None:
    with pytest.raises(ScorecardMalformed):
        read_scorecard(content)
    with pytest.raises(ScorecardMalformed):
        read_policy(content)


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ScorecardMalformed, match="known"):
        RuleFiles().rules("../secrets")


def test_the_digest_is_of_the_file() -> None:
    assert replace(read_scorecard(CONTENT)) == CARD
    assert read_scorecard(CONTENT + b"# note\n").sha256 != CARD.sha256
