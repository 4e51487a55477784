"""What each authority's register says of a company: one function per record type.

Every function takes a :class:`Company` and returns the records' claims without ``uscc``: an empty
list where the register deliberately holds nothing. A claim that is unknown is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from authorities.model.authority import AUTHORITIES
from authorities.model.company import Company
from authorities.model.facts import market, operations, person_identity, rights, statement, tax
from authorities.model.record import Claims, Record

__all__ = ["records_of"]

_FACTS: dict[str, Callable[[Company], list[Claims]]] = {
    "business-licence": market.business_licence,
    "legal-representative": market.legal_representative,
    "equity-structure": market.equity_structure,
    "bo-filing": market.bo_filing,
    "abnormal-list": market.abnormal_list,
    "taxpayer": tax.taxpayer,
    "tax-credit": tax.tax_credit,
    "vat-return-summary": tax.vat_return_summary,
    "invoice-ledger": tax.invoice_ledger,
    "invoice": tax.invoices,
    "financial-statement": statement.financial_statement,
    "social-insurance": operations.social_insurance,
    "housing-fund": operations.housing_fund,
    "customs-registration": operations.customs_registration,
    "utility-usage": operations.utility_usage,
    "property-title": rights.property_title,
    "ip-right": rights.ip_right,
    "hightech-enterprise": rights.hightech_enterprise,
    "court-record": rights.court_record,
    "subsidy-grant": rights.subsidy_grant,
    "person-id": person_identity.person_id,
}
_KEYS = {
    "tax-credit": "year",
    "invoice": "invoice_no",
    "financial-statement": "period_end",
    "property-title": "property_unit_no",
}


def records_of(company: Company) -> Iterator[Record]:
    """Yield every record that the twelve authorities hold about a company."""
    for authority in AUTHORITIES:
        for record_type in authority.record_types:
            key = _KEYS.get(record_type, "")
            for claims in _FACTS[record_type](company):
                known = {name: value for name, value in claims.items() if value is not None}
                yield Record(
                    authority_code=authority.code,
                    record_type=record_type,
                    uscc=company.uscc,
                    key=str(known[key]) if key else "",
                    claims={"uscc": company.uscc, **known},
                )
