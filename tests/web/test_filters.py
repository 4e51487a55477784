"""How values are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import filters


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "¥0.00"), (5, "¥0.05"), (123456, "¥1,234.56"), (-5, "-¥0.05"), (None, "—")],
)
def test_money(fen: int | None, text: str) -> None:
    assert filters.money(fen) == text


def test_money_in_another_currency() -> None:
    assert filters.money(100, "USD") == "USD 1.00"


@given(st.integers(-(10**17), 10**17))
def test_money_loses_no_fen(fen: int) -> None:
    digits = filters.money(fen).translate(str.maketrans("", "", "¥,."))
    assert int(digits) == fen


@pytest.mark.parametrize(
    ("bps", "text"), [(435, "4.35%"), (0, "0.00%"), (-5, "-0.05%"), (None, "—")]
)
def test_percent(bps: int | None, text: str) -> None:
    assert filters.percent(bps) == text


def test_times_are_shown_in_shanghai() -> None:
    assert filters.moment(1_740_787_200) == "2025-03-01 08:00:00"
    assert filters.day(1_740_758_400) == "2025-03-01"
    assert filters.iso_moment(1_740_787_200) == "2025-03-01T08:00:00+08:00"
    assert filters.moment(None) == "—"


def test_digests_are_shown_by_their_ends() -> None:
    assert filters.short_digest("9f86d081884c7d659a2feaa0c55ad015") == "9f86d081…5ad015"
    assert filters.short_digest("0x1234") == "0x1234"
    assert filters.short_digest(None) == "—"


@given(st.text(min_size=1))
def test_masking_keeps_the_length_and_hides_the_middle(text: str) -> None:
    shown = filters.masked(text)
    assert len(shown) == len(text)
    assert set(shown[1:-1]) <= {"*"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("账户专员(模拟) Account desk (simulated)", "账户专员(模拟)"),
        ("北京拟安达餐饮管理有限公司", "北京拟安达餐饮管理有限公司"),
        ("Qilian Ltd.", "Qilian Ltd."),
        ("企业 A 部", "企业 A 部"),
        ("", ""),
    ],
)
def test_a_name_in_two_languages_is_shown_in_one(name: str, text: str) -> None:
    assert filters.own_language(name) == text
