"""The loan limit: the smallest of need, capacity, request and product maximum.

The working-capital need follows the annex of the working-capital-loan measures
(流动资金贷款管理办法): sales × (1 - margin) × (1 + growth) ÷ (360 ÷ cycle days), less own funds and
present short-term loans. Whole fen throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

from credit.model.arithmetic import BPS, clamp, divide_half_even, share_of
from credit.model.feature import Feature, Value
from credit.model.policy import LimitPolicy

DAYS_OF_YEAR = 360


@dataclass(frozen=True)
class Limit:
    """A limit with its parts; ``limit_fen`` is 0 where it stays below the product minimum.

    ``binding`` names the part that set it; ``assumed`` names inputs that policy had to supply.
    """

    limit_fen: int
    need_fen: int
    new_loan_fen: int
    capacity_fen: int
    requested_fen: int
    binding: str
    assumed: tuple[str, ...]


def loan_limit(features: tuple[Feature, ...], requested_fen: int, policy: LimitPolicy) -> Limit:
    """Return the limit for a request, clamped to the product and rounded down to its step."""
    values = {feature.name: feature.value for feature in features}
    turnover_fen = max(0, _number(values.get("turnover_12m_fen"), 0))
    need_fen = _need_fen(values, turnover_fen, policy)
    own_fen = _number(
        values.get("own_funds_fen"), share_of(need_fen, policy.own_funds_default_share_bps)
    )
    loans_fen = _number(values.get("short_term_loans_fen"), 0)
    parts = {
        "need": max(0, need_fen - own_fen - loans_fen),
        "capacity": share_of(turnover_fen, policy.turnover_share_bps),
        "request": requested_fen,
        "product_maximum": policy.maximum_fen,
    }
    binding = min(parts, key=lambda name: parts[name])
    rounded_fen = parts[binding] - parts[binding] % policy.step_fen
    return Limit(
        limit_fen=rounded_fen if rounded_fen >= policy.minimum_fen else 0,
        need_fen=need_fen,
        new_loan_fen=parts["need"],
        capacity_fen=parts["capacity"],
        requested_fen=requested_fen,
        binding=binding,
        assumed=_assumed(values),
    )


def _need_fen(values: dict[str, Value], turnover_fen: int, policy: LimitPolicy) -> int:
    margin_bps = clamp(
        _number(values.get("gross_margin_bps"), policy.margin_default_bps),
        policy.margin_min_bps,
        policy.margin_max_bps,
    )
    growth_bps = clamp(
        _number(values.get("turnover_growth_bps"), policy.growth_default_bps),
        policy.growth_min_bps,
        policy.growth_max_bps,
    )
    cycle_days = clamp(
        _number(values.get("working_cycle_days"), policy.cycle_days_default),
        policy.cycle_days_min,
        policy.cycle_days_max,
    )
    yearly = turnover_fen * (BPS - margin_bps) * (BPS + growth_bps)
    return divide_half_even(yearly * cycle_days, BPS * BPS * DAYS_OF_YEAR)


def _number(value: Value, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _assumed(values: dict[str, Value]) -> tuple[str, ...]:
    supplied = (
        "gross_margin_bps",
        "turnover_growth_bps",
        "working_cycle_days",
        "own_funds_fen",
        "short_term_loans_fen",
    )
    return tuple(name for name in supplied if values.get(name) is None)
