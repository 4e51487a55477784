"""Twelve-month figures: computed from the invoices, missing where nothing was invoiced."""

from __future__ import annotations

from datetime import date

import pytest

from authorities.model.aggregates import (
    is_small_scale,
    net_sales,
    summarise_ledger,
    summarise_vat,
    twelve_months,
)
from authorities.model.ledger import Ledger, ledger_of

AS_OF = date(2020, 3, 1)


def _ledger(*rows: tuple[str, str, str, int, int, bool]) -> Ledger:
    """Rows of side, date, counterparty, net, VAT, voided."""
    return ledger_of(
        {
            "side": [row[0] for row in rows],
            "invoice_no": [str(number) for number, _ in enumerate(rows)],
            "date": [row[1] for row in rows],
            "counterparty": [row[2] for row in rows],
            "net_fen": [row[3] for row in rows],
            "vat_fen": [row[4] for row in rows],
            "gross_fen": [row[3] + row[4] for row in rows],
            "voided": [row[5] for row in rows],
        }
    )


def test_twelve_months_are_whole_and_before_the_date() -> None:
    assert twelve_months(AS_OF) == (date(2019, 3, 1), date(2020, 2, 29))


def test_nothing_invoiced_is_a_known_zero_without_ratios() -> None:
    summary = summarise_ledger(_ledger(), AS_OF)
    assert summary.invoice_amount_12m_fen == 0
    assert summary.invoice_months_12m == 0
    assert summary.red_ratio_12m_bps is None
    assert summary.void_ratio_12m_bps is None
    assert summary.top5_customer_share_bps is None
    assert summary.last_invoice_date is None


def test_red_invoices_are_summed_and_voided_ones_are_not() -> None:
    ledger = _ledger(
        ("output", "2019-06-01", "B1", 10_000, 1_300, False),
        ("output", "2019-06-20", "B1", -2_000, -260, False),
        ("output", "2019-07-20", "B2", 5_000, 650, True),
        ("output", "2019-02-28", "B1", 90_000, 14_400, False),  # a day before the window
    )
    summary = summarise_ledger(ledger, AS_OF)
    assert summary.invoice_amount_12m_fen == 11_300 - 2_260
    assert summary.invoice_months_12m == 1
    assert summary.red_ratio_12m_bps == 2_000
    assert summary.void_ratio_12m_bps == 5_650 * 10_000 // (11_300 + 2_260 + 5_650)
    assert summary.last_invoice_date == date(2019, 6, 20)


def test_the_five_largest_counterparties_share() -> None:
    rows = [("output", "2019-06-01", f"B{n}", 100, 0, False) for n in range(10)]
    assert summarise_ledger(_ledger(*rows), AS_OF).top5_customer_share_bps == 5_000


def test_vat_carries_an_excess_of_input_forward() -> None:
    ledger = _ledger(
        ("input", "2019-01-10", "A1", 10_000, 1_000, False),
        ("output", "2019-05-10", "B1", 8_000, 800, False),
        ("output", "2019-06-10", "B1", 5_000, 500, False),
    )
    assert summarise_vat(ledger, AS_OF).tax_paid_fen == 300
    assert summarise_vat(ledger, AS_OF).sales_fen == 13_000


@pytest.mark.parametrize(("vat", "small"), [(300, True), (1_300, False)])
def test_the_rate_tells_a_small_scale_taxpayer(vat: int, small: bool) -> None:
    ledger = _ledger(("output", "2019-05-10", "B1", 10_000, vat, False))
    assert is_small_scale(ledger) is small


def test_a_small_scale_taxpayer_deducts_no_input() -> None:
    ledger = _ledger(
        ("input", "2019-05-10", "A1", 10_000, 1_300, False),
        ("output", "2019-05-10", "B1", 10_000, 300, False),
    )
    assert summarise_vat(ledger, AS_OF).tax_paid_fen == 300


def test_net_sales_of_a_calendar_year() -> None:
    ledger = _ledger(
        ("output", "2018-12-31", "B1", 1, 0, False),
        ("output", "2019-01-01", "B1", 10, 0, False),
        ("output", "2019-12-31", "B1", 100, 0, False),
        ("output", "2019-12-31", "B1", 1_000, 0, True),
    )
    assert net_sales(ledger, 2019) == 110
