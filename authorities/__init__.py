"""Where facts come from: the sandbox city, its twelve simulated authorities and their registers."""

from __future__ import annotations

from authorities.errors import AuthoritiesError, IssuerRefused
from authorities.facade import Authorities
from authorities.issuing import IssuanceReport, Refusal, TypeCounts
from authorities.model.authority import AUTHORITIES, Authority
from authorities.model.company import CITY_DATE
from authorities.model.ledger import Ledger, parse_canonical
from authorities.model.record import Record, RecordType
from authorities.ports import (
    CredentialIssuer,
    IssuanceItem,
    IssuanceOutcome,
    RegisteredCompany,
    SaveCounts,
)

__all__ = [
    "AUTHORITIES",
    "CITY_DATE",
    "Authorities",
    "AuthoritiesError",
    "Authority",
    "CredentialIssuer",
    "IssuanceItem",
    "IssuanceOutcome",
    "IssuanceReport",
    "IssuerRefused",
    "Ledger",
    "Record",
    "RecordType",
    "Refusal",
    "RegisteredCompany",
    "SaveCounts",
    "TypeCounts",
    "parse_canonical",
]
