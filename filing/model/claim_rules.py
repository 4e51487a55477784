"""Rules over claims, run once when a case is opened; each returns None where it cannot say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from filing.model.enterprise_size import size_class
from filing.model.facts import ClaimFacts
from filing.model.ownership import may_commit_to_exemption
from filing.model.ownership_rules import OWNERSHIP_RULES

ClaimRule = Callable[[ClaimFacts], Any]


def business_term(facts: ClaimFacts) -> str | None:
    """From and to; a licence without an end date runs without limit (长期)."""
    start = facts.claim("business-licence", "business_term_from")
    end = facts.claim("business-licence", "business_term_to")
    return f"{start} 至 {end or '长期'}" if start else None


def proof_document_type(facts: ClaimFacts) -> str | None:
    """The first proof document is the business licence that was presented."""
    return "business-licence" if facts.claim("business-licence", "uscc") else None


def taxpayer_id(facts: ClaimFacts) -> str | None:
    """The tax register's number; since 2015 it equals the unified social credit code."""
    found: str | None = facts.claim("taxpayer", "taxpayer_id")
    return found or facts.claim("business-licence", "uscc")


def enterprise_size(facts: ClaimFacts) -> str | None:
    """The statistical size class from head-count, revenue and industry."""
    industry = facts.claim("business-licence", "industry_code")
    employees = _first(facts, ("social-insurance", "employees"), ("taxpayer", "employees"))
    revenue = _first(
        facts,
        ("financial-statement", "revenue_fen"),
        ("vat-return-summary", "vat_sales_12m_fen"),
    )
    return size_class(industry, employees, revenue) if industry else None


def basic_account_no(facts: ClaimFacts) -> str | None:
    """The number of the basic account, from a bank's account certificate."""
    found: list[str] = facts.every("account-certificate", "basic_account_no")
    return found[0] if found else None


def exemption_commitment(facts: ClaimFacts) -> bool | None:
    """What was filed; otherwise capital up to CNY 10 million and natural persons only."""
    filed: bool | None = facts.claim("bo-filing", "exemption_commitment")
    if filed is not None:
        return filed
    capital = facts.claim("business-licence", "registered_capital_fen")
    shareholders = facts.claim("equity-structure", "shareholders")
    if capital is None or shareholders is None:
        return None
    currency = facts.claim("business-licence", "registered_capital_currency") or "CNY"
    return may_commit_to_exemption(capital, currency, shareholders)


def bo_declaration(facts: ClaimFacts) -> str | None:
    """Whether beneficial owners are filed or exempt on commitment."""
    exempt = facts.claim("bo-filing", "exemption_commitment")
    if exempt is None:
        return None
    return "exempt_commitment" if exempt else "filed"


def first_loan(facts: ClaimFacts) -> bool | None:
    """No loan in the latest statement; a hint that the bank's credit report confirms."""
    short = facts.claim("financial-statement", "short_term_loans_fen")
    long = facts.claim("financial-statement", "long_term_loans_fen")
    return None if short is None or long is None else short == 0 and long == 0


def invoice_growth(facts: ClaimFacts) -> int | None:
    """Growth of the invoiced amount over the ledger of the year before, in basis points."""
    ends = facts.every("invoice-ledger", "period_to")
    starts = facts.every("invoice-ledger", "period_from")
    amounts = facts.every("invoice-ledger", "invoice_amount_12m_fen")
    if not len(ends) == len(starts) == len(amounts):
        return None
    ledgers = sorted(zip(ends, starts, amounts, strict=True), reverse=True)
    if len(ledgers) < 2 or ledgers[1][0] > ledgers[0][1] or ledgers[1][2] <= 0:
        return None
    now, before = int(ledgers[0][2]), int(ledgers[1][2])
    return (now - before) * 10_000 // before


def customs_code_and_grade(facts: ClaimFacts) -> str | None:
    """The customs code with the credit grade where it is known."""
    return _joined(facts, "customs-registration", ("customs_code", "aeo_grade"), " ")


def hightech_certificate(facts: ClaimFacts) -> str | None:
    """The certificate's number and the day it ends."""
    return _joined(facts, "hightech-enterprise", ("certificate_no", "valid_to"), " 至 ")


def property_reference(facts: ClaimFacts) -> str | None:
    """The property unit's number and its certificate's."""
    return _joined(facts, "property-title", ("property_unit_no", "certificate_no"), " ")


def receivable_debtors(facts: ClaimFacts) -> list[str] | None:
    """The buyers of the presented invoices, newest invoice first."""
    return facts.every("invoice", "buyer_ref") or None


def receivable_amounts(facts: ClaimFacts) -> list[dict[str, Any]] | None:
    """Amount and due date of the presented invoices, in the same order as their debtors."""
    amounts, days = facts.every("invoice", "amount_fen"), facts.every("invoice", "due_date")
    if not amounts or len(amounts) != len(days):
        return None
    pairs = zip(amounts, days, strict=True)
    return [{"amount": amount, "due_date": day} for amount, day in pairs]


def borrowing_resolution(facts: ClaimFacts) -> str | None:
    """Which body resolves to borrow: the only shareholder or the shareholders' meeting."""
    shareholders = facts.claim("equity-structure", "shareholders")
    if not shareholders:
        return None
    return "sole_shareholder_decision" if len(shareholders) == 1 else "shareholders_meeting"


def _first(facts: ClaimFacts, *paths: tuple[str, str]) -> Any:
    values = (facts.claim(type_code, claim) for type_code, claim in paths)
    return next((value for value in values if value is not None), None)


def _joined(facts: ClaimFacts, type_code: str, claims: tuple[str, str], glue: str) -> str | None:
    head, tail = (facts.claim(type_code, claim) for claim in claims)
    if head is None:
        return None
    return f"{head}{glue}{tail}" if tail is not None else str(head)


CLAIM_RULES: dict[str, ClaimRule] = OWNERSHIP_RULES | {
    rule.__name__: rule
    for rule in (
        business_term,
        proof_document_type,
        taxpayer_id,
        enterprise_size,
        basic_account_no,
        exemption_commitment,
        bo_declaration,
        first_loan,
        invoice_growth,
        customs_code_and_grade,
        hightech_certificate,
        property_reference,
        receivable_debtors,
        receivable_amounts,
        borrowing_resolution,
    )
}
