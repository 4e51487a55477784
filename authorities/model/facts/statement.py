"""The yearly financial statement, built from turnover so that it always balances.

- revenue is the net valid output of the year; cost follows purchases where they are plausible,
  else the trade's margin.
- accounts receivable are gross of the bad-debt provision, which current assets take off.
- current assets + net fixed assets = total assets = total liabilities + total equity.
- Paid-in capital the business does not use shows as other receivables and fixed assets.
"""

from __future__ import annotations

from dataclasses import dataclass

from authorities.model import aggregates
from authorities.model.company import Company
from authorities.model.record import Claims

NO_STATEMENT_BPS = 300  # 3 % have not filed
_DAYS = 360
_SMALL_PROFIT_MAX_FEN = 3_000_000 * 100


@dataclass(frozen=True)
class _Income:
    revenue: int
    cost: int
    expenses: int
    interest: int
    net_profit: int


def financial_statement(company: Company) -> list[Claims]:
    """Return the statement at the end of the statement year, or nothing where none was filed."""
    if company.draw.chance("no_statement", NO_STATEMENT_BPS):
        return []
    debt = _bank_debt(company)
    income = _income(company, sum(debt))
    assets, liabilities = _assets(company, income), _liabilities(company, income, debt)
    assets = _close_books(assets, liabilities, company.share_capital_fen)
    current, total = _total_assets(assets)
    owed_soon = sum(liabilities.values()) - liabilities["long_term_loans"]
    equity = total - sum(liabilities.values())
    figures = {
        **assets,
        "current_assets": current,
        "total_assets": total,
        **liabilities,
        "current_liabilities": owed_soon,
        "total_liabilities": sum(liabilities.values()),
        "share_capital": company.share_capital_fen,
        "retained_earnings": equity - company.share_capital_fen,
        "total_equity": equity,
        "revenue": income.revenue,
        "cost_of_sales": income.cost,
        "period_expenses": income.expenses,
        "interest_expense": income.interest,
        "net_profit": income.net_profit,
        "operating_cash_flow": _operating_cash_flow(company, income),
    }
    period_end = f"{company.statement_year}-12-31"
    return [{"period_end": period_end, **{f"{k}_fen": v for k, v in figures.items()}}]


def _bank_debt(company: Company) -> tuple[int, int]:
    """Return short- and long-term loans: two firms in five borrow, up to 8 % of turnover."""
    if not company.draw.chance("borrows", 4_000):
        return 0, 0
    total = company.revenue_fen * company.draw.between("debt_bps", 100, 800) // 10_000
    long_term = total // 4 if company.draw.chance("long_term", 3_000) else 0
    return total - long_term, long_term


def _income(company: Company, debt: int) -> _Income:
    revenue, draw = company.revenue_fen, company.draw
    low, high = company.trade.margin_bps
    margin = revenue * draw.between("margin_bps", low, high) // 10_000
    bought = aggregates.net_purchases(company.ledger, company.statement_year)
    plausible = 0.6 * revenue <= bought <= 0.95 * revenue
    cost = bought if plausible else revenue - margin
    expenses = (revenue - cost) * draw.between("expense_bps", 4_500, 9_500) // 10_000
    interest = debt * 550 // 10_000
    before_tax = revenue - cost - expenses - interest
    # 2019: 5 % for small profits, 25 % beyond three million yuan.
    tax_share = 5 if before_tax <= _SMALL_PROFIT_MAX_FEN else 25
    income_tax = max(before_tax, 0) * tax_share // 100
    return _Income(revenue, cost, expenses, interest, before_tax - income_tax)


def _assets(company: Company, income: _Income) -> dict[str, int]:
    draw = company.draw

    def days(topic: str, base: int, low: int, high: int) -> int:
        return base * draw.between(topic, low, high) // _DAYS

    receivable = days("receivable_days", income.revenue, 15, 110)
    return {
        "cash": days("cash_days", income.revenue, 8, 50),
        "accounts_receivable": receivable,
        "bad_debt_provision": receivable * draw.between("provision_bps", 0, 400) // 10_000,
        "notes_receivable": days("notes_days", income.revenue, 0, 10),
        "prepayments": days("prepayment_days", income.cost, 0, 25),
        "other_receivables": days("other_days", income.revenue, 0, 20),
        "inventory": days("inventory_days", income.cost, 5, 80),
        "fixed_assets_net": income.revenue * draw.between("fixed_bps", 300, 2_500) // 10_000,
    }


def _liabilities(company: Company, income: _Income, debt: tuple[int, int]) -> dict[str, int]:
    draw = company.draw
    return {
        "short_term_loans": debt[0],
        "accounts_payable": income.cost * draw.between("payable_days", 10, 80) // _DAYS,
        "advance_receipts": income.revenue * draw.between("advance_days", 0, 12) // _DAYS,
        "taxes_payable": income.revenue * draw.between("taxes_bps", 20, 150) // 10_000,
        "other_payables": income.revenue * draw.between("other_payable_bps", 50, 900) // 10_000,
        "long_term_loans": debt[1],
    }


def _close_books(
    assets: dict[str, int], liabilities: dict[str, int], share_capital: int
) -> dict[str, int]:
    """Return the assets, raised so that equity is at least 95 % of the paid-in capital."""
    _, total = _total_assets(assets)
    lacking = sum(liabilities.values()) + share_capital * 95 // 100 - total
    if lacking <= 0:
        return assets
    lent = lacking * 6 // 10
    return {
        **assets,
        "other_receivables": assets["other_receivables"] + lent,
        "fixed_assets_net": assets["fixed_assets_net"] + lacking - lent,
    }


def _total_assets(assets: dict[str, int]) -> tuple[int, int]:
    gross = sum(assets.values()) - assets["fixed_assets_net"] - assets["bad_debt_provision"]
    current = gross - assets["bad_debt_provision"]
    return current, current + assets["fixed_assets_net"]


def _operating_cash_flow(company: Company, income: _Income) -> int:
    depreciation = income.revenue * 15 // 1_000
    return income.net_profit * company.draw.between("cash_bps", 4_000, 13_000) // 10_000 + (
        depreciation
    )
