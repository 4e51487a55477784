"""What the credit use cases need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from credit.model.bundle import Rules
from credit.model.decision import LoanRequest
from credit.model.records import (
    Application,
    ApplicationState,
    ChainStatus,
    Decision,
    Loan,
    Pledge,
    Review,
)


class Actor(Protocol):
    """Who acts, for which organisation, with which roles."""

    @property
    def user_id(self) -> str: ...
    @property
    def roles(self) -> Iterable[str]: ...
    @property
    def organisation_id(self) -> str: ...
    @property
    def organisation_kind(self) -> str: ...
    @property
    def organisation_code(self) -> str: ...


class Clock(Protocol):
    """Tells the time in UTC epoch seconds."""

    def __call__(self) -> int: ...


class PresentedCredential(Protocol):
    """One verified credential of a presentation."""

    @property
    def type_code(self) -> str: ...
    @property
    def issuer_code(self) -> str: ...
    @property
    def credential_digest(self) -> str: ...
    @property
    def claims(self) -> Mapping[str, Any]: ...


class Presented(Protocol):
    """A verified presentation."""

    @property
    def id(self) -> str: ...
    @property
    def enterprise_id(self) -> str: ...
    @property
    def credentials(self) -> Sequence[PresentedCredential]: ...


class Party(Protocol):
    """An enterprise, as credit needs it."""

    @property
    def uscc(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def did(self) -> str: ...


class Organisation(Protocol):
    """A bank, as credit needs it."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def address(self) -> str: ...


class InclusionProof(Protocol):
    """That a credential is in an anchored batch: what a contract checks."""

    @property
    def batch_root(self) -> str: ...
    @property
    def proof(self) -> Sequence[str]: ...
    @property
    def issuer_address(self) -> str: ...
    @property
    def credential_digest(self) -> str: ...
    @property
    def credential_type(self) -> str: ...
    @property
    def status_index(self) -> int: ...
    @property
    def asset_fingerprint(self) -> str: ...


class IdentityPort(Protocol):
    """What credit asks of identity; the facade ``identity.Identity`` has these methods."""

    def enterprise(self, enterprise_id: str) -> Party: ...
    def organisation(self, code: str) -> Organisation: ...
    def presentation(self, presentation_id: str, *, reader: Actor, purpose: str) -> Presented: ...
    def latest_presentation(
        self, enterprise_id: str, verifier_id: str, purpose: str
    ) -> Presented | None: ...
    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str: ...
    def sign_as(self, organisation_code: str, payload: Mapping[str, Any], *, typ: str) -> str: ...
    def verify_signature_of(
        self, organisation_code: str, jws: str, *, typ: str
    ) -> Mapping[str, Any]: ...
    def inclusion(self, credential_digest: str) -> InclusionProof | None: ...
    def log_read(
        self,
        *,
        reader_id: str,
        enterprise_id: str,
        purpose: str,
        fields: Sequence[str],
        consent_id: str | None,
        outcome: str,
    ) -> None: ...


class Sealer(Protocol):
    """Seals an enterprise's data under its own data key, bound to the place it is kept at.

    A place is named ``table|column|row id``. Opening raises identity's KeyStoreError where the
    bytes were altered or moved, or the enterprise's data key was erased.
    """

    def seal(self, enterprise_id: str, place: str, data: bytes) -> bytes: ...
    def open_sealed(self, enterprise_id: str, place: str, sealed: bytes) -> bytes: ...


class LedgerView(Protocol):
    """A ledger as its source gives it: its own digest, and columns of equal length."""

    @property
    def digest(self) -> str: ...
    def columns(self) -> Mapping[str, Sequence[Any]]: ...


class LedgerSource(Protocol):
    """Where invoice ledgers come from, by USCC; None where the source holds none."""

    def ledger(self, uscc: str) -> LedgerView | None: ...


@dataclass(frozen=True)
class LoanCase:
    """A submitted loan case, as filing hands it over."""

    case_id: str
    enterprise_id: str
    bank_id: str
    bank_code: str
    presentation_id: str
    request: LoanRequest


class LoanCases(Protocol):
    """Submitted loan cases.

    Raises:
        CaseNotSubmitted: the case is no loan case, not submitted, or not visible to the actor.
    """

    def loan_case(self, case_id: str, *, actor: Actor) -> LoanCase: ...
    def close(
        self, case_id: str, *, actor: Actor, approved: bool, reasons: Sequence[str]
    ) -> None: ...


class RuleBook(Protocol):
    """The scorecards and policies in force."""

    def rules(self, policy_id: str) -> Rules: ...


class Attestations(Protocol):
    """Queues writes to the credit and pledge contracts in the caller's transaction."""

    def record_loan(self, loan: Loan) -> None: ...
    def pledge(self, pledge: Pledge, inclusion: InclusionProof) -> None: ...
    def loan_status(self, loan_id: str) -> ChainStatus | None: ...
    def pledge_status(self, pledge_id: str) -> ChainStatus | None: ...


class CreditStore(Protocol):
    """Applications, decisions, loans and pledges, as stored; None where there is none."""

    def add_application(self, application: Application) -> None: ...
    def application(self, application_id: str) -> Application | None: ...
    def application_of_case(self, case_id: str) -> Application | None: ...
    def applications_of_bank(self, bank_id: str, limit: int) -> list[Application]: ...
    def applications_of_enterprise(self, enterprise_id: str, limit: int) -> list[Application]: ...
    def advance(
        self, application_id: str, before: ApplicationState, after: ApplicationState
    ) -> bool: ...
    def set_presentation(self, application_id: str, presentation_id: str) -> None: ...
    def set_review(self, application_id: str, review: Review) -> None: ...
    def review(self, application_id: str) -> Review | None: ...
    def add_decision(self, decision: Decision) -> None: ...
    def decision(self, decision_id: str) -> Decision | None: ...
    def latest_decision(self, application_id: str) -> Decision | None: ...
    def add_loan(self, loan: Loan) -> None: ...
    def loan(self, loan_id: str) -> Loan | None: ...
    def loan_of_application(self, application_id: str) -> Loan | None: ...
    def loans(self, limit: int, offset: int) -> list[Loan]: ...
    def add_pledge(self, pledge: Pledge) -> None: ...
    def pledge(self, pledge_id: str) -> Pledge | None: ...
    def pledges_of_loan(self, loan_id: str) -> list[Pledge]: ...
