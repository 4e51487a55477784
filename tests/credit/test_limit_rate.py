"""Limit and rate: closed forms, bounds, and what policy had to assume."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from credit.model.feature import Feature
from credit.model.limit import loan_limit
from credit.model.rate import loan_rate
from tests.credit.factories import rules

POLICY = rules().policy
INPUTS = (
    "turnover_12m_fen",
    "gross_margin_bps",
    "turnover_growth_bps",
    "working_cycle_days",
    "own_funds_fen",
    "short_term_loans_fen",
)


def features(**values: int | None) -> tuple[Feature, ...]:
    return tuple(Feature(name, value, "", "", ()) for name, value in values.items())


def test_the_need_is_the_annex_formula_in_whole_fen() -> None:
    found = loan_limit(
        features(
            turnover_12m_fen=2_400_000_000,
            gross_margin_bps=3_000,
            turnover_growth_bps=1_000,
            working_cycle_days=90,
            own_funds_fen=100_000_000,
            short_term_loans_fen=50_000_000,
        ),
        90_000_000,
        POLICY.limit,
    )
    assert found.need_fen == 2_400_000_000 * 7 * 11 * 90 // (100 * 360)
    assert found.new_loan_fen == found.need_fen - 150_000_000
    assert found.capacity_fen == 480_000_000
    assert (found.binding, found.limit_fen, found.assumed) == ("request", 90_000_000, ())


def test_what_policy_supplies_is_named() -> None:
    found = loan_limit(features(turnover_12m_fen=360_000_000), 10**9, POLICY.limit)
    assert found.need_fen == 360_000_000 * 9 // 10 * 90 // 360
    assert found.new_loan_fen == found.need_fen * 7 // 10
    assert set(found.assumed) == set(INPUTS) - {"turnover_12m_fen"}


def test_a_limit_below_the_product_minimum_is_none() -> None:
    found = loan_limit(features(turnover_12m_fen=10_000_000), 50_000_000, POLICY.limit)
    assert (found.limit_fen, found.binding) == (0, "need")


@given(
    st.fixed_dictionaries({name: st.none() | st.integers(-(10**9), 10**13) for name in INPUTS}),
    st.integers(1, 10**13),
)
def test_a_limit_is_none_or_within_the_product_and_the_request(
    values: dict[str, int | None], requested_fen: int
) -> None:
    found = loan_limit(features(**values), requested_fen, POLICY.limit)
    policy = POLICY.limit
    if found.limit_fen:
        assert policy.minimum_fen <= found.limit_fen <= policy.maximum_fen
        assert found.limit_fen <= min(requested_fen, found.new_loan_fen, found.capacity_fen)
        assert found.limit_fen % policy.step_fen == 0


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_more_sales_never_lower_the_limit(one: int, two: int) -> None:
    low, high = sorted((one, two))
    limits = [
        loan_limit(features(turnover_12m_fen=sales), 10**8, POLICY.limit).limit_fen
        for sales in (low, high)
    ]
    assert limits[0] <= limits[1]


def test_the_rate_adds_its_parts() -> None:
    found = loan_rate(400, is_secured=False, policy=POLICY.rate)
    assert found.expected_loss_bps == 250  # 4 % x 60 % / 96 %
    assert found.rate_bps == found.full_cost_bps == 250 + 250 + 60 + 50


@given(st.integers(0, 9_999), st.integers(0, 9_999), st.booleans())
def test_the_rate_stays_in_range_and_rises_with_risk(one: int, two: int, secured: bool) -> None:
    low, high = sorted((one, two))
    rates = [loan_rate(pd, is_secured=secured, policy=POLICY.rate) for pd in (low, high)]
    assert all(400 <= rate.rate_bps <= 1_500 for rate in rates)
    assert rates[0].rate_bps <= rates[1].rate_bps
    pledged = loan_rate(one, is_secured=True, policy=POLICY.rate)
    assert pledged.rate_bps <= loan_rate(one, is_secured=False, policy=POLICY.rate).rate_bps
