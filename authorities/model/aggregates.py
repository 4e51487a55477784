"""What the tax register computes from a ledger as of a date; missing is None, never zero.

All twelve-month figures cover the twelve whole months before ``as_of``. A ratio without a
denominator (nothing invoiced) does not exist, while a sum over no invoices is a known zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from authorities.model.ledger import Ledger

BPS = 10_000
SMALL_SCALE_RATE_MAX = 0.035  # a small-scale taxpayer invoices at 3 %


@dataclass(frozen=True)
class LedgerSummary:
    """The claims of an invoice-ledger credential that come from the invoices."""

    period_from: date
    period_to: date
    input_count: int
    output_count: int
    invoice_amount_12m_fen: int
    invoice_months_12m: int
    red_ratio_12m_bps: int | None
    void_ratio_12m_bps: int | None
    top5_customer_share_bps: int | None
    top5_supplier_share_bps: int | None
    last_invoice_date: date | None


@dataclass(frozen=True)
class VATSummary:
    """Twelve months of VAT: what was sold and what was paid."""

    period_from: date
    period_to: date
    sales_fen: int
    tax_paid_fen: int


def twelve_months(as_of: date) -> tuple[date, date]:
    """Return the first and last day of the twelve whole months before ``as_of``."""
    end = np.datetime64(as_of, "M")
    first, last = (end - 12).astype("datetime64[D]"), end.astype("datetime64[D]") - 1
    return first.item(), last.item()


def summarise_ledger(ledger: Ledger, as_of: date) -> LedgerSummary:
    """Return the aggregates of the invoices before ``as_of``.

    Amounts are gross. Red ratio: red-letter amount over blue amount, valid output. Void ratio:
    voided amount over all amounts, output, by absolute value. Shares: the five largest
    counterparties by gross amount over all with a positive amount.
    """
    first, last = twelve_months(as_of)
    year = ledger.between(np.datetime64(first), np.datetime64(last))
    sold = year.output.valid
    blue = int(sold.gross_fen[sold.gross_fen > 0].sum())
    red = -int(sold.gross_fen[sold.gross_fen < 0].sum())
    voided = int(np.abs(year.output.gross_fen[year.output.voided]).sum())
    issued = ledger.output.valid.date
    return LedgerSummary(
        period_from=_day(ledger.date.min()) if len(ledger) else first,
        period_to=last,
        input_count=len(ledger.input),
        output_count=len(ledger.output),
        invoice_amount_12m_fen=int(sold.gross_fen.sum()),
        invoice_months_12m=len(np.unique(sold.date.astype("datetime64[M]"))),
        red_ratio_12m_bps=_ratio_bps(red, blue),
        void_ratio_12m_bps=_ratio_bps(voided, int(np.abs(year.output.gross_fen).sum())),
        top5_customer_share_bps=_top5_share_bps(sold),
        top5_supplier_share_bps=_top5_share_bps(year.input.valid),
        last_invoice_date=_day(issued.max()) if len(issued) else None,
    )


def summarise_vat(ledger: Ledger, as_of: date) -> VATSummary:
    """Return net sales and VAT paid over twelve months.

    A general taxpayer pays, month by month, output less input VAT, carrying an excess of input
    forward from the first month of the ledger; a small-scale taxpayer pays its output VAT.
    """
    first, last = twelve_months(as_of)
    valid = ledger.valid
    year = valid.between(np.datetime64(first), np.datetime64(last))
    due = _monthly_vat(valid.output, as_of)
    if is_small_scale(ledger):
        paid = int(np.maximum(due[-12:], 0).sum())
    else:
        paid = _paid_with_carry(due - _monthly_vat(valid.input, as_of))
    return VATSummary(first, last, int(year.output.net_fen.sum()), paid)


def is_small_scale(ledger: Ledger) -> bool:
    """Say whether most of the net output was invoiced at a small-scale taxpayer's rate."""
    sold = ledger.output.valid
    net = sold.net_fen[sold.net_fen > 0]
    vat = sold.vat_fen[sold.net_fen > 0]
    low = int(net[vat <= net * SMALL_SCALE_RATE_MAX].sum())
    return low * 2 > int(net.sum())


def net_sales(ledger: Ledger, year: int) -> int:
    """Return the valid net output of a calendar year, in fen."""
    return _net_of_year(ledger.output, year)


def net_purchases(ledger: Ledger, year: int) -> int:
    """Return the valid net input of a calendar year, in fen."""
    return _net_of_year(ledger.input, year)


def _net_of_year(side: Ledger, year: int) -> int:
    first, last = np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-31")
    return int(side.valid.between(first, last).net_fen.sum())


def _monthly_vat(side: Ledger, as_of: date) -> NDArray[np.int64]:
    """Return VAT by month, from the first month of any ledger to the one before ``as_of``."""
    end = np.datetime64(as_of, "M")
    start = np.datetime64("2016-01", "M")
    months = (side.date.astype("datetime64[M]") - start).astype(np.int64)
    count = int((end - start).astype(np.int64))
    inside = (months >= 0) & (months < count)
    totals = np.zeros(count, dtype=np.int64)
    np.add.at(totals, months[inside], side.vat_fen[inside])
    return totals


def _paid_with_carry(due: NDArray[np.int64]) -> int:
    carry, paid = 0, 0
    for position, month in enumerate(due.tolist()):
        balance = month - carry
        carry = max(-balance, 0)
        if position >= len(due) - 12:
            paid += max(balance, 0)
    return paid


def _top5_share_bps(side: Ledger) -> int | None:
    names, places = np.unique(side.counterparty, return_inverse=True)
    totals = np.zeros(len(names), dtype=np.int64)
    np.add.at(totals, places, side.gross_fen)
    totals = np.sort(totals[totals > 0])[::-1]
    return _ratio_bps(int(totals[:5].sum()), int(totals.sum()))


def _ratio_bps(part: int, whole: int) -> int | None:
    return min(part * BPS // whole, BPS) if whole > 0 else None


def _day(value: np.datetime64) -> date:
    day: date = value.astype("datetime64[D]").item()
    return day
