"""Ledger features against closed forms on hand-made ledgers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.errors import LedgerMalformed
from credit.model.feature_catalogue import LEDGER_FEATURES
from credit.model.ledger import InvoiceLedger, invoice_ledger
from credit.model.ledger_features import ledger_features
from tests.credit.factories import CUT, columns, ledger, purchase, sale, steady_rows


def test_steady_seller_has_the_closed_form_features() -> None:
    found = ledger_features(ledger(*steady_rows(1_200_000)), CUT)
    assert found["turnover_12m_fen"] == 12 * 1_200_000
    assert found["purchases_12m_fen"] == 12 * 840_000
    assert found["turnover_growth_bps"] == 0
    assert found["half_year_ratio_bps"] == 10_000
    assert found["gross_margin_bps"] == 3_000
    assert found["invoice_months_12m"] == 12
    assert found["invoice_count_12m"] == 144
    assert found["customers_12m"] == found["suppliers_12m"] == 12
    assert found["top1_customer_share_bps"] == 833
    assert found["top5_customer_share_bps"] == 4_167
    assert found["kept_customer_share_bps"] == 10_000
    assert found["volatility_bps"] == 0
    assert found["void_ratio_bps"] == found["refund_ratio_bps"] == 0
    assert found["longest_gap_days"] == 9  # from the 24th to the 2nd of the next long month
    assert found["days_since_last_invoice"] == 7
    assert found["ledger_months"] == 37


def test_every_catalogued_ledger_feature_is_measured() -> None:
    found = ledger_features(ledger(sale("2020-01-02", 100)), CUT)
    assert set(found) == {spec.name for spec in LEDGER_FEATURES}


def test_voided_invoices_count_only_in_the_void_ratio() -> None:
    found = ledger_features(
        ledger(sale("2020-01-02", 3_000), sale("2020-01-03", 1_000, voided=True)), CUT
    )
    assert found["turnover_12m_fen"] == 3_000
    assert found["invoice_count_12m"] == 1
    assert found["void_ratio_bps"] == 2_500


def test_refunds_are_summed_not_dropped() -> None:
    found = ledger_features(ledger(sale("2020-01-02", 4_000), sale("2020-01-03", -1_000)), CUT)
    assert found["turnover_12m_fen"] == 3_000
    assert found["refund_ratio_bps"] == 2_500


def test_all_sales_in_one_month_have_the_largest_variation() -> None:
    found = ledger_features(ledger(sale("2019-06-05", 12_000)), CUT)
    assert found["volatility_bps"] == 33_166  # sqrt(11)


def test_missing_is_not_zero() -> None:
    found = ledger_features(ledger(purchase("2020-01-05", 500)), CUT)
    assert found["turnover_12m_fen"] == 0  # the ledger is known, and holds no sales
    for name in ("gross_margin_bps", "longest_gap_days", "days_since_last_invoice"):
        assert found[name] is None
    assert found["turnover_growth_bps"] is None  # less than two years of history


def test_growth_and_kept_customers_need_two_years_of_history() -> None:
    rows = [
        sale("2018-02-10", 1_000, "old"),
        sale("2019-03-01", 1_500, "old"),
        sale("2019-04-01", 500),
    ]
    found = ledger_features(ledger(*rows), CUT)
    assert found["turnover_growth_bps"] == 10_000
    assert found["kept_customer_share_bps"] == 7_500


def test_an_empty_ledger_is_measured() -> None:
    found = ledger_features(ledger(), CUT)
    assert found["turnover_12m_fen"] == found["ledger_months"] == 0
    assert found["void_ratio_bps"] is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["output", "input"]),
            st.dates(date(2017, 1, 1), date(2021, 12, 31)).map(date.isoformat),
            st.sampled_from(["A", "B", "C"]),
            st.integers(-(10**10), 10**12),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_no_invoice_later_than_the_cut_changes_anything(
    rows: list[tuple[str, str, str, int, bool]],
) -> None:
    early = [row for row in rows if row[1] <= CUT.isoformat()]
    assert ledger_features(ledger(*rows), CUT) == ledger_features(ledger(*early), CUT)


@given(st.permutations(range(24)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    rows = steady_rows()[-24:]
    shuffled = ledger(*[rows[place] for place in order])
    assert ledger_features(shuffled, CUT) == ledger_features(ledger(*rows), CUT)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"voided": None}, "no column voided"),
        ({"date": ["2020-01-02", "2020-01-03"]}, "different lengths"),
        ({"date": ["2020-13-02"]}, "wrong kind"),
        ({"side": ["sideways"]}, "side must be"),
        ({"net_fen": [10.5]}, "whole fen"),
        ({"voided": ["0"]}, "true or false"),
    ],
)
def test_a_malformed_ledger_is_refused(change: dict[str, object], says: str) -> None:
    broken = columns([sale("2020-01-02", 100)]) | change
    kept = {name: column for name, column in broken.items() if column is not None}
    with pytest.raises(LedgerMalformed, match=says):
        invoice_ledger("0" * 64, kept)


def test_a_cut_ledger_keeps_its_digest() -> None:
    whole: InvoiceLedger = ledger(sale("2020-01-02", 100), sale("2020-03-02", 100))
    assert len(whole.until(CUT).day) == 1
    assert whole.until(CUT).digest == whole.digest
