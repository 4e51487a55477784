"""Property, intellectual property, high-tech standing, court records, public money.

Every draw here is independent of invoices, ratings and defaults: nothing leaks a hidden outcome.
"""

from __future__ import annotations

from datetime import date

from authorities.model.company import Company
from authorities.model.record import Claims

PROPERTY_BPS = 2_000
IP_BPS = {"technology": 6_000, "machinery": 5_000, "electronics": 4_500}
OTHER_IP_BPS = 2_500
HIGHTECH_BPS = {"technology": 4_500, "machinery": 2_500, "electronics": 2_000}
OTHER_HIGHTECH_BPS = 500
NO_COURT_ANSWER_BPS = 300
COURT_ADVERSE_BPS = 800
SUBSIDY_BPS = 2_000
_USES = {"machinery": "industrial", "transport": "warehouse", "trading": "commercial"}


def property_title(company: Company) -> list[Claims]:
    """Return the premises that one company in five owns."""
    draw = company.draw
    if not draw.chance("property", PROPERTY_BPS):
        return []
    unit = f"990000{draw.digits('unit_a', 13)}F{draw.digits('unit_b', 8)}"
    year = draw.between("title_year", 2016, company.as_of.year - 1)
    return [
        {
            "property_unit_no": unit,
            "certificate_no": f"模拟({year})不动产权第{draw.digits('title_no', 7)}号",
            "owner_name": company.registration.name,
            "address": company.registration.address,
            "area_m2": draw.between("area", 60, 2_400),
            "use": _USES.get(company.trade.code, "office"),
            "tenure": "owned",
            "lien_status": draw.pick("lien", ("none",) * 7 + ("mortgaged", "mortgaged", "sealed")),
            "share_bps": 10_000,
        }
    ]


def ip_right(company: Company) -> list[Claims]:
    """Return the counts of valid patents and trademarks of those who hold any."""
    draw = company.draw
    if not draw.chance("ip", IP_BPS.get(company.trade.code, OTHER_IP_BPS)):
        return []
    return [
        {
            "patents_valid": draw.pick("patents", (0, 0, 0, 1, 2, 3, 5, 9)),
            "trademarks_valid": draw.pick("trademarks", (1, 1, 2, 3, 6)),
        }
    ]


def hightech_enterprise(company: Company) -> list[Claims]:
    """Return the high-tech certificate, valid for three years, of those who hold one."""
    draw = company.draw
    rate = HIGHTECH_BPS.get(company.trade.code, OTHER_HIGHTECH_BPS)
    if not draw.chance("hightech", rate):
        return []
    year = draw.between("hightech_year", company.as_of.year - 3, company.as_of.year - 1)
    granted = date(year, 12, 2)
    levels = ("none", "none", "none", "innovative", "innovative", "specialised", "little-giant")
    return [
        {
            "certificate_no": f"MN{year}{draw.digits('hightech_no', 6)}",
            "valid_from": granted.isoformat(),
            "valid_to": granted.replace(year=year + 3, day=1).isoformat(),
            "srdi_level": draw.pick("srdi", levels),
        }
    ]


def court_record(company: Company) -> list[Claims]:
    """Return the court's answer: clean for most, adverse for 8 %, none for 3 %."""
    draw = company.draw
    if draw.chance("no_court_answer", NO_COURT_ANSWER_BPS):
        return []
    adverse = draw.chance("court_adverse", COURT_ADVERSE_BPS)
    dishonest = adverse and draw.chance("dishonest", 1_500)
    enforced = dishonest or (adverse and draw.chance("enforced", 4_000))
    amount = draw.between("enforced_yuan", 20_000, 3_000_000) * 100
    return [
        {
            "as_of": company.as_of.isoformat(),
            "dishonest_flag": dishonest,
            "enforcement_amount_fen": amount if enforced else 0,
            "open_litigation": draw.between("litigation", 1, 3) if adverse else 0,
            "penalties_24m": draw.pick("penalties", (0, 0, 1)) if adverse else 0,
        }
    ]


def subsidy_grant(company: Company) -> list[Claims]:
    """Return subsidies and public contracts of the one company in five that has any."""
    draw = company.draw
    if not draw.chance("subsidy", SUBSIDY_BPS):
        return []
    contract = draw.pick("contract_share", (0, 0, 0, 5, 12)) * company.revenue_fen // 100
    return [
        {
            "subsidy_24m_fen": draw.between("subsidy_yuan", 5_000, 400_000) * 100,
            "gov_contract_amount_fen": contract,
        }
    ]
