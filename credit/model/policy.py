"""The lending policy: knock-outs before points, and the parameters of limit and rate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from credit.errors import ScorecardMalformed
from credit.model.feature import Feature, Value
from credit.model.scorecard import ReasonText


class Comparison(StrEnum):
    """When a knock-out strikes."""

    IS_MISSING = "is_missing"
    BELOW = "below"
    ABOVE = "above"
    EQUALS = "equals"


@dataclass(frozen=True)
class KnockOut:
    """A fact that declines an application whatever its points.

    Only ``is_missing`` strikes on a missing value: not knowing is not the same as failing.
    """

    feature: str
    comparison: Comparison
    bound: Value
    reason: ReasonText

    def strikes(self, value: Value) -> bool:
        """Say whether the value declines the application."""
        if self.comparison is Comparison.IS_MISSING or value is None:
            return self.comparison is Comparison.IS_MISSING and value is None
        if self.comparison is Comparison.EQUALS:
            return value == self.bound
        if not isinstance(value, int) or not isinstance(self.bound, int):
            raise ScorecardMalformed(f"knock-out on {self.feature} compares what is not a number")
        return value < self.bound if self.comparison is Comparison.BELOW else value > self.bound


@dataclass(frozen=True)
class LimitPolicy:
    """Parameters of the limit; amounts in fen, shares in basis points, cycles in days."""

    minimum_fen: int
    maximum_fen: int
    step_fen: int
    cycle_days_default: int
    cycle_days_min: int
    cycle_days_max: int
    growth_default_bps: int
    growth_min_bps: int
    growth_max_bps: int
    margin_default_bps: int
    margin_min_bps: int
    margin_max_bps: int
    own_funds_default_share_bps: int
    turnover_share_bps: int


@dataclass(frozen=True)
class RatePolicy:
    """Parameters of the yearly rate, all in basis points."""

    minimum_bps: int
    maximum_bps: int
    funding_cost_bps: int
    operating_cost_bps: int
    capital_margin_bps: int
    lgd_unsecured_bps: int
    lgd_receivable_bps: int


@dataclass(frozen=True)
class Policy:
    """A versioned lending policy; ``sha256`` is the digest of the file it was read from."""

    id: str
    version: str
    sha256: str
    scorecard_id: str
    term_months_max: int
    evidence_age_days_max: int
    revenue_deviation_warning_bps: int
    knock_outs: tuple[KnockOut, ...]
    limit: LimitPolicy
    rate: RatePolicy


def knocked_out(
    features: tuple[Feature, ...], policy: Policy
) -> tuple[tuple[KnockOut, Value], ...]:
    """Return the knock-outs that strike, in the policy's order, with the values that struck."""
    values = {feature.name: feature.value for feature in features}
    return tuple(
        (rule, values.get(rule.feature))
        for rule in policy.knock_outs
        if rule.strikes(values.get(rule.feature))
    )
