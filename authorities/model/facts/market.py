"""Market regulation: licence, legal representative, shareholders, beneficial owners."""

from __future__ import annotations

from datetime import date

from authorities.model.company import Company
from authorities.model.person import AREA_NEVER_ASSIGNED, person
from authorities.model.record import Claims
from authorities.model.registration import make_uscc

EXEMPTION_CAPITAL_MAX_FEN = 10_000_000 * 100  # BO Order 2024 No. 3: registered capital limit
OWNER_SHARE_MIN_BPS = 2_500
_COMPANY_HOLDER_BPS = 1_500  # 15 % have a company among their shareholders
_NO_PAID_IN_BPS = 500
_LISTED_BPS = 400
_SPLITS = ((10_000,), (6_000, 4_000), (5_000, 5_000), (7_000, 3_000), (5_100, 2_900, 2_000))


def business_licence(company: Company) -> list[Claims]:
    """Return the licence; the term is 30 or 50 years, or absent where it has no end."""
    registration, draw = company.registration, company.draw
    start = registration.registered_on
    years = draw.pick("term", (30, 50, None, None))
    capital = registration.capital
    return [
        {
            "company_name": registration.name,
            "company_type": _company_type(company),
            "registered_address": registration.address,
            "establishment_date": start.isoformat(),
            "business_term_from": start.isoformat(),
            "business_term_to": _years_after(start, years).isoformat() if years else None,
            "registered_capital_fen": capital.amount_fen if capital else None,
            "registered_capital_currency": capital.currency if capital else None,
            "paid_in_capital_fen": _published_paid_in(company),
            "business_scope": registration.scope or None,
            "industry_code": company.trade.industry_code,
            "registration_authority": f"北京市{registration.district}区市场监督管理局(模拟)",
            "registration_status": "active",
            "change_count_24m": draw.pick("changes", (0, 0, 0, 0, 0, 0, 0, 1, 1, 2)),
        }
    ]


def legal_representative(company: Company) -> list[Claims]:
    """Return the legal representative, appointed on or after the registration."""
    draw = company.draw
    earliest = max(company.registration.registered_on.year, company.as_of.year - 15)
    appointed = date(draw.between("appointed_year", earliest, company.as_of.year - 2), 6, 1)
    return [
        {
            "legal_rep_name": company.legal_representative.name,
            "legal_rep_type": "legal-representative",
            "appointed_on": max(appointed, company.registration.registered_on).isoformat(),
        }
    ]


def equity_structure(company: Company) -> list[Claims]:
    """Return the shareholders; their shares add up to 10,000 basis points."""
    shareholders = [
        _shareholder(company, number, share) for number, share in enumerate(_split(company))
    ]
    return [{"as_of": company.as_of.isoformat(), "shareholders": shareholders}]


def bo_filing(company: Company) -> list[Claims]:
    """Return the beneficial owners, or for some that may, the commitment that exempts."""
    if _may_be_exempt(company) and company.draw.chance("exempt", 3_000):
        return [{"exemption_commitment": True}]
    return [{"exemption_commitment": False, "beneficial_owners": _owners(company)}]


def abnormal_list(company: Company) -> list[Claims]:
    """Return whether the company is on the list of abnormal operations."""
    listed = company.draw.chance("abnormal", _LISTED_BPS)
    reasons = ("通过登记的住所无法联系", "未按规定公示年度报告")
    return [
        {
            "listed": listed,
            "reason": company.draw.pick("abnormal_reason", reasons) if listed else None,
            "as_of": company.as_of.isoformat(),
        }
    ]


def _company_type(company: Company) -> str:
    if has_company_holder(company):
        return "其他有限责任公司"
    if len(_split(company)) == 1:
        return "有限责任公司(自然人独资)"
    return "有限责任公司(自然人投资或控股)"


def _published_paid_in(company: Company) -> int | None:
    capital = company.registration.capital
    if capital is None or company.draw.chance("no_paid_in", _NO_PAID_IN_BPS):
        return None
    return company.share_capital_fen


def has_company_holder(company: Company) -> bool:
    """Say whether the largest shareholder is a company."""
    return company.draw.chance("company_holder", _COMPANY_HOLDER_BPS)


def _split(company: Company) -> tuple[int, ...]:
    return company.draw.pick("split", _SPLITS)


def _shareholder(company: Company, number: int, share_bps: int) -> Claims:
    capital = company.registration.capital
    subscribed = capital.amount_fen * share_bps // 10_000 if capital else None
    if number == 0 and has_company_holder(company):
        holder = {
            "name": f"{company.legal_representative.name[0]}拟投资控股有限公司(模拟)",
            "kind": "company",
            "id_type": "uscc",
            "id_code": holder_uscc(company),
        }
    else:
        individual = person(company.uscc, holder_role(number), company.as_of)
        holder = {
            "name": individual.name,
            "kind": "person",
            "id_type": "resident-id",
            "id_code": individual.id_no,
        }
    claims: Claims = {**holder, "share_bps": share_bps}
    return claims if subscribed is None else {**claims, "subscribed_capital_fen": subscribed}


def holder_role(number: int) -> str:
    """Return the role of a shareholder: the legal representative holds the first share."""
    return f"shareholder {number}" if number else "legal representative"


def holder_uscc(company: Company) -> str:
    """Return a well-formed code for an invented parent, of an area never assigned."""
    return make_uscc(AREA_NEVER_ASSIGNED, company.draw.digits("parent", 8))


def _may_be_exempt(company: Company) -> bool:
    capital = company.registration.capital
    small = capital is not None and capital.amount_fen <= EXEMPTION_CAPITAL_MAX_FEN
    return small and not has_company_holder(company)


def _owners(company: Company) -> list[Claims]:
    """Return who holds 25 % or more, looking through the invented parent to its one owner."""
    started = max(company.registration.registered_on, date(company.as_of.year - 5, 1, 1))
    shares = [share for share in _split(company) if share >= OWNER_SHARE_MIN_BPS]
    return [
        {
            "name": person(company.uscc, holder_role(number), company.as_of).name,
            "nationality": "CHN",
            "id_type": "resident-id",
            "relation_type": "1",
            "share_bps": share,
            "start_date": started.isoformat(),
        }
        for number, share in enumerate(shares)
    ]


def _years_after(start: date, years: int) -> date:
    return start.replace(year=start.year + years, day=min(start.day, 28))
