"""Features measured on the invoice ledger up to a cut date.

Voided invoices count only in the void ratio. Refund invoices are negative and stay in the sums.
Amounts are net of VAT, so that a change of the VAT rate does not look like growth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isqrt

import numpy as np

from credit.model.arithmetic import BPS, RATIO_BOUND_BPS, divide_half_even, ratio_bps
from credit.model.feature import Value
from credit.model.ledger import Codes, Days, Fen, Flags, InvoiceLedger


@dataclass(frozen=True)
class _Side:
    """The valid invoices of one direction: ``age`` is whole calendar months before the cut."""

    day: Days
    age: Codes
    counterparty: Codes
    net_fen: Fen

    def months(self, first: int, last: int) -> _Side:
        """Return the invoices whose age is in ``first..last`` (0 = the month of the cut)."""
        kept = (self.age >= first) & (self.age <= last)
        return _Side(self.day[kept], self.age[kept], self.counterparty[kept], self.net_fen[kept])

    @property
    def total_fen(self) -> int:
        return int(self.net_fen.sum())


def ledger_features(ledger: InvoiceLedger, cut: date) -> dict[str, Value]:
    """Return every ledger feature as of the cut; nothing dated later is looked at."""
    seen = ledger.until(cut)
    age = _age_months(seen.day, cut)
    sales = _side(seen, age, seen.is_output & ~seen.voided)
    purchases = _side(seen, age, ~seen.is_output & ~seen.voided)
    year, year_before = sales.months(0, 11), sales.months(12, 23)
    history = int(age.max()) + 1 if len(age) else 0
    bought = purchases.months(0, 11)
    return {
        "turnover_12m_fen": year.total_fen,
        "purchases_12m_fen": bought.total_fen,
        "turnover_growth_bps": _growth(year, year_before) if history >= 24 else None,
        "half_year_ratio_bps": _half_years(sales) if history >= 12 else None,
        "gross_margin_bps": ratio_bps(year.total_fen - bought.total_fen, year.total_fen),
        "invoice_months_12m": len(np.unique(year.age[year.net_fen > 0])),
        "invoice_count_12m": len(year.net_fen),
        "longest_gap_days": _longest_gap(year.day),
        "days_since_last_invoice": _days_since_last(sales.day, cut),
        "void_ratio_bps": _void_ratio(seen, age),
        "refund_ratio_bps": _refund_ratio(year),
        "top1_customer_share_bps": _top_share(year, 1),
        "top5_customer_share_bps": _top_share(year, 5),
        "top5_supplier_share_bps": _top_share(bought, 5),
        "customers_12m": len(np.unique(year.counterparty)),
        "suppliers_12m": len(np.unique(bought.counterparty)),
        "kept_customer_share_bps": _kept_share(year, year_before) if history >= 24 else None,
        "volatility_bps": _volatility(year),
        "ledger_months": history,
    }


def _side(ledger: InvoiceLedger, age: Codes, kept: Flags) -> _Side:
    return _Side(ledger.day[kept], age[kept], ledger.counterparty[kept], ledger.net_fen[kept])


def _age_months(day: Days, cut: date) -> Codes:
    months = day.astype("datetime64[M]").astype(np.int64)
    return np.asarray((cut.year - 1970) * 12 + cut.month - 1 - months, dtype=np.int64)


def _growth(year: _Side, before: _Side) -> int | None:
    return ratio_bps(year.total_fen - before.total_fen, before.total_fen)


def _half_years(sales: _Side) -> int | None:
    return ratio_bps(sales.months(0, 5).total_fen, sales.months(6, 11).total_fen)


def _longest_gap(day: Days) -> int | None:
    if len(day) < 2:
        return None
    return int(np.diff(np.sort(day)).max().astype(np.int64))


def _days_since_last(day: Days, cut: date) -> int | None:
    if not len(day):
        return None
    return int((np.datetime64(cut, "D") - day.max()).astype(np.int64))


def _void_ratio(ledger: InvoiceLedger, age: Codes) -> int | None:
    kept = ledger.is_output & (age <= 11)
    amounts = np.abs(ledger.gross_fen[kept])
    return ratio_bps(int(amounts[ledger.voided[kept]].sum()), int(amounts.sum()))


def _refund_ratio(year: _Side) -> int | None:
    refunded = -int(year.net_fen[year.net_fen < 0].sum())
    return ratio_bps(refunded, int(year.net_fen[year.net_fen > 0].sum()))


def _top_share(side: _Side, count: int) -> int | None:
    """Return the share of the largest counterparties in all positive counterparty totals."""
    totals = _by_counterparty(side)
    return ratio_bps(int(totals[-count:].sum()), int(totals.sum()))


def _by_counterparty(side: _Side) -> Fen:
    _, position = np.unique(side.counterparty, return_inverse=True)
    totals = np.zeros(int(position.max()) + 1 if len(position) else 0, np.int64)
    np.add.at(totals, position, side.net_fen)
    return np.sort(totals[totals > 0])


def _kept_share(year: _Side, before: _Side) -> int | None:
    kept = np.isin(year.counterparty, np.unique(before.counterparty))
    return ratio_bps(int(year.net_fen[kept].sum()), year.total_fen)


def _volatility(year: _Side) -> int | None:
    """Return the coefficient of variation of twelve monthly totals, by exact integer root."""
    total = year.total_fen
    if total <= 0:
        return None
    monthly = [int(year.net_fen[year.age == age].sum()) for age in range(12)]
    # cv = sqrt(12 * sum(m^2) - total^2) / total; the root is taken in whole fen
    spread = isqrt(12 * sum(amount * amount for amount in monthly) - total * total)
    return min(RATIO_BOUND_BPS, divide_half_even(spread * BPS, total))
