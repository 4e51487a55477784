"""A company's registration, and how the open register writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stdnum.cn import uscc as uscc_rules

MISSING = "N/A"

# An amount in ten thousands, then a currency: "1,049,000(万元人民币)", "50万人民币元", "9(万美元)".
_CAPITAL = re.compile(r"^(?P<amount>[0-9][0-9,]*(?:\.[0-9]+)?)\(?万元?(?P<unit>[^0-9()]*)\)?$")
_CURRENCIES = {
    "": "CNY",
    "人民币": "CNY",
    "人民币元": "CNY",
    "美元": "USD",
    "香港元": "HKD",
    "港元": "HKD",
    "日元": "JPY",
    "欧元": "EUR",
    "英镑": "GBP",
    "德国马克": "DEM",
}


@dataclass(frozen=True)
class Capital:
    """Registered capital in hundredths of the currency's unit (fen for CNY)."""

    amount_fen: int
    currency: str


@dataclass(frozen=True)
class Registration:
    """One company as registered; what the register does not say is None."""

    uscc: str
    name: str
    registered_on: date
    capital: Capital | None
    scope: str
    district: str
    address: str


def is_conforming_uscc(text: str) -> bool:
    """Say whether the text is a company's code as GB 32100-2015 writes it, check character too.

    Stricter than python-stdnum, which takes spaces, hyphens and lower case for the same code.
    """
    return text == uscc_rules.compact(text) and text[:2] == "91" and uscc_rules.is_valid(text)


def make_uscc(division: str, organisation: str) -> str:
    """Return the company code of a division (6 digits) and an organisation body (8 characters).

    Both check characters are computed: GB 11714-1997 for the organisation code, GB 32100-2015
    for the whole.
    """
    weighted = zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    check = (11 - sum(int(char, 36) * weight for char, weight in weighted) % 11) % 11
    body = f"91{division}{organisation}{'X' if check == 10 else check}"
    return body + uscc_rules.calc_check_digit(body)


def parse_capital(text: str) -> Capital | None:
    """Return the capital of the register's text; None where it is missing or unreadable."""
    match = _CAPITAL.match(text.strip())
    if match is None or match["unit"] not in _CURRENCIES:
        return None
    amount = Decimal(match["amount"].replace(",", ""))
    return Capital(int((amount * 1_000_000).to_integral_value()), _CURRENCIES[match["unit"]])
