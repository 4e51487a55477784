"""Forms that fill themselves from credentials, cases made of them, and the meter."""

from sqlalchemy.orm import Session, scoped_session

from filing.adapters.hosted_presenting import HostedPresenting
from filing.adapters.repositories import CaseRepository, DeclaredRepository
from filing.catalogue import USE_CASES, bundle
from filing.context import Desk
from filing.errors import FieldErrors, FieldProblem, FilingError
from filing.facade import Filing
from filing.model.case import Case, CaseState, Decision, Party, Signature
from filing.model.conflict import Candidate, Conflict
from filing.model.form import Bundle, Field, FieldType, FillCode, Form
from filing.model.meter import Meter
from filing.model.value import FieldValue, Source
from filing.ports import CaseQuery, CaseSummary, Clock
from identity import Identity

__all__ = [
    "USE_CASES",
    "Bundle",
    "Candidate",
    "Case",
    "CaseQuery",
    "CaseState",
    "CaseSummary",
    "Conflict",
    "Decision",
    "Field",
    "FieldErrors",
    "FieldProblem",
    "FieldType",
    "FieldValue",
    "Filing",
    "FilingError",
    "FillCode",
    "Form",
    "HostedPresenting",
    "Meter",
    "Party",
    "Signature",
    "Source",
    "build_filing",
    "bundle",
]


def build_filing(
    identity: Identity, session: Session | scoped_session[Session], clock: Clock
) -> Filing:
    """Return the facade over the database session and identity's services."""
    cases = CaseRepository(session, identity)
    declared = DeclaredRepository(session, identity)
    return Filing(Desk(identity, cases, declared, clock, HostedPresenting(identity)))
