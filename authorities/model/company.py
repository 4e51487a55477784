"""A company of the sandbox city: its registration, its invoices, and who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from authorities.model import aggregates
from authorities.model.draw import Draw
from authorities.model.ledger import Ledger
from authorities.model.person import Person, person
from authorities.model.registration import Registration
from authorities.model.trade import Trade, trade_of

CITY_DATE = date(2020, 3, 1)
EMPLOYEES_MAX = 2_000


@dataclass(frozen=True, eq=False)
class Company:
    """One company; ``source`` is the code of its invoices' source, such as "E17"."""

    registration: Registration
    ledger: Ledger
    source: str
    as_of: date = CITY_DATE

    @property
    def uscc(self) -> str:
        """The unified social credit code."""
        return self.registration.uscc

    @cached_property
    def draw(self) -> Draw:
        """The company's own draws."""
        return Draw(self.uscc)

    @cached_property
    def trade(self) -> Trade:
        """What the company does, by its name and then its scope."""
        return trade_of(self.registration.name, self.registration.scope)

    @cached_property
    def legal_representative(self) -> Person:
        """The registered legal representative (invented)."""
        return person(self.uscc, "legal representative", self.as_of)

    @cached_property
    def statement_year(self) -> int:
        """The last whole calendar year before the city's date."""
        return self.as_of.year - 1

    @cached_property
    def revenue_fen(self) -> int:
        """Net turnover of the statement year; never below zero."""
        return max(0, aggregates.net_sales(self.ledger, self.statement_year))

    @cached_property
    def employees(self) -> int:
        """People employed: turnover over the trade's turnover per head, give or take 40 %."""
        per_head = self.trade.revenue_per_head_fen * self.draw.between("per_head", 60, 140) // 100
        return min(max(2, round(self.revenue_fen / per_head)), EMPLOYEES_MAX)

    @cached_property
    def share_capital_fen(self) -> int:
        """Paid-in capital in fen, also where the register does not publish it."""
        capital = self.registration.capital
        if capital is None or capital.currency != "CNY":
            return 30 * 1_000_000
        paid_share = self.draw.pick("paid_in", (10_000, 10_000, 10_000, 5_000, 3_000))
        return capital.amount_fen * paid_share // 10_000
