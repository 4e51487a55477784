"""Who acts: roles, organisations as tenants, actors. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do for an organisation."""

    ENTERPRISE_AGENT = "enterprise_agent"
    ACCOUNT_DESK = "account_desk"
    CREDIT_OFFICER = "credit_officer"
    BANK_APPROVER = "bank_approver"
    REGULATOR_REVIEWER = "regulator_reviewer"
    AUTHORITY_OPERATOR = "authority_operator"
    PLATFORM_ADMIN = "platform_admin"


ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.ENTERPRISE_AGENT: ("企业经办人", "Enterprise agent"),
    Role.ACCOUNT_DESK: ("账户专员", "Account desk"),
    Role.CREDIT_OFFICER: ("信贷专员", "Credit officer"),
    Role.BANK_APPROVER: ("银行审批人", "Bank approver"),
    Role.REGULATOR_REVIEWER: ("监管审查员", "Regulator reviewer"),
    Role.AUTHORITY_OPERATOR: ("机构操作员", "Authority operator"),
    Role.PLATFORM_ADMIN: ("平台管理员", "Platform administrator"),
}

ORGANISATION_KINDS = ("enterprise", "bank", "regulator", "authority", "platform")


@dataclass(frozen=True)
class Actor:
    """A signed-in person, acting for one organisation (the tenant).

    ``organisation_kind`` is one of :data:`ORGANISATION_KINDS`; ``organisation_code`` is the
    stable code ("tax", "bank-a"), for an enterprise its USCC.
    """

    user_id: str
    login: str
    display_name: str
    roles: frozenset[Role]
    organisation_id: str
    organisation_kind: str
    organisation_code: str
    organisation_name_zh: str = ""
    organisation_name_en: str = ""
