"""Made-up invoice ledgers in the form of the real ones.

Shape, after the real data: 2016-10-04 to 2020-02-21; 200 to 4,000 invoices; months that differ by
season and trend; 4 to 9 % voided; 1 to 3 % red-letter invoices that reverse an earlier one; a
power law over counterparties; VAT rates that change on 2018-05-01 and 2019-04-01.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from authorities.model.draw import Draw
from authorities.model.ledger import INPUT, OUTPUT, Column, Ledger, ledger_of
from authorities.model.registration import Registration
from authorities.model.trade import trade_of

FIRST_DAY = np.datetime64("2016-10-04")
LAST_DAY = np.datetime64("2020-02-21")
INVOICES_MIN, INVOICES_MAX = 200, 4_000
_SMALL_SCALE_BPS = 1_500
_CEASED_BPS = 500
_CHANGES = (np.datetime64("2018-05-01"), np.datetime64("2019-04-01"))
_RATES_PERCENT = {"goods": (17, 16, 13), "building": (11, 10, 9), "services": (6, 6, 6)}
_SMALL_SCALE_PERCENT = (3, 3, 3)
# Relative turnover January to December: the new year pause, the year-end rush.
_SEASON = np.array([0.9, 0.45, 0.9, 0.95, 1.0, 1.1, 1.0, 1.0, 1.1, 1.0, 1.1, 1.5])


def generated_ledger(registration: Registration) -> Ledger:
    """Return the ledger of a made-up company, the same one on every call."""
    draw = Draw(registration.uscc)
    seed = int(draw.share("ledger seed") * 2**48)
    random = np.random.Generator(np.random.PCG64(seed))
    total = int(INVOICES_MIN * (INVOICES_MAX / INVOICES_MIN) ** draw.share("invoices"))
    sold = max(80, int(total * random.uniform(0.35, 0.65)))
    rates = _output_rates(registration, draw)
    monthly_yuan = _monthly_turnover_yuan(registration, draw)
    turnover = monthly_yuan * 41
    days = _active_days(draw)
    output = _side(random, OUTPUT, sold, turnover, rates, days)
    bought = turnover * random.uniform(0.5, 0.95)
    input_ = _side(random, INPUT, total - sold, bought, _RATES_PERCENT["goods"], days)
    return ledger_of({name: np.concatenate([input_[name], output[name]]) for name in input_})


def _output_rates(registration: Registration, draw: Draw) -> tuple[int, int, int]:
    if draw.chance("small scale", _SMALL_SCALE_BPS):
        return _SMALL_SCALE_PERCENT
    return _RATES_PERCENT[trade_of(registration.name, registration.scope).vat]


def _monthly_turnover_yuan(registration: Registration, draw: Draw) -> float:
    """Return a month's turnover: grows with the square root of capital, spread tenfold."""
    capital = registration.capital.amount_fen / 100 if registration.capital else 500_000
    base: float = 400 * capital**0.5 * 10 ** (draw.share("size") * 1.6 - 0.6)
    return base


def _active_days(draw: Draw) -> tuple[Column, NDArray[np.float64]]:
    """Return the days a company invoices on and their weights: start, trend, season, end."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    months = days.astype("datetime64[M]").astype(int)
    age = np.linspace(0.0, 1.0, len(days))
    weights = _SEASON[months % 12] * (1 + (draw.share("trend") * 1.6 - 0.6) * age)
    weekend = (days.astype(int) + 3) % 7 >= 5
    weights[weekend] *= 0.15
    weights[: int(draw.share("start") ** 3 * 500)] = 0
    if draw.chance("ceased", _CEASED_BPS):
        weights[-draw.between("ceased days", 90, 420) :] = 0
    return days, weights / weights.sum()


def _side(
    random: np.random.Generator,
    side: str,
    count: int,
    turnover_yuan: float,
    rates: tuple[int, ...],
    days: tuple[Column, NDArray[np.float64]],
) -> dict[str, Column]:
    dates = np.sort(random.choice(days[0], size=count, p=days[1]))
    sizes = random.lognormal(0.0, 1.1, size=count)
    net = np.rint(sizes / sizes.sum() * turnover_yuan * 100).astype(np.int64)
    net = np.clip(net, 500, 11_700_000_000)
    net, dates, reverses = _with_reversals(random, net, dates)
    percent = np.array(rates)[np.searchsorted(np.array(_CHANGES), dates, side="right")]
    vat = np.rint(net * percent / 100).astype(np.int64)
    buyers = _counterparties(random, len(net), "B" if side == OUTPUT else "S")
    buyers[reverses >= 0] = buyers[reverses[reverses >= 0]]
    voided = random.random(len(net)) < random.uniform(0.04, 0.09)
    return {
        "side": np.full(len(net), side),
        "invoice_no": _numbers(random, len(net), consecutive=side == OUTPUT),
        "date": dates,
        "counterparty": buyers,
        "net_fen": net,
        "vat_fen": vat,
        "gross_fen": net + vat,
        "voided": voided & (net > 0),
    }


def _with_reversals(
    random: np.random.Generator, net: NDArray[np.int64], dates: Column
) -> tuple[NDArray[np.int64], Column, NDArray[np.int64]]:
    """Append red-letter invoices; the third result says which row each one reverses, else -1."""
    count = int(len(net) * random.uniform(0.01, 0.03))
    rows = np.sort(random.choice(len(net), size=count, replace=False))
    later = np.minimum(dates[rows] + random.integers(1, 45, size=count), LAST_DAY)
    origin = np.concatenate([np.full(len(net), -1), rows])
    return np.concatenate([net, -net[rows]]), np.concatenate([dates, later]), origin


def _counterparties(random: np.random.Generator, count: int, letter: str) -> Column:
    """Return counterparties by a power law (Zipf) over a number that grows with the invoices."""
    known = max(5, int(count**0.6))
    weights = 1 / np.arange(1, known + 1) ** random.uniform(0.8, 1.4)
    codes = random.choice(99_999, size=known, replace=False)
    names = np.array([f"{letter}{code:05d}" for code in codes.tolist()])
    return names[random.choice(known, size=count, p=weights / weights.sum())]


def _numbers(random: np.random.Generator, count: int, *, consecutive: bool) -> Column:
    """Return eight-digit numbers: books are consecutive for the issuer, scattered for the buyer."""
    if consecutive:
        first = int(random.integers(1_000_000, 90_000_000))
        numbers = first + np.cumsum(random.integers(1, 3, size=count))
    else:
        numbers = random.integers(1_000_000, 99_999_999, size=count)
    return np.char.zfill(numbers.astype(np.str_), 8)
