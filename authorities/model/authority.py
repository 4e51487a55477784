"""The twelve simulated authorities and the credential types each may issue."""

from __future__ import annotations

from dataclasses import dataclass

from authorities.errors import UnknownAuthority, UnknownRecordType


@dataclass(frozen=True)
class Authority:
    """A simulated issuing authority; every name of it says that it is simulated."""

    code: str
    name_zh: str
    name_en: str
    record_types: tuple[str, ...]


def _authority(code: str, zh: str, en: str, *record_types: str) -> Authority:
    return Authority(code, f"{zh}(模拟)", f"{en} (simulated)", record_types)


AUTHORITIES: tuple[Authority, ...] = (
    _authority(
        "samr",
        "市场监督管理局",
        "Administration for Market Regulation",
        "business-licence",
        "legal-representative",
        "equity-structure",
        "bo-filing",
        "abnormal-list",
    ),
    _authority(
        "tax",
        "税务局",
        "Taxation Bureau",
        "taxpayer",
        "tax-credit",
        "vat-return-summary",
        "invoice-ledger",
        "invoice",
        "financial-statement",
    ),
    _authority("hrss", "人力资源和社会保障局", "Social Security Bureau", "social-insurance"),
    _authority("housing-fund", "住房公积金管理中心", "Housing Fund Centre", "housing-fund"),
    _authority("customs", "海关", "Customs", "customs-registration"),
    _authority("real-estate", "不动产登记中心", "Real Estate Registry", "property-title"),
    _authority("ip-office", "知识产权局", "Intellectual Property Office", "ip-right"),
    _authority("science", "科学技术委员会", "Science Commission", "hightech-enterprise"),
    _authority("court", "人民法院", "People's Court", "court-record"),
    _authority("public-security", "公安局", "Public Security Bureau", "person-id"),
    _authority("finance", "财政局", "Finance Bureau", "subsidy-grant"),
    _authority("utilities", "水电气公司", "Utility Companies", "utility-usage"),
)

_BY_CODE = {authority.code: authority for authority in AUTHORITIES}


def authority(code: str) -> Authority:
    """Return the authority of a code.

    Raises:
        UnknownAuthority: no authority has it.
    """
    found = _BY_CODE.get(code)
    if found is None:
        raise UnknownAuthority(
            f"no simulated authority has this code; expected one of {', '.join(_BY_CODE)}"
        )
    return found


def require_record_type(code: str, record_type: str) -> None:
    """Raise UnknownRecordType unless the authority keeps a register of this type."""
    kept = authority(code).record_types
    if record_type not in kept:
        raise UnknownRecordType(
            f"{code} keeps no register of this type; expected one of {', '.join(kept)}"
        )
