"""Ledgers, claims and requests with sensible defaults; a test states only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from credit.adapters.rule_files import RuleFiles
from credit.model.bundle import Rules
from credit.model.decision import LoanRequest
from credit.model.evidence import CredentialEvidence, Evidence
from credit.model.ledger import InvoiceLedger, invoice_ledger

CUT = date(2020, 1, 31)
AS_OF = date(2020, 2, 14)
LEDGER_DIGEST = "ab" * 32
Row = tuple[str, str, str, int, bool]


def columns(rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Return ledger columns of rows (side, day, counterparty, net fen, voided); VAT is 13 %."""
    listed = list(rows)
    return {
        "side": [row[0] for row in listed],
        "invoice_no": [f"{number:08d}" for number in range(len(listed))],
        "date": [row[1] for row in listed],
        "counterparty": [row[2] for row in listed],
        "net_fen": [row[3] for row in listed],
        "vat_fen": [row[3] * 13 // 100 for row in listed],
        "gross_fen": [row[3] + row[3] * 13 // 100 for row in listed],
        "voided": [row[4] for row in listed],
    }


def ledger(*rows: Row) -> InvoiceLedger:
    """Return a ledger of the given rows."""
    return invoice_ledger(LEDGER_DIGEST, columns(rows))


def sale(day: str, net_fen: int, buyer: str = "B1", *, voided: bool = False) -> Row:
    """Return a sales invoice."""
    return ("output", day, buyer, net_fen, voided)


def purchase(day: str, net_fen: int, seller: str = "S1") -> Row:
    """Return a purchase invoice."""
    return ("input", day, seller, net_fen, False)


def steady_rows(monthly_fen: int = 200_000_000) -> list[Row]:
    """Return three years of even sales to twelve customers, with purchases at 70 %."""
    rows: list[Row] = []
    for year, month in [(y, m) for y in (2017, 2018, 2019, 2020) for m in range(1, 13)]:
        if (year, month) > (2020, 1):
            break
        for part in range(12):
            day = f"{year}-{month:02d}-{2 * part + 2:02d}"
            rows.append(sale(day, monthly_fen // 12, f"B{part}"))
            rows.append(purchase(day, monthly_fen * 7 // 120, f"S{part}"))
    return rows


def credential(type_code: str, **claims: Any) -> CredentialEvidence:
    """Return a credential whose digest is derived from its type."""
    digest = type_code.encode().hex().ljust(64, "0")[:64]
    return CredentialEvidence(type_code, "tax", digest, claims)


def strong_credentials() -> tuple[CredentialEvidence, ...]:
    """Return the credentials of a sound company."""
    return (
        credential(
            "invoice-ledger",
            ledger_digest=LEDGER_DIGEST,
            period_from="2017-01-01",
            period_to=CUT.isoformat(),
        ),
        credential(
            "business-licence",
            establishment_date="2001-05-20",
            registration_status="active",
            change_count_24m=0,
        ),
        credential("tax-credit", year=2019, tax_credit_grade="A"),
        credential("vat-return-summary", vat_sales_12m_fen=2_400_000_000, tax_arrears_fen=0),
        credential(
            "social-insurance", as_of="2020-01-31", insured_headcount=40, social_arrears_fen=0
        ),
        credential(
            "court-record",
            as_of="2020-01-31",
            dishonest_flag=False,
            enforcement_amount_fen=0,
            open_litigation=0,
            penalties_24m=0,
        ),
        credential("abnormal-list", as_of="2020-01-31", listed=False),
        credential(
            "financial-statement",
            period_end="2019-12-31",
            revenue_fen=2_400_000_000,
            cost_of_sales_fen=1_680_000_000,
            inventory_fen=280_000_000,
            accounts_receivable_fen=400_000_000,
            accounts_payable_fen=140_000_000,
            prepayments_fen=0,
            advance_receipts_fen=0,
            current_assets_fen=700_000_000,
            current_liabilities_fen=600_000_000,
            short_term_loans_fen=50_000_000,
            total_assets_fen=1_000_000_000,
            total_liabilities_fen=450_000_000,
            total_equity_fen=550_000_000,
            long_term_loans_fen=0,
            fixed_assets_net_fen=200_000_000,
            other_receivables_fen=50_000_000,
            operating_cash_flow_fen=120_000_000,
            net_profit_fen=100_000_000,
        ),
    )


def strong_evidence() -> Evidence:
    """Return the evidence of a sound company."""
    return Evidence(strong_credentials(), ledger(*steady_rows()))


def loan_request(**changes: Any) -> LoanRequest:
    """Return a request for half a million yuan over a year."""
    values: dict[str, Any] = {
        "amount_fen": 50_000_000,
        "term_months": 12,
        "purpose": "inventory",
        "is_secured": False,
    }
    return LoanRequest(**values | changes)


def rules() -> Rules:
    """Return the rules in force."""
    return RuleFiles().rules("first")
