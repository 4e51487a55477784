"""Who owns and who controls, from the registered shareholders.

Only direct shareholders are known here, so a company shareholder is the end of a path; the
25 % rule is that of 受益所有人信息管理办法 (2024): a natural person with a quarter of the shares
or more is a beneficial owner; where there is none, the person in charge of management is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUARTER_BPS = 2_500
HALF_BPS = 5_000
EXEMPT_CAPITAL_FEN_MAX = 10_000_000 * 100


@dataclass(frozen=True, slots=True)
class Owner:
    """A beneficial owner; what is not known is None."""

    name: str
    standard: str
    share_bps: int | None = None
    nationality: str | None = None
    id_type: str | None = None
    id_code: str | None = None
    start_date: str | None = None


Shareholder = Mapping[str, Any]


def controller_of(shareholders: Sequence[Shareholder]) -> Shareholder | None:
    """Return the largest shareholder; None when the largest is not alone or holds too little.

    A holder of half or more controls; otherwise the largest does from a quarter up, as the
    register has no voting agreements.
    """
    ranked = sorted(shareholders, key=lambda s: -int(s["share_bps"]))
    if not ranked or int(ranked[0]["share_bps"]) < QUARTER_BPS:
        return None
    if len(ranked) > 1 and ranked[0]["share_bps"] == ranked[1]["share_bps"]:
        return None
    return ranked[0]


def owners_by_shares(shareholders: Sequence[Shareholder]) -> list[Owner]:
    """Return the natural persons with a quarter of the shares or more, largest first."""
    persons = [s for s in shareholders if s["kind"] == "person"]
    found = [s for s in persons if int(s["share_bps"]) >= QUARTER_BPS]
    return [
        Owner(s["name"], "standard_1", s["share_bps"], None, s.get("id_type"), s.get("id_code"))
        for s in sorted(found, key=lambda s: (-int(s["share_bps"]), s["name"]))
    ]


def may_commit_to_exemption(
    capital_fen: int, currency: str, shareholders: Sequence[Shareholder]
) -> bool:
    """Say whether filing may be replaced by a commitment.

    Capital up to CNY 10 million and natural persons only; that nobody else controls the
    enterprise is for the enterprise to confirm.
    """
    small = currency == "CNY" and capital_fen <= EXEMPT_CAPITAL_FEN_MAX
    return small and all(s["kind"] == "person" for s in shareholders)


def path_text(owner: str, share_bps: int | None, company: str) -> str:
    """Return how an owner reaches the company: `张明 → 60.00% → 某公司`."""
    share = f" → {share_bps // 100}.{share_bps % 100:02d}%" if share_bps is not None else ""
    return f"{owner}{share} → {company}"
