"""An issuance job: a source read through, its records issued; how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from authorities.model.cells import RowError

ERRORS_KEPT_MAX = 500


class JobState(StrEnum):
    """Where a job is. A `STOPPED` job can be taken up again; `DONE` is an end."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True)
class JobCounts:
    """What a job did: rows of the source, and the credentials made from them."""

    rows_read: int = 0
    refused: int = 0
    issued: int = 0
    unchanged: int = 0
    superseded: int = 0

    def __add__(self, other: JobCounts) -> JobCounts:
        return JobCounts(
            self.rows_read + other.rows_read,
            self.refused + other.refused,
            self.issued + other.issued,
            self.unchanged + other.unchanged,
            self.superseded + other.superseded,
        )


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        source: names the source, without any password.
        cursor: where in the source to go on; None at its beginning.
        fingerprint: the source's own word for its contents (an ETag), once read through.
        batch_id: the Merkle batch that is being added to.
        batches: all batches of the job, that one included.
        runner: names who runs it; whoever takes it up writes another name, and the one before
            finds that out before its next chunk is kept.
        reason: the stable code of why it stopped; `detail` in words.
        errors: the first 500 of what is wrong with single rows.
    """

    id: str
    authority_code: str
    record_type: str
    source: str
    state: JobState
    created_at: int
    touched_at: int
    runner: str
    cursor: str | None = None
    fingerprint: str | None = None
    batch_id: str | None = None
    batches: tuple[str, ...] = ()
    counts: JobCounts = JobCounts()
    errors: tuple[RowError, ...] = ()
    reason: str | None = None
    detail: str | None = None

    def with_errors(self, errors: Sequence[RowError]) -> Job:
        """Return the job with further errors of rows; a header's are kept once."""
        room = ERRORS_KEPT_MAX - len(self.errors)
        fresh = [error for error in errors if error.row > 1 or error not in self.errors]
        return replace(self, errors=(*self.errors, *fresh[:room]))
