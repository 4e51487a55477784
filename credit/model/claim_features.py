"""Features taken from verified claims, each with the credentials it came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from credit.model.arithmetic import divide_half_even, ratio_bps
from credit.model.evidence import CredentialEvidence, Evidence
from credit.model.feature import Value

Measured = tuple[Value, tuple[str, ...]]
"""A value and the digests of the credentials it was measured on."""

NOT_MEASURED: Measured = (None, ())

DAYS_OF_YEAR = 360
OPERATING_RESERVE_DAYS = 30

_AMOUNTS = {
    "change_count_24m": "business-licence",
    "tax_arrears_fen": "vat-return-summary",
    "insured_headcount": "social-insurance",
    "social_arrears_fen": "social-insurance",
    "enforcement_amount_fen": "court-record",
    "open_litigation": "court-record",
    "penalties_24m": "court-record",
    "utility_arrears_fen": "utility-usage",
    "patents_valid": "ip-right",
    "short_term_loans_fen": "financial-statement",
}


def claim_features(evidence: Evidence, as_of: date, turnover_12m: Measured) -> dict[str, Measured]:
    """Return every claim feature as of a date.

    A credential whose own reference date is later than ``as_of`` counts as not presented.
    """
    seen = _dated_until(evidence, as_of)
    measured = {
        name: _of(seen, type_code, partial(_amount, name)) for name, type_code in _AMOUNTS.items()
    }
    measured |= {
        "company_age_months": _of(seen, "business-licence", lambda c: _age(c, as_of)),
        "registration_status": _of(
            seen, "business-licence", lambda c: c.text("registration_status")
        ),
        "abnormal_listed": _of(seen, "abnormal-list", lambda c: c.flag("listed")),
        "tax_credit_grade": _of(seen, "tax-credit", lambda c: c.text("tax_credit_grade")),
        "dishonest_flag": _of(seen, "court-record", lambda c: c.flag("dishonest_flag")),
        "srdi_level": _of(seen, "hightech-enterprise", lambda c: c.text("srdi_level")),
        "debt_to_assets_bps": _of(seen, "financial-statement", _debt_to_assets),
        "cash_to_profit_bps": _of(seen, "financial-statement", _cash_to_profit),
        "working_cycle_days": _of(seen, "financial-statement", _working_cycle),
        "own_funds_fen": _of(seen, "financial-statement", _own_funds),
        "revenue_deviation_bps": _revenue_deviation(seen, turnover_12m),
    }
    return measured


def _amount(name: str, credential: CredentialEvidence) -> int | None:
    return credential.amount(name)


def _of(
    evidence: Evidence, type_code: str, measure: Callable[[CredentialEvidence], Value]
) -> Measured:
    credential = evidence.of_type(type_code)
    if credential is None:
        return NOT_MEASURED
    value = measure(credential)
    return (value, (credential.credential_digest,)) if value is not None else NOT_MEASURED


def _dated_until(evidence: Evidence, as_of: date) -> Evidence:
    kept = tuple(c for c in evidence.credentials if not _is_later(c, as_of))
    return Evidence(credentials=kept, ledger=evidence.ledger)


def _is_later(credential: CredentialEvidence, as_of: date) -> bool:
    days = (credential.day(name) for name in ("as_of", "period_end"))
    return any(day > as_of for day in days if day is not None)


def _age(licence: CredentialEvidence, as_of: date) -> int | None:
    founded = licence.day("establishment_date")
    if founded is None or founded > as_of:
        return None
    months = (as_of.year - founded.year) * 12 + as_of.month - founded.month
    return months - (as_of.day < founded.day)


def _debt_to_assets(statement: CredentialEvidence) -> int | None:
    debt, assets = statement.amount("total_liabilities_fen"), statement.amount("total_assets_fen")
    return None if debt is None or assets is None else ratio_bps(debt, assets)


def _cash_to_profit(statement: CredentialEvidence) -> int | None:
    cash = statement.amount("operating_cash_flow_fen")
    profit = statement.amount("net_profit_fen")
    return None if cash is None or profit is None else ratio_bps(cash, profit)


def _own_funds(statement: CredentialEvidence) -> int | None:
    """Return what equity and long-term debt leave to fund the working cycle, never below zero.

    Fixed assets and other receivables tie funds up, and an operating cash reserve of 30 days'
    sales stays with the borrower; None unless all parts are known.
    """
    names = (
        "total_equity_fen",
        "long_term_loans_fen",
        "fixed_assets_net_fen",
        "other_receivables_fen",
        "revenue_fen",
    )
    known = [part for part in map(statement.amount, names) if part is not None]
    if len(known) != len(names):
        return None
    equity, long_debt, fixed, others, revenue = known
    reserve = divide_half_even(revenue * OPERATING_RESERVE_DAYS, DAYS_OF_YEAR)
    return max(0, equity + long_debt - fixed - others - reserve)


def _working_cycle(statement: CredentialEvidence) -> int | None:
    """Return inventory + receivable - payable + prepayment - advance-receipt days of 360 a year.

    After the annex of 流动资金贷款管理办法; None unless all parts are known.
    """
    sales, cost = statement.amount("revenue_fen"), statement.amount("cost_of_sales_fen")
    parts = [
        statement.amount(name)
        for name in (
            "inventory_fen",
            "accounts_receivable_fen",
            "accounts_payable_fen",
            "prepayments_fen",
            "advance_receipts_fen",
        )
    ]
    known = [part for part in parts if part is not None]
    if sales is None or cost is None or sales <= 0 or cost <= 0 or len(known) != len(parts):
        return None
    inventory, receivable, payable, prepaid, advance = known
    by_cost = divide_half_even(DAYS_OF_YEAR * (inventory - payable + prepaid), cost)
    return by_cost + divide_half_even(DAYS_OF_YEAR * (receivable - advance), sales)


def _revenue_deviation(evidence: Evidence, turnover_12m: Measured) -> Measured:
    """Return the widest gap between the revenue three sources state, over the largest of them."""
    stated = [
        turnover_12m,
        _of(evidence, "vat-return-summary", lambda c: c.amount("vat_sales_12m_fen")),
        _of(evidence, "financial-statement", lambda c: c.amount("revenue_fen")),
    ]
    known = [(value, lineage) for value, lineage in stated if isinstance(value, int)]
    if len(known) < 2:
        return NOT_MEASURED
    values = [value for value, _ in known]
    lineage = tuple(sorted({digest for _, digests in known for digest in digests}))
    return ratio_bps(max(values) - min(values), max(values)), lineage
