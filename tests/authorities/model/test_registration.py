"""Codes and capital as the open register writes them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as uscc_rules

from authorities.model.registration import (
    Capital,
    is_conforming_uscc,
    make_uscc,
    parse_capital,
)


@pytest.mark.parametrize(
    ("text", "amount_fen", "currency"),
    [
        ("1,049,000(万元人民币)", 1_049_000 * 1_000_000, "CNY"),
        ("7,482,504.4000(万元人民币)", 7_482_504_400_000, "CNY"),
        ("50万人民币元", 50_000_000, "CNY"),
        ("0.9万人民币", 900_000, "CNY"),
        ("13,047.4000(万)", 13_047_400_000, "CNY"),
        ("1,250(万美元)", 1_250_000_000, "USD"),
        ("12(万元美元)", 12_000_000, "USD"),
        ("300,000(万日元)", 300_000_000_000, "JPY"),
        ("14,000(万德国马克)", 14_000_000_000, "DEM"),
    ],
)
def test_capital_is_read_with_its_unit(text: str, amount_fen: int, currency: str) -> None:
    assert parse_capital(text) == Capital(amount_fen, currency)


@pytest.mark.parametrize(
    "text", ["N/A", "", "万元", "abc(万元)", "12(万贝壳)", "１２(万元)", "-5(万)"]
)
def test_unreadable_capital_is_missing_not_zero(text: str) -> None:
    assert parse_capital(text) is None


@given(st.sampled_from(["110108", "990000"]), st.text(uscc_rules._alphabet, min_size=8, max_size=8))
def test_made_codes_conform(division: str, organisation: str) -> None:
    assert is_conforming_uscc(make_uscc(division, organisation))


def test_a_real_code_is_rebuilt_from_its_parts() -> None:
    assert make_uscc("100000", "10000520") == "91100000100005204H"


@pytest.mark.parametrize(
    "code",
    [
        "91100000100005204J",  # check character
        "91100000100005204h",  # lower case
        "9110 0000100005204H",
        "911000001000052",  # the old 15 digits
        "12100000100005204H",
        "",
    ],
)
def test_other_codes_do_not_conform(code: str) -> None:
    assert not is_conforming_uscc(code)


def test_published_nonconforming_codes_do_not_conform(open_data: Path) -> None:
    path = open_data / "cn_enterprise_registration" / "nonconforming_codes.csv"
    with path.open(encoding="utf-8") as file:
        codes = [row[0] for row in csv.reader(file)][1:]
    assert codes
    assert not any(map(is_conforming_uscc, codes))
