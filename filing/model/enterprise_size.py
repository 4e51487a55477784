"""The statistical size classes of enterprises.

Thresholds of 统计上大中小微型企业划分办法（2017）, simplified: employees and revenue only (the
asset thresholds of construction, real estate and leasing are left out), industries by the
first two digits of GB/T 4754. An enterprise is in a class when it reaches every threshold
of it; revenue in ten thousand yuan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RULE_SOURCE = "统计上大中小微型企业划分办法（2017），简化"
FEN_PER_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What large, medium and small take; None where the measure does not count."""

    employees: tuple[int, int, int] | None
    revenue_wan: tuple[int, int, int] | None


_OTHER = Thresholds((300, 100, 10), None)
_BY_DIVISION: tuple[tuple[range, Thresholds], ...] = (
    (range(1, 6), Thresholds(None, (20_000, 500, 50))),
    (range(6, 47), Thresholds((1000, 300, 20), (40_000, 2_000, 300))),
    (range(47, 51), Thresholds(None, (80_000, 6_000, 300))),
    (range(51, 52), Thresholds((200, 20, 5), (40_000, 5_000, 1_000))),
    (range(52, 53), Thresholds((300, 50, 10), (20_000, 500, 100))),
    (range(53, 59), Thresholds((1000, 300, 20), (30_000, 3_000, 200))),
    (range(59, 60), Thresholds((200, 100, 20), (30_000, 1_000, 100))),
    (range(60, 61), Thresholds((1000, 300, 20), (30_000, 2_000, 100))),
    (range(61, 63), Thresholds((300, 100, 10), (10_000, 2_000, 100))),
    (range(63, 65), Thresholds((2000, 100, 10), (100_000, 1_000, 100))),
    (range(65, 66), Thresholds((300, 100, 10), (10_000, 1_000, 50))),
    (range(70, 71), Thresholds(None, (200_000, 1_000, 100))),
)
_CLASSES = ("large", "medium", "small")


def thresholds_of(industry_code: str) -> Thresholds:
    """Return the thresholds of a GB/T 4754 code such as `I65` or `6510`."""
    digits = re.search(r"[0-9]{2}", industry_code)
    division = int(digits.group()) if digits else 0
    return next((limits for span, limits in _BY_DIVISION if division in span), _OTHER)


def size_class(industry_code: str, employees: int | None, revenue_fen: int | None) -> str | None:
    """Return large, medium, small or micro; None where a measure that counts is not known."""
    limits = thresholds_of(industry_code)
    measures = []
    if limits.employees is not None:
        measures.append((limits.employees, employees))
    if limits.revenue_wan is not None:
        in_wan = None if revenue_fen is None else revenue_fen // FEN_PER_WAN
        measures.append((limits.revenue_wan, in_wan))
    if any(value is None for _, value in measures):
        return None
    for rank, name in enumerate(_CLASSES):
        if all(value is not None and value >= steps[rank] for steps, value in measures):
            return name
    return "micro"
