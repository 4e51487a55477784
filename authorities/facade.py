"""The one object others hold: what an operator may do, and what the sandbox offers to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from authorities.errors import UnknownAuthority
from authorities.importing import Importing
from authorities.issuing import IssuanceReport, Issuing
from authorities.jobs import IssuanceJobs
from authorities.loading import Loading
from authorities.model.authority import AUTHORITIES, Authority, authority, require_record_type
from authorities.model.job import Job
from authorities.model.ledger import Ledger
from authorities.model.record import Record, RecordType
from authorities.ports import (
    Cities,
    Clock,
    CredentialIssuer,
    Imports,
    Jobs,
    Ledgers,
    Operator,
    Register,
    RegisteredCompany,
    SaveCounts,
    StagedImport,
    TableReader,
)


@dataclass(frozen=True)
class Authorities:
    """The simulated authorities.

    Methods that take an operator act for the operator's own authority only; for another one, and
    for one that does not exist, they raise :class:`UnknownAuthority` alike.
    """

    types: Mapping[str, RecordType]
    register: Register
    ledgers: Ledgers
    imports: Imports
    cities: Cities
    issuer: CredentialIssuer
    jobs: Jobs
    read_table: TableReader
    clock: Clock

    @property
    def loading(self) -> Loading:
        """The use case that loads a city."""
        return Loading(self.register, self.ledgers, self.cities, self.clock)

    @property
    def _importing(self) -> Importing:
        return Importing(self.types, self.register, self.imports, self.read_table, self.clock)

    @property
    def issuing(self) -> Issuing:
        """The use case that issues from the registers."""
        return Issuing(self.types, self.register, self.issuer)

    @property
    def issuance_jobs(self) -> IssuanceJobs:
        """The use case that issues whole sources."""
        return IssuanceJobs(self.types, self.register, self.jobs, self.issuer, self.clock)

    def all(self) -> Sequence[Authority]:
        """Return the twelve authorities."""
        return AUTHORITIES

    def lookup(self, uscc: str) -> RegisteredCompany | None:
        """Return what the market-regulation register says of a company."""
        return self.register.lookup(uscc)

    def companies(self) -> list[RegisteredCompany]:
        """Return every company of the market-regulation register."""
        return self.register.companies()

    def ledger(self, uscc: str) -> Ledger:
        """Return an enterprise's invoice ledger; raises UnknownLedger where there is none."""
        return self.ledgers.get(uscc)

    def own(self, operator: Operator, code: str) -> Authority:
        """Return the operator's authority; raises UnknownAuthority where it is not theirs."""
        if operator.organisation_kind != "authority" or operator.organisation_code != code:
            raise UnknownAuthority("no such authority, or you do not act for it")
        return authority(code)

    def counts(self, operator: Operator, code: str) -> dict[str, int]:
        """Return how many records the authority holds of each of its types, zero included."""
        own = self.own(operator, code)
        found = self.register.counts(code)
        return {record_type: found.get(record_type, 0) for record_type in own.record_types}

    def records(
        self,
        operator: Operator,
        code: str,
        record_type: str,
        *,
        uscc: str | None,
        limit: int,
        offset: int,
    ) -> list[Record]:
        """Return one page of the authority's records."""
        self.own(operator, code)
        require_record_type(code, record_type)
        return self.register.page(code, record_type, uscc=uscc, limit=limit, offset=offset)

    def preview_import(
        self, operator: Operator, code: str, record_type: str, filename: str, data: bytes
    ) -> StagedImport:
        """Check a spreadsheet and keep its good rows aside; see :meth:`Importing.preview`."""
        self.own(operator, code)
        return self._importing.preview(code, record_type, filename, data)

    def staged_import(self, operator: Operator, code: str, import_id: str) -> StagedImport:
        """Return an import of the authority; raises UnknownImport."""
        self.own(operator, code)
        return self.imports.get(import_id, code)

    def commit_import(self, operator: Operator, code: str, import_id: str) -> SaveCounts:
        """Take a previewed import's good rows into the register; see :meth:`Importing.commit`."""
        self.own(operator, code)
        return self._importing.commit(code, import_id)

    def commit_file(
        self, operator: Operator, code: str, record_type: str, filename: str, data: bytes
    ) -> tuple[int, SaveCounts]:
        """Take a whole spreadsheet or nothing of it; see :meth:`Importing.commit_file`."""
        self.own(operator, code)
        return self._importing.commit_file(code, record_type, filename, data)

    def issue(
        self,
        operator: Operator,
        code: str,
        record_types: Sequence[str] | None = None,
        usccs: Sequence[str] | None = None,
    ) -> IssuanceReport:
        """Issue the authority's records as credentials; see :meth:`Issuing.issue`."""
        self.own(operator, code)
        return self.issuing.issue(code, record_types, usccs)

    def job(self, operator: Operator, code: str, job_id: str) -> tuple[Job, int]:
        """Return an issuance job of the authority, and how many of its credentials are on chain.

        Raises:
            UnknownAuthority, UnknownJob.
        """
        self.own(operator, code)
        job = self.jobs.get(job_id, code)
        return job, self.issuer.anchored(job.batches)

    def newest_jobs(self, operator: Operator, code: str, limit: int = 20) -> list[Job]:
        """Return the authority's newest issuance jobs."""
        self.own(operator, code)
        return self.jobs.newest(code, limit)
