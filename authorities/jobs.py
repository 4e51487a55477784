"""Issue a whole source as credentials: read, check, register, issue, anchor; again after a crash.

1. A chunk of rows is checked: good rows enter the register, every error is kept with its row.
2. Their records are issued, in their present version; a version issued before is left alone.
3. Where a record had been issued in an earlier version, that credential is revoked.
4. Credentials, register, counts and the place in the source are one database transaction. So a
   process that is killed anywhere leaves whole chunks behind, and the next goes on after them.
5. At the end the batch is closed; a job that stops closes it too, and what it issued is anchored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from authorities.errors import AuthoritiesError, JobTakenOver
from authorities.model.authority import require_record_type
from authorities.model.cells import RowError, Table, row_error
from authorities.model.job import Job, JobCounts, JobState
from authorities.model.record import Claims, Record, RecordType
from authorities.ports import (
    Clock,
    CredentialIssuer,
    IssuanceItem,
    IssuanceOutcome,
    Jobs,
    Register,
    Source,
    SourceChunk,
)
from authorities.spreadsheet import check_table
from db import new_id


class _Work(NamedTuple):
    """A chunk on its way: what was read, and which records are being issued."""

    chunk: SourceChunk
    rows: int
    errors: Sequence[RowError]
    records: Sequence[tuple[int, Record]]


@dataclass(frozen=True)
class IssuanceJobs:
    """Runs issuance jobs."""

    types: Mapping[str, RecordType]
    register: Register
    jobs: Jobs
    issuer: CredentialIssuer
    clock: Clock

    def begin(self, authority_code: str, record_type: str, source: Source) -> Job:
        """Return the job of this source: the one that was not finished, or else a new one.

        Whoever ran it before may be dead or not: it keeps nothing more.

        Raises:
            UnknownAuthority, UnknownRecordType.
        """
        require_record_type(authority_code, record_type)
        now, runner = self.clock(), new_id()
        last = self.jobs.last_of(authority_code, record_type, source.name)
        if last is not None and last.state is not JobState.DONE:
            job = replace(
                last,
                state=JobState.RUNNING,
                runner=runner,
                touched_at=now,
                reason=None,
                detail=None,
            )
            self.jobs.take(job)
            return job
        job = Job(
            id=new_id(),
            authority_code=authority_code,
            record_type=record_type,
            source=source.name,
            state=JobState.RUNNING,
            created_at=now,
            touched_at=now,
            runner=runner,
            fingerprint=last.fingerprint if last else None,
        )
        self.jobs.add(job)
        return job

    def run(self, job: Job, source: Source) -> Iterator[Job]:
        """Work the job off; yield it after every chunk, and last as it ended.

        The caller commits after every yield. A job that could not go on ends as `STOPPED`, with
        the reason in it; it can be begun again.

        Raises:
            JobTakenOver: another process runs it now; the caller rolls back.
        """
        try:
            for step in self._steps(job, source):
                job = step
                yield job
        except JobTakenOver:
            raise
        except AuthoritiesError as error:
            ended = replace(job, state=JobState.STOPPED, reason=error.code, detail=error.detail)
        else:
            # A refused row may be right tomorrow, without a change in the source.
            known = None if job.counts.refused else source.fingerprint
            ended = replace(job, state=JobState.DONE, fingerprint=known)
        if ended.batch_id is not None:
            self.issuer.close_batch(ended.batch_id)
        ended = replace(ended, batch_id=None, touched_at=self.clock())
        self.jobs.save(ended)
        yield ended

    def _steps(self, job: Job, source: Source) -> Iterator[Job]:
        batch_id = self.issuer.open_batch(job.authority_code, job.record_type, job.batch_id)
        batches = job.batches if batch_id in job.batches else (*job.batches, batch_id)
        job = replace(job, batch_id=batch_id, batches=batches)
        underway: deque[_Work] = deque()
        items = self._items(job, source, underway)
        for outcomes in self.issuer.issue_chunks(batch_id, items):
            if outcomes is not None:
                job = self._account(job, underway.popleft(), outcomes)
            self.jobs.save(job)
            yield job

    def _items(
        self, job: Job, source: Source, underway: deque[_Work]
    ) -> Iterator[list[IssuanceItem]]:
        """Yield what is to be issued of each chunk; the chunk itself goes to `underway`."""
        seen: dict[tuple[str, str], int] = {}
        for chunk in source.chunks(job.cursor, job.fingerprint):
            table = Table(chunk.header, chunk.rows)
            checked = check_table(table, self.types[job.record_type], seen)
            records = self._registered(job, checked.good)
            work = _Work(chunk, checked.row_count, checked.errors, _with_lines(records, seen))
            underway.append(work)
            yield [IssuanceItem(r.uscc, r.claims, r.source_key) for r in records]

    def _registered(self, job: Job, good: Sequence[Claims]) -> list[Record]:
        """Take good rows into the register; return their records with the versions they have."""
        key_of = self.types[job.record_type].key_of
        places = {(str(claims["uscc"]), key_of(claims)): claims for claims in good}
        self.register.save(
            [
                Record(job.authority_code, job.record_type, uscc, key, claims)
                for (uscc, key), claims in places.items()
            ],
            self.clock(),
        )
        usccs = {uscc for uscc, _ in places}
        held = self.register.records(job.authority_code, job.record_type, usccs)
        return [record for record in held if (record.uscc, record.key) in places]

    def _account(self, job: Job, work: _Work, outcomes: Sequence[IssuanceOutcome]) -> Job:
        refused = [
            row_error(line, "uscc", outcome.reason or "refused")
            for (line, _), outcome in zip(work.records, outcomes, strict=True)
            if outcome.outcome == "refused"
        ]
        renewed = [
            key
            for (_, record), outcome in zip(work.records, outcomes, strict=True)
            if outcome.outcome == "issued"
            for key in record.earlier_source_keys
        ]
        counts = JobCounts(
            rows_read=work.rows,
            refused=work.rows - len(work.records) + len(refused),
            issued=sum(outcome.outcome == "issued" for outcome in outcomes),
            unchanged=sum(outcome.outcome == "unchanged" for outcome in outcomes),
            superseded=self.issuer.supersede(job.authority_code, renewed) if renewed else 0,
        )
        return replace(
            job.with_errors([*work.errors, *refused]),
            cursor=work.chunk.cursor,
            counts=job.counts + counts,
            touched_at=self.clock(),
        )


def _with_lines(
    records: Sequence[Record], lines: Mapping[tuple[str, str], int]
) -> list[tuple[int, Record]]:
    return [(lines[record.uscc, record.key], record) for record in records]
