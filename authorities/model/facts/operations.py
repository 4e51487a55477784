"""Signs of a working business: people insured, housing fund, power, customs."""

from __future__ import annotations

from pypinyin import lazy_pinyin

from authorities.model import aggregates
from authorities.model.company import Company
from authorities.model.record import Claims

NO_SOCIAL_INSURANCE_BPS = 600
NO_HOUSING_FUND_BPS = 1_000
NO_UTILITY_BPS = 500
HEADCOUNT_DIFFERS_BPS = 1_000
SOCIAL_ARREARS_BPS = 400
UTILITY_ARREARS_BPS = 300
EXPORTERS_BPS = {"trading": 4_500, "electronics": 3_500, "machinery": 3_500, "apparel": 4_500}
OTHER_EXPORTERS_BPS = 1_000
_CONTRIBUTION_FEN = 1_450_000  # a year's contributions for one person, both shares
_KWH_PER_HEAD = {"machinery": 9_000, "food": 6_000, "transport": 3_500}


def insured_headcount(company: Company) -> int:
    """Return the people insured; for 10 % fewer than the tax register's employees."""
    if not company.draw.chance("headcount_differs", HEADCOUNT_DIFFERS_BPS):
        return company.employees
    share = company.draw.between("insured_bps", 5_000, 9_000)
    return min(company.employees - 1, max(1, company.employees * share // 10_000))


def social_insurance(company: Company) -> list[Claims]:
    """Return people insured and contributions; 6 % are missing from the register."""
    if company.draw.chance("no_social_insurance", NO_SOCIAL_INSURANCE_BPS):
        return []
    insured = insured_headcount(company)
    paid = insured * _CONTRIBUTION_FEN * company.draw.between("wage_level", 80, 180) // 100
    owes = company.draw.chance("social_arrears", SOCIAL_ARREARS_BPS)
    return [
        {
            "as_of": company.as_of.isoformat(),
            "insured_headcount": insured,
            "employees": insured,
            "social_paid_12m_fen": paid,
            "social_arrears_fen": paid // 12 if owes else 0,
        }
    ]


def housing_fund(company: Company) -> list[Claims]:
    """Return people paid for, never more than are insured; 10 % are missing."""
    if company.draw.chance("no_housing_fund", NO_HOUSING_FUND_BPS):
        return []
    share = company.draw.pick("housing_bps", (10_000, 10_000, 10_000, 9_000, 7_500, 5_000))
    headcount = max(1, insured_headcount(company) * share // 10_000)
    return [{"as_of": company.as_of.isoformat(), "housing_fund_headcount": headcount}]


def customs_registration(company: Company) -> list[Claims]:
    """Return the customs registration of those who trade abroad."""
    rate = EXPORTERS_BPS.get(company.trade.code, OTHER_EXPORTERS_BPS)
    if not company.draw.chance("exporter", rate):
        return []
    sales = aggregates.summarise_vat(company.ledger, company.as_of).sales_fen
    share = company.draw.between("trade_bps", 100, 6_000)
    grades = ("registered",) * 17 + ("advanced", "advanced", "discredited")
    return [
        {
            "customs_code": "99" + company.draw.digits("customs_code", 8),
            "aeo_grade": company.draw.pick("aeo", grades),
            "english_name": english_name(company.registration.name),
            "trade_value_12m_fen": max(0, sales) * share // 10_000,
        }
    ]


def utility_usage(company: Company) -> list[Claims]:
    """Return power used; 5 % are missing because the landlord holds the meter."""
    if company.draw.chance("no_utility", NO_UTILITY_BPS):
        return []
    per_head = _KWH_PER_HEAD.get(company.trade.code, 1_800)
    used = company.employees * per_head * company.draw.between("power", 60, 160) // 100
    owes = company.draw.chance("utility_arrears", UTILITY_ARREARS_BPS)
    return [{"power_kwh_12m": used, "utility_arrears_fen": used * 80 // 12 if owes else 0}]


def english_name(name: str) -> str:
    """Return the name in pinyin with an English legal form, as exporters file it."""
    stem = name
    for ending in ("有限责任公司", "股份有限公司", "有限公司", "公司"):
        stem = stem.removesuffix(ending)
    syllables = lazy_pinyin("".join(c for c in stem if c.isalnum()))
    return " ".join(syllable.capitalize() for syllable in syllables)[:280] + " Co., Ltd."
