"""How values are shown: money, rates, times, digests. One place, so that all pages agree."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from web.language import t

SHANGHAI = ZoneInfo("Asia/Shanghai")
MISSING = "—"
_TWO_NAMES = re.compile(r"^(.*[\u3400-\u9fff][^A-Za-z]*) ([A-Za-z][^\u3400-\u9fff]*)$")
_LONG_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{32,}")


def money(fen: int | None, currency: str = "CNY") -> str:
    """Show fen as yuan: 123456 → "¥1,234.56"; missing is a dash, never zero."""
    if fen is None:
        return MISSING
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    symbol = "¥" if currency == "CNY" else f"{currency} "
    return f"{sign}{symbol}{whole // 100:,}.{whole % 100:02d}"


def percent(bps: int | None) -> str:
    """Show basis points as per cent: 435 → "4.35%"."""
    if bps is None:
        return MISSING
    sign, whole = ("-" if bps < 0 else ""), abs(bps)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}%"


def moment(epoch_s: int | None) -> str:
    """Show a UTC epoch second in Beijing time: "2025-03-01 09:30:05"."""
    if epoch_s is None:
        return MISSING
    return datetime.fromtimestamp(epoch_s, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def day(epoch_s: int | None) -> str:
    """Show the Beijing date of a UTC epoch second: "2025-03-01"."""
    return moment(epoch_s)[:10]


def iso_moment(epoch_s: int) -> str:
    """Return the machine-readable time for ``<time datetime>`` (RFC 3339)."""
    return datetime.fromtimestamp(epoch_s, SHANGHAI).isoformat()


def short_digest(digest: str | None, ends: int = 6) -> str:
    """Show a digest, address or DID by its two ends: "9f86d0…b0f00a08"."""
    if not digest:
        return MISSING
    return digest if len(digest) <= 2 * ends + 4 else f"{digest[: ends + 2]}…{digest[-ends:]}"


def shorten_hex(text: str) -> str:
    """Shorten every long digest or address inside a text by its two ends."""
    return _LONG_HEX.sub(lambda found: short_digest(found[0]), text)


def own_language(name: str) -> str:
    """Show the half of "中文名 English name" that is in the page's language; others as they are."""
    found = _TWO_NAMES.match(name)
    return t(found[1], found[2]) if found else name


def count(number: int | None) -> str:
    """Show a whole number with thousands separators."""
    return MISSING if number is None else f"{number:,}"


def masked(text: object) -> str:
    """Show only the first and last character of something personal: "张*三"."""
    value = str(text)
    return "*" * len(value) if len(value) < 3 else value[0] + "*" * (len(value) - 2) + value[-1]


def init_app(app: Flask) -> None:
    """Register the filters for templates under their own names."""
    texts = (short_digest, shorten_hex, own_language, masked)
    for show in (money, percent, moment, day, iso_moment, count, *texts):
        app.jinja_env.filters[show.__name__] = show
