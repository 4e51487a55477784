"""What the use cases of the authorities need from outside, and what they offer others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from authorities.model.cells import RowError, Table
from authorities.model.job import Job
from authorities.model.ledger import Ledger
from authorities.model.record import Claims, Record


@dataclass(frozen=True)
class RegisteredCompany:
    """What the market-regulation register answers at registration.

    ``contact`` is the legal representative's electronic address in the register: in the sandbox
    an address under ``.invalid`` (RFC 2606), so that nothing is ever delivered.
    """

    uscc: str
    name: str
    legal_representative: str
    status: str
    contact: str


@dataclass(frozen=True)
class SaveCounts:
    """What saving records did."""

    created: int
    updated: int
    unchanged: int


class Register(Protocol):
    """The registers of all authorities."""

    def lookup(self, uscc: str) -> RegisteredCompany | None: ...
    def companies(self) -> list[RegisteredCompany]: ...
    def records(
        self, authority_code: str, record_type: str, usccs: Iterable[str] | None = None
    ) -> Iterator[Record]: ...
    def page(
        self, authority_code: str, record_type: str, *, uscc: str | None, limit: int, offset: int
    ) -> list[Record]: ...
    def counts(self, authority_code: str) -> dict[str, int]: ...
    def save(self, records: Iterable[Record], at: int) -> SaveCounts: ...


class Ledgers(Protocol):
    """Invoice ledgers by enterprise."""

    def get(self, uscc: str) -> Ledger: ...
    def digests(self) -> dict[str, str]: ...
    def save_many(self, ledgers: Mapping[str, Ledger]) -> int: ...


@dataclass(frozen=True)
class LoadedCity:
    """The city that the registers hold."""

    origin: str
    companies: int
    digest: str
    loaded_at: int


class Cities(Protocol):
    """Remembers which city was loaded."""

    def loaded(self) -> LoadedCity | None: ...
    def set_loaded(self, city: LoadedCity) -> None: ...


@dataclass(frozen=True)
class StagedImport:
    """An uploaded spreadsheet after its check.

    Once committed, ``rows`` are empty and ``saved`` says what the commit did.
    """

    id: str
    authority_code: str
    record_type: str
    filename: str
    state: str
    row_count: int
    rows: Sequence[Claims]
    errors: Sequence[RowError]
    created_at: int
    saved: SaveCounts | None = None


class Imports(Protocol):
    """Staged imports."""

    def add(self, staged: StagedImport) -> None: ...
    def get(self, import_id: str, authority_code: str) -> StagedImport: ...
    def set_committed(self, import_id: str, authority_code: str, saved: SaveCounts) -> None: ...


class TableReader(Protocol):
    """Reads a spreadsheet file into a table."""

    def __call__(self, data: bytes, filename: str) -> Table: ...


@dataclass(frozen=True)
class IssuanceItem:
    """One credential to issue; ``source_key`` makes issuing the same fact twice a no-op."""

    uscc: str
    claims: Mapping[str, Any]
    source_key: str


@dataclass(frozen=True)
class IssuanceOutcome:
    """What became of one item: "issued", "unchanged" (issued before) or "refused".

    ``reason`` is the stable code of a refusal, such as "enterprise_not_registered".
    """

    source_key: str
    outcome: str
    reason: str | None = None


class CredentialIssuer(Protocol):
    """Issues credentials in an authority's name; the platform's identity part implements it.

    Raises:
        IssuerRefused: the issuer may not issue the type now; nothing is issued.
    """

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssuanceItem]
    ) -> Sequence[IssuanceOutcome]: ...

    def supersede(self, issuer_code: str, source_keys: Sequence[str]) -> int:
        """Revoke what was issued under these keys, because newer credentials took its place.

        Returns how many statuses were changed; keys nothing was issued under are passed over.
        """

    def open_batch(self, issuer_code: str, type_code: str, batch_id: str | None) -> str:
        """Return the batch of this id if it is still open, and the id of a new one otherwise."""

    def issue_chunks(
        self, batch_id: str, chunks: Iterable[Sequence[IssuanceItem]]
    ) -> Iterator[Sequence[IssuanceOutcome] | None]:
        """Issue chunks into a batch; the caller commits after each, and after a None, which says
        that signing goes on. See `BulkIssuance.issue`."""

    def close_batch(self, batch_id: str) -> int:
        """Close a batch and queue it for the chain; return how many it has."""

    def anchored(self, batch_ids: Sequence[str]) -> int:
        """Return how many credentials of these batches are on chain."""


@dataclass(frozen=True)
class SourceChunk:
    """Some rows of a source, in order, with the header they are under.

    Attributes:
        rows: line numbers (the header is 1) and cells.
        cursor: where to go on after these rows.
    """

    header: Sequence[Any]
    rows: Sequence[tuple[int, Sequence[Any]]]
    cursor: str


class Source(Protocol):
    """Where a job's rows come from: a file, a table of a database, a feed.

    Raises:
        SourceFailed: it cannot be read, now or as it is.
    """

    @property
    def name(self) -> str:
        """What it is called in a job: the same source, the same name; never a password."""

    @property
    def fingerprint(self) -> str | None:
        """The source's word for its contents, such as an ETag, after it was read."""

    def chunks(self, after: str | None, fingerprint: str | None) -> Iterator[SourceChunk]:
        """Yield the rows, from the beginning or after a cursor.

        Args:
            fingerprint: of the contents as they were read last; where they still have it, there
                is nothing to yield.
        """


class Jobs(Protocol):
    """Issuance jobs."""

    def add(self, job: Job) -> None: ...
    def get(self, job_id: str, authority_code: str) -> Job: ...
    def newest(self, authority_code: str, limit: int) -> list[Job]: ...
    def last_of(self, authority_code: str, record_type: str, source: str) -> Job | None: ...
    def take(self, job: Job) -> None: ...
    def save(self, job: Job) -> None: ...


class Clock(Protocol):
    """Tells the time in UTC epoch seconds."""

    def __call__(self) -> int: ...


class Operator(Protocol):
    """Who acts: a signed-in member of an organisation."""

    @property
    def organisation_kind(self) -> str: ...

    @property
    def organisation_code(self) -> str: ...
