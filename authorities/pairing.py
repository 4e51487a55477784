"""Pair each enterprise that has invoices with one registered company.

The invoices are masked and the register knows no invoices, so the pairing is invented. It is
deterministic and unique, and keeps what both sides show:

1. Candidates: the code conforms, capital in yuan between 30,000 and 50 million, registered in 1992
   or later, in a Beijing district, neither a state giant nor a branch.
2. A candidate registered after the enterprise's first invoice is passed over.
3. Trade: the word in the masked name ("电器", "建筑", "物流") selects candidates whose name, else
   scope, is of the same trade; where the masked name tells no trade, those of no trade.
4. Size: the enterprise at quantile q of valid turnover within its trade takes the free candidate
   nearest to quantile q of registered capital; equal capitals are ordered by a hash of the code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from authorities.model.draw import Draw
from authorities.model.registration import Registration, is_conforming_uscc
from authorities.model.trade import trade_of

CAPITAL_MIN_FEN = 30_000 * 100
CAPITAL_MAX_FEN = 50_000_000 * 100
REGISTERED_FROM = date(1992, 1, 1)
_GIANT_WORDS = (
    "中国",
    "中华",
    "国家",
    "集团",
    "股份",
    "总公司",
    "分公司",
    "北京市",
    "研究院",
    "报社",
    "出版社",
    "》",
)
_LEGAL_FORMS = ("有限公司", "有限责任公司")


@dataclass(frozen=True)
class Source:
    """An enterprise of the invoice data: its code and masked name."""

    code: str
    masked_name: str


@dataclass(frozen=True)
class SourceFacts:
    """What the invoices of a source say of it: valid net output in fen, and the first date."""

    turnover_fen: int
    first_invoice: date


def pair(
    sources: Sequence[Source],
    facts: Mapping[str, SourceFacts],
    registrations: Iterable[Registration],
) -> dict[str, Registration]:
    """Return the registration of each source's code; no registration is used twice."""
    candidates = _by_trade(item for item in registrations if is_candidate(item))
    everyone = sorted((item for group in candidates.values() for item in group), key=_by_capital)
    groups: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        groups[trade_of(source.masked_name).code].append(source)
    taken: set[str] = set()
    paired: dict[str, Registration] = {}
    for trade_code in sorted(groups):
        pool = candidates.get(trade_code, [])
        for source, quantile in _quantiles(groups[trade_code], facts):
            first = facts[source.code].first_invoice
            chosen = _nearest_free(pool, quantile, taken, first)
            chosen = chosen or _nearest_free(everyone, quantile, taken, first)
            if chosen is None:
                raise ValueError(f"no registered company is left to pair with {source.code}")
            taken.add(chosen.uscc)
            paired[source.code] = chosen
    return paired


def is_candidate(registration: Registration) -> bool:
    """Say whether a registered company may stand for an enterprise of the invoice data."""
    capital = registration.capital
    return (
        registration.name.endswith(_LEGAL_FORMS)
        and not any(word in registration.name for word in _GIANT_WORDS)
        and capital is not None
        and capital.currency == "CNY"
        and CAPITAL_MIN_FEN <= capital.amount_fen <= CAPITAL_MAX_FEN
        and registration.registered_on >= REGISTERED_FROM
        and bool(registration.district and registration.scope)
        and is_conforming_uscc(registration.uscc)  # last, because it costs the most
    )


def _by_trade(registrations: Iterable[Registration]) -> dict[str, list[Registration]]:
    groups: dict[str, list[Registration]] = defaultdict(list)
    for registration in registrations:
        groups[trade_of(registration.name, registration.scope).code].append(registration)
    return {code: sorted(group, key=_by_capital) for code, group in groups.items()}


def _by_capital(registration: Registration) -> tuple[int, float, str]:
    amount = registration.capital.amount_fen if registration.capital else 0
    return amount, Draw(registration.uscc).share("pairing"), registration.uscc


def _quantiles(
    sources: list[Source], facts: Mapping[str, SourceFacts]
) -> Iterator[tuple[Source, float]]:
    ranked = sorted(sources, key=lambda source: (facts[source.code].turnover_fen, source.code))
    for rank, source in enumerate(ranked):
        yield source, (rank + 0.5) / len(ranked)


def _nearest_free(
    pool: Sequence[Registration], quantile: float, taken: set[str], first_invoice: date
) -> Registration | None:
    centre = int(quantile * len(pool))
    for distance in range(len(pool) + 1):
        for position in (centre - distance, centre + distance):
            if 0 <= position < len(pool) and _fits(pool[position], taken, first_invoice):
                return pool[position]
    return None


def _fits(registration: Registration, taken: set[str], first_invoice: date) -> bool:
    return registration.uscc not in taken and registration.registered_on < first_invoice
