"""The yearly rate: funding, expected loss, operating cost and margin, within a range."""

from __future__ import annotations

from dataclasses import dataclass

from credit.model.arithmetic import BPS, clamp, divide_half_even
from credit.model.policy import RatePolicy


@dataclass(frozen=True)
class Rate:
    """A yearly rate with its parts, all in basis points; ``full_cost_bps`` is before the range."""

    rate_bps: int
    full_cost_bps: int
    expected_loss_bps: int
    pd_bps: int
    lgd_bps: int


def loan_rate(pd_bps: int, *, is_secured: bool, policy: RatePolicy) -> Rate:
    """Return the rate for a probability of default.

    The expected loss is spread over those who pay: PD × LGD ÷ (1 - PD).

    Args:
        pd_bps: one-year probability of default, 0 to 9,999 basis points.
        is_secured: whether a receivable of the applicant secures the loan.
    """
    lgd_bps = policy.lgd_receivable_bps if is_secured else policy.lgd_unsecured_bps
    loss_bps = divide_half_even(pd_bps * lgd_bps, BPS - pd_bps)
    full_cost_bps = (
        policy.funding_cost_bps + loss_bps + policy.operating_cost_bps + policy.capital_margin_bps
    )
    return Rate(
        rate_bps=clamp(full_cost_bps, policy.minimum_bps, policy.maximum_bps),
        full_cost_bps=full_cost_bps,
        expected_loss_bps=loss_bps,
        pd_bps=pd_bps,
        lgd_bps=lgd_bps,
    )
