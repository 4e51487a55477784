"""Rules over other fields of the case, run again after every change; pure and repeatable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from filing.model.divisions import district_of, is_division
from filing.model.facts import FieldFacts
from filing.model.ownership import HALF_BPS
from filing.model.pinyin import address_in_pinyin, name_in_pinyin

FieldRule = Callable[[FieldFacts], Any]
_NATURE_SUFFIX = {"special": "（专用）", "temporary": "（临时）"}
_CONTROL_TYPE = {"standard_1": "ownership", "management": "senior_manager"}


def depositor_type(facts: FieldFacts) -> str | None:
    """The depositor's class from the words of the registered company type."""
    kind = facts.field("company_type")
    if kind is None:
        return None
    if "个体" in kind:
        return "individual_business"
    if any(word in kind for word in ("合伙", "个人独资", "分公司", "分支机构", "非法人")):
        return "non_legal_person_enterprise"
    return "enterprise_legal_person"


def registered_postcode(facts: FieldFacts) -> str | None:
    """The postcode of the district that the registered address names."""
    return _postcode(facts, "registered_address")


def area_code(facts: FieldFacts) -> str | None:
    """The GB/T 2260 code of the address's district; else digits 3 to 8 of the USCC.

    The USCC's digits are the registering office's division and need not match the address,
    so the address is asked first.
    """
    address = facts.field("registered_address")
    district = district_of(address) if address else None
    if district is not None:
        return district.area_code
    code = facts.field("uscc")
    return code[2:8] if code and is_division(code[2:8]) else None


def account_name(facts: FieldFacts) -> str | None:
    """The depositor's name, with a suffix for special and temporary accounts."""
    name = facts.field("depositor_name")
    suffix = _NATURE_SUFFIX.get(facts.field("account_nature"), "")
    return f"{name}{suffix}" if name else None


def agent_id_type(facts: FieldFacts) -> str | None:
    """The legal representative's, when they act themselves."""
    return _as_agent(facts, "legal_rep_id_type")


def agent_id_no(facts: FieldFacts) -> str | None:
    """The legal representative's, when they act themselves."""
    return _as_agent(facts, "legal_rep_id_no")


def agent_id_expiry(facts: FieldFacts) -> str | None:
    """The legal representative's, when they act themselves."""
    return _as_agent(facts, "legal_rep_id_to")


def recon_address(facts: FieldFacts) -> str | None:
    """Statements go to the office address."""
    found: str | None = facts.field("office_address")
    return found


def recon_postcode(facts: FieldFacts) -> str | None:
    """The postcode of the district that the reconciliation address names."""
    return _postcode(facts, "recon_address")


def crs_declaration(facts: FieldFacts) -> str | None:
    """The entity's tax residency as declared in the CRS form."""
    found: str | None = facts.field("entity_tax_residency")
    return found


def address_pinyin(facts: FieldFacts) -> str | None:
    """The Chinese address of the entity in pinyin."""
    address = facts.field("entity_address_cn")
    return address_in_pinyin(address) if address else None


def controlling_person_pinyin(facts: FieldFacts) -> list[str] | None:
    """The controlling persons' names in pinyin."""
    names = facts.field("cp_name")
    return [name_in_pinyin(name) for name in names] if names else None


def controlling_person_types(facts: FieldFacts) -> list[str] | None:
    """The kind of control, where the owners all meet one standard."""
    names, standards = facts.field("cp_name"), facts.field("bo_relation_type")
    if not names or not standards or len(standards) > 1:
        return None
    return [_CONTROL_TYPE.get(standards[0], "other_means")] * len(names)


def sign_date(facts: FieldFacts) -> str | None:
    """The day of signing, Beijing time."""
    found: str | None = facts.context("signed_on")
    return found


def has_company_shareholder(facts: FieldFacts) -> bool:
    """Whether a shareholder is identified by a company's code."""
    return "uscc" in (facts.field("shareholder_id_type") or [])


def company_holds_half(facts: FieldFacts) -> bool:
    """Whether one company holds half of the shares or more."""
    kinds, shares = facts.field("shareholder_id_type"), facts.field("share_ratio")
    if not kinds or not shares:
        return False
    return any(k == "uscc" and s >= HALF_BPS for k, s in zip(kinds, shares, strict=False))


def _postcode(facts: FieldFacts, key: str) -> str | None:
    address = facts.field(key)
    district = district_of(address) if address else None
    return district.postcode if district else None


def _as_agent(facts: FieldFacts, key: str) -> str | None:
    agent, representative = facts.field("agent_name"), facts.field("legal_rep_name")
    if agent is None or agent != representative:
        return None
    found: str | None = facts.field(key)
    return found


FIELD_RULES: dict[str, FieldRule] = {
    rule.__name__: rule
    for rule in (
        depositor_type,
        registered_postcode,
        area_code,
        account_name,
        agent_id_type,
        agent_id_no,
        agent_id_expiry,
        recon_address,
        recon_postcode,
        crs_declaration,
        address_pinyin,
        controlling_person_pinyin,
        controlling_person_types,
        sign_date,
    )
}

APPLICABILITY_RULES: dict[str, Callable[[FieldFacts], bool]] = {
    rule.__name__: rule for rule in (has_company_shareholder, company_holds_half)
}
