"""Exact integer arithmetic for money and ratios; floats never touch either."""

from __future__ import annotations

BPS = 10_000
RATIO_BOUND_BPS = 10_000_000
"""Ratios saturate at ±1,000 times: beyond that a ratio says only that its base is tiny."""


def divide_half_even(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half to even; the denominator is positive."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        return quotient + 1
    return quotient


def ratio_bps(numerator: int, denominator: int) -> int | None:
    """Return the ratio in basis points, or None where the denominator is not positive.

    The result saturates at ±``RATIO_BOUND_BPS``.
    """
    if denominator <= 0:
        return None
    value = divide_half_even(numerator * BPS, denominator)
    return max(-RATIO_BOUND_BPS, min(RATIO_BOUND_BPS, value))


def share_of(amount_fen: int, share_bps: int) -> int:
    """Return a share of an amount, in fen, rounded half to even."""
    return divide_half_even(amount_fen * share_bps, BPS)


def clamp(value: int, low: int, high: int) -> int:
    """Return the value moved into ``low..high``."""
    return max(low, min(high, value))
