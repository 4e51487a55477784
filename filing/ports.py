"""What the use cases of `filing` need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from filing.model.case import Case, CaseState, Step
from filing.model.meter import Meter
from filing.model.prefill import Declared


class Actor(Protocol):
    """Who acts: a signed-in member of an organisation."""

    @property
    def user_id(self) -> str: ...
    @property
    def roles(self) -> Iterable[str]: ...
    @property
    def organisation_id(self) -> str: ...
    @property
    def organisation_kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class BankReader:
    """The bank in whose form a presentation is read."""

    organisation_id: str
    organisation_kind: str = "bank"


class Reader(Protocol):
    """In whose name a presentation is read."""

    @property
    def organisation_id(self) -> str: ...
    @property
    def organisation_kind(self) -> str: ...


class Enterprise(Protocol):
    """A registered enterprise."""

    @property
    def id(self) -> str: ...
    @property
    def uscc(self) -> str: ...
    @property
    def name(self) -> str: ...


class Organisation(Protocol):
    """A bank or an authority."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class VerifiedCredential(Protocol):
    """A verified credential with the claims that were disclosed."""

    @property
    def type_code(self) -> str: ...
    @property
    def issuer_code(self) -> str: ...
    @property
    def issuer_name_zh(self) -> str: ...
    @property
    def issuer_name_en(self) -> str: ...
    @property
    def credential_digest(self) -> str: ...
    @property
    def issued_at(self) -> int: ...
    @property
    def verified_at(self) -> int: ...
    @property
    def claims(self) -> Mapping[str, Any]: ...


class VerificationStep(Protocol):
    """One step of a presentation's verification."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def detail_en(self) -> str: ...
    @property
    def detail_zh(self) -> str: ...
    @property
    def reference(self) -> str: ...


class Presentation(Protocol):
    """A verified presentation."""

    @property
    def id(self) -> str: ...
    @property
    def enterprise_id(self) -> str: ...
    @property
    def verifier_id(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def consent_id(self) -> str: ...
    @property
    def credentials(self) -> Sequence[VerifiedCredential]: ...
    @property
    def steps(self) -> Sequence[VerificationStep]: ...


class Issued(Protocol):
    """A credential that was just issued."""

    @property
    def digest(self) -> str: ...


class Parties(Protocol):
    """Looks up enterprises and organisations."""

    def enterprise(self, enterprise_id: str) -> Enterprise: ...
    def organisation(self, code: str) -> Organisation: ...


class Presentations(Protocol):
    """Reads a presentation: checks tenant and consent, and logs the read."""

    def presentation(
        self, presentation_id: str, *, reader: Reader, purpose: str
    ) -> Presentation: ...


class Signer(Protocol):
    """Signs and checks statements with the enterprise's binding key."""

    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str: ...
    def verify_signature(self, enterprise_id: str, jws: str, *, typ: str) -> Mapping[str, Any]: ...


class Issuer(Protocol):
    """Issues a credential into the enterprise's wallet."""

    def issue(
        self, issuer_code: str, type_code: str, enterprise_id: str, claims: Mapping[str, Any]
    ) -> Issued: ...


class ReadLog(Protocol):
    """Appends a read of an enterprise's data to the access log."""

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


class Identity(Parties, Presentations, Signer, Issuer, ReadLog, Protocol):
    """All that filing asks of identity, in one object."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A credential that a purpose asks for: the names of its type and of the claims."""

    type_code: str
    label_zh: str
    label_en: str
    claims_zh: tuple[str, ...]
    claims_en: tuple[str, ...]
    required: bool


class Presenting(Protocol):
    """Lets an enterprise with a hosted wallet present from the browser."""

    def banks(self) -> list[Organisation]: ...
    def asked(self, purpose: str) -> list[Asked]: ...
    def present(self, enterprise_id: str, bank_code: str, purpose: str) -> str: ...


class Sealer(Protocol):
    """Seals an enterprise's data under its own data key, bound to the place it is kept at.

    A place is named ``table|column|row id``. Opening raises identity's KeyStoreError where the
    bytes were altered or moved, or the enterprise's data key was erased.
    """

    def seal(self, enterprise_id: str, place: str, data: bytes) -> bytes: ...
    def open_sealed(self, enterprise_id: str, place: str, sealed: bytes) -> bytes: ...


class Clock(Protocol):
    """Tells the time in UTC epoch seconds."""

    def __call__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list: enough for a queue, without any field's value."""

    id: str
    use_case: str
    enterprise_id: str
    enterprise_name: str
    enterprise_code: str
    bank_id: str
    bank_code: str
    bank_name_zh: str
    bank_name_en: str
    state: CaseState
    version: int
    opened_at: int
    updated_at: int
    submitted_at: int | None
    meter: Meter


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases a list shows; None does not restrict."""

    enterprise_id: str | None = None
    bank_id: str | None = None
    use_case: str | None = None
    states: frozenset[CaseState] | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case."""

    kind: str
    at: int
    actor_id: str
    organisation_id: str
    detail: Mapping[str, Any]


class Cases(Protocol):
    """Stored cases; `save` refuses a case whose stored version is another than it was read at."""

    def add(self, case: Case, meter: Meter, steps: Sequence[Step]) -> None: ...
    def steps(self, case_id: str) -> list[Step]: ...
    def get(self, case_id: str) -> Case: ...
    def save(self, case: Case, meter: Meter) -> Case: ...
    def of_presentation(self, presentation_id: str) -> str | None: ...
    def find(self, query: CaseQuery) -> tuple[list[CaseSummary], int]: ...
    def meters(self, case_ids: Sequence[str] | None) -> dict[str, list[Meter]]: ...
    def record(self, case_id: str, event: Event) -> None: ...
    def events(self, case_id: str) -> list[Event]: ...


class DeclaredFacts(Protocol):
    """What enterprises declared once, by field key."""

    def of(self, enterprise_id: str) -> dict[str, Declared]: ...
    def keep(self, enterprise_id: str, facts: Mapping[str, Declared]) -> None: ...
