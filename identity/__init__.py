"""Who the enterprise is and what it can prove."""

from identity.bulk_issuance import BulkIssuance, Fate, ItemOutcome
from identity.errors import IdentityError
from identity.facade import Identity
from identity.issuance import IssueItem
from identity.model.consent import Consent
from identity.model.credential import CredentialType, HeldCredential, Inclusion, IssuedCredential
from identity.model.party import Enterprise, Organisation, parse_uscc
from identity.model.verification import (
    Outcome,
    VerificationStep,
    VerifiedCredential,
    VerifiedPresentation,
)
from identity.ports import CompanyRegister, Reader, RegisteredCompany

__all__ = [
    "BulkIssuance",
    "CompanyRegister",
    "Consent",
    "CredentialType",
    "Enterprise",
    "Fate",
    "HeldCredential",
    "Identity",
    "IdentityError",
    "Inclusion",
    "IssueItem",
    "IssuedCredential",
    "ItemOutcome",
    "Organisation",
    "Outcome",
    "Reader",
    "RegisteredCompany",
    "VerificationStep",
    "VerifiedCredential",
    "VerifiedPresentation",
    "parse_uscc",
]
