"""Issuance jobs in SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update

from authorities.adapters.tables import JobRow
from authorities.errors import JobTakenOver, UnknownJob
from authorities.model.cells import RowError
from authorities.model.job import Job, JobCounts, JobState
from db import db

DETAIL_CHARS_MAX = 400


class SqlJobs:
    """Implements :class:`authorities.ports.Jobs` in the current session."""

    def add(self, job: Job) -> None:
        """Keep a new job."""
        db.session.execute(insert(JobRow), [_values(job)])

    def get(self, job_id: str, authority_code: str) -> Job:
        """Return a job; raises UnknownJob where there is none or it is another authority's."""
        query = _SELECT.where(JobRow.id == job_id, JobRow.authority_code == authority_code)
        row = db.session.scalar(query)
        if row is None:
            raise UnknownJob("this authority has no issuance job with this id")
        return _job(row)

    def newest(self, authority_code: str, limit: int) -> list[Job]:
        """Return an authority's jobs, the newest first."""
        query = _SELECT.where(JobRow.authority_code == authority_code)
        return [_job(row) for row in db.session.scalars(query.limit(limit))]

    def last_of(self, authority_code: str, record_type: str, source: str) -> Job | None:
        """Return the newest job of a source."""
        query = _SELECT.where(
            JobRow.authority_code == authority_code,
            JobRow.record_type == record_type,
            JobRow.source == source,
        )
        row = db.session.scalar(query.limit(1))
        return None if row is None else _job(row)

    def take(self, job: Job) -> None:
        """Make the job's runner the one who may save it."""
        db.session.execute(update(JobRow).where(JobRow.id == job.id).values(**_values(job)))

    def save(self, job: Job) -> None:
        """Keep how far a job got.

        Raises:
            JobTakenOver: its runner is another by now; the transaction must not be committed.
        """
        done = db.session.execute(
            update(JobRow)
            .where(JobRow.id == job.id, JobRow.runner == job.runner)
            .values(**_values(job))
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise JobTakenOver("the job was started again elsewhere and goes on there")


_SELECT = select(JobRow).order_by(JobRow.id.desc()).execution_options(populate_existing=True)


def _values(job: Job) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in job.__dataclass_fields__}
    return {
        **values,
        "state": job.state.value,
        "batches": list(job.batches),
        "counts": asdict(job.counts),
        "errors": [asdict(error) for error in job.errors],
        "detail": job.detail[:DETAIL_CHARS_MAX] if job.detail else None,
    }


def _job(row: JobRow) -> Job:
    values = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    values["state"] = JobState(row.state)
    values["batches"] = tuple(row.batches)
    values["counts"] = JobCounts(**row.counts)
    values["errors"] = tuple(RowError(**error) for error in row.errors)
    return Job(**values)
