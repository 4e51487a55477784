"""Taxation: taxpayer, grade, VAT return, the ledger's aggregates, receivable invoices."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import numpy as np

from authorities.model import aggregates
from authorities.model.company import Company
from authorities.model.ledger import Ledger
from authorities.model.person import person
from authorities.model.record import Claims

OLD_ADDRESS_BPS = 800  # 8 % moved and did not tell the tax register
OLD_LEGAL_REP_BPS = 300
NO_GRADE_BPS = 400
ARREARS_BPS = 500
RECEIVABLES_MAX = 3
RECEIVABLE_GROSS_MIN_FEN = 1_000_000
PAYMENT_TERM = timedelta(days=90)

_GRADES = "A" * 22 + "B" * 52 + "M" * 16 + "C" * 7 + "D" * 3
_FULL_WIDTH = str.maketrans("()（）", "（）()")


def taxpayer(company: Company) -> list[Claims]:
    """Return the tax registration, deliberately out of date for some companies."""
    small = aggregates.is_small_scale(company.ledger)
    return [
        {
            "taxpayer_id": company.uscc,
            "vat_taxpayer_type": "small-scale" if small else "general",
            "tax_authority": f"国家税务总局北京市{company.registration.district}区税务局(模拟)",
            # The two registers write brackets of different width: the same name all the same.
            "company_name": company.registration.name.translate(_FULL_WIDTH),
            "registered_address": _address(company),
            "legal_rep_name": _legal_rep_name(company),
            "cfo_name": person(company.uscc, "head of finance", company.as_of).name,
            "employees": company.employees,
        }
    ]


def tax_credit(company: Company) -> list[Claims]:
    """Return last year's grade, drawn without regard to anything else about the company."""
    if company.draw.chance("no_grade", NO_GRADE_BPS):
        return []
    grade = company.draw.pick("grade", _GRADES)
    return [{"year": company.statement_year, "tax_credit_grade": grade}]


def vat_return_summary(company: Company) -> list[Claims]:
    """Return what the invoices of the last twelve months make of the VAT returns."""
    vat = aggregates.summarise_vat(company.ledger, company.as_of)
    owed = vat.tax_paid_fen // 10 if company.draw.chance("arrears", ARREARS_BPS) else 0
    return [
        {
            "period_from": vat.period_from.isoformat(),
            "period_to": vat.period_to.isoformat(),
            "vat_sales_12m_fen": vat.sales_fen,
            "tax_paid_12m_fen": vat.tax_paid_fen,
            "tax_arrears_fen": owed,
        }
    ]


def invoice_ledger(company: Company) -> list[Claims]:
    """Return the ledger's digest and aggregates."""
    summary = asdict(aggregates.summarise_ledger(company.ledger, company.as_of))
    dates = {name: day.isoformat() for name, day in summary.items() if isinstance(day, date)}
    return [{**summary, **dates, "ledger_digest": company.ledger.digest}]


def invoices(company: Company) -> list[Claims]:
    """Return up to three receivables: the largest valid output invoices of the last 90 days.

    Left out: amounts below 10,000 yuan, numbers that occur twice, and invoices that a red-letter
    invoice to the same buyer reverses.
    """
    since = np.datetime64(company.as_of - PAYMENT_TERM)
    recent = company.ledger.output.valid.where(company.ledger.output.valid.date >= since)
    open_ = recent.where(_is_receivable(recent))
    largest = np.lexsort((open_.invoice_no, -open_.gross_fen))[:RECEIVABLES_MAX]
    return [_receivable(open_, row) for row in largest.tolist()]


def _is_receivable(recent: Ledger) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    _, places, counts = np.unique(recent.invoice_no, return_inverse=True, return_counts=True)
    reversals = {
        (buyer, -gross)
        for buyer, gross in zip(
            recent.counterparty.tolist(), recent.gross_fen.tolist(), strict=True
        )
        if gross < 0
    }
    reversed_ = [
        (buyer, gross) in reversals
        for buyer, gross in zip(
            recent.counterparty.tolist(), recent.gross_fen.tolist(), strict=True
        )
    ]
    large = recent.gross_fen >= RECEIVABLE_GROSS_MIN_FEN
    mask: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        large & (counts[places] == 1) & ~np.array(reversed_, dtype=np.bool_)
    )
    return mask


def _receivable(ledger: Ledger, row: int) -> Claims:
    issued: date = ledger.date[row].item()
    return {
        "invoice_no": str(ledger.invoice_no[row]),
        "buyer_ref": str(ledger.counterparty[row]),
        "issue_date": issued.isoformat(),
        "due_date": (issued + PAYMENT_TERM).isoformat(),
        "amount_fen": int(ledger.gross_fen[row]),
        "tax_fen": max(0, int(ledger.vat_fen[row])),
        "state": "valid",
    }


def _address(company: Company) -> str:
    if not company.draw.chance("old_address", OLD_ADDRESS_BPS):
        return company.registration.address
    number = company.draw.between("old_number", 1, 199)
    return f"北京市{company.registration.district}区旧址路{number}号"


def _legal_rep_name(company: Company) -> str:
    if company.draw.chance("old_legal_rep", OLD_LEGAL_REP_BPS):
        return person(company.uscc, "former legal representative", company.as_of).name
    return company.legal_representative.name
