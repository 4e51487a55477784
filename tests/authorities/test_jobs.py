"""Issuing a whole source: good rows kept, errors by row, once each, renewed when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from authorities import Authorities
from authorities.errors import JobTakenOver, SourceFailed, UnknownRecordType
from authorities.model.job import Job, JobState
from authorities.ports import SourceChunk
from db import db
from tests.authorities.conftest import RememberingIssuer

HEADER = ("uscc", "as_of", "insured_headcount")
FIRST, SECOND, THIRD = "91100000100005204H", "91100000100003962T", "911000001000055006"


class Rows:
    """A source of rows in chunks of two; breaks off where told to."""

    name = "rows"
    fingerprint: str | None = None

    def __init__(self, *rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> None:
        self.rows = list(enumerate(rows, start=2))
        self.header = header
        self.breaks_at: int | None = None

    def chunks(self, after: str | None, fingerprint: str | None) -> Iterator[SourceChunk]:
        begin = int(after or 0)
        for start in range(begin, len(self.rows), 2):
            if self.breaks_at is not None and start >= self.breaks_at:
                raise SourceFailed("the source broke off")
            part = self.rows[start : start + 2]
            yield SourceChunk(self.header, part, cursor=str(start + len(part)))


@pytest.fixture(autouse=True)
def everyone(issuer: RememberingIssuer, database: None) -> RememberingIssuer:
    issuer.registered = {FIRST, SECOND, THIRD}
    return issuer


def run(authorities: Authorities, source: Rows, record_type: str = "social-insurance") -> Job:
    jobs = authorities.issuance_jobs
    job = jobs.begin("hrss", record_type, source)
    db.session.commit()
    for step in jobs.run(job, source):
        job = step
        db.session.commit()
    return job


def test_good_rows_are_issued_and_every_error_has_its_row(
    authorities: Authorities, issuer: RememberingIssuer
) -> None:
    source = Rows(
        (FIRST, "2020-03-01", 12),
        (SECOND, "2020-02-30", 7),
        (FIRST, "2020-03-01", 13),
        (SECOND, "2020-03-01", "many"),
        ("91100000100003962X", "2020-03-01", 1),
        (THIRD, "2020-03-01", 5),
    )
    issuer.registered = {FIRST}
    job = run(authorities, source)
    assert job.state is JobState.DONE
    assert (job.counts.rows_read, job.counts.issued, job.counts.refused) == (6, 1, 5)
    found = [(error.row, error.column, error.code) for error in job.errors]
    assert found[:4] == [
        (3, "as_of", "broken_date"),
        (4, "uscc", "duplicate"),
        (5, "insured_headcount", "not_a_number"),
        (6, "uscc", "uscc_check"),
    ]
    assert found[4] == (7, "uscc", "enterprise_not_registered")


def test_a_job_run_again_issues_nothing_twice(
    authorities: Authorities, issuer: RememberingIssuer
) -> None:
    source = Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 7))
    first, again = run(authorities, source), run(authorities, source)
    assert first.id != again.id
    assert (again.counts.issued, again.counts.unchanged) == (0, 2)


def test_a_changed_row_is_renewed(authorities: Authorities, issuer: RememberingIssuer) -> None:
    run(authorities, Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 7)))
    job = run(authorities, Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 8)))
    assert (job.counts.issued, job.counts.unchanged, job.counts.superseded) == (1, 1, 1)
    assert issuer.superseded == {f"social-insurance:{SECOND}::1"}


def test_a_source_that_breaks_off_stops_the_job_and_the_next_goes_on(
    authorities: Authorities, issuer: RememberingIssuer
) -> None:
    source = Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 7), (THIRD, "2020-03-01", 3))
    source.breaks_at = 2
    stopped = run(authorities, source)
    assert (stopped.state, stopped.reason) == (JobState.STOPPED, "source_failed")
    assert stopped.counts.issued == 2
    assert not any(issuer.batches.values()), "what was issued is anchored meanwhile"
    source.breaks_at = None
    done = run(authorities, source)
    assert (done.id, done.state) == (stopped.id, JobState.DONE)
    assert done.counts.rows_read == 3


def test_an_issuer_suspended_in_the_middle(
    authorities: Authorities, issuer: RememberingIssuer
) -> None:
    source = Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 7), (THIRD, "2020-03-01", 3))
    jobs = authorities.issuance_jobs
    job = jobs.begin("hrss", "social-insurance", source)
    steps = jobs.run(job, source)
    next(steps)
    issuer.accredited = False
    stopped = list(steps)[-1]
    assert (stopped.state, stopped.reason) == (JobState.STOPPED, "issuer_refused")
    assert stopped.counts.issued == 2
    issuer.accredited = True
    assert run(authorities, source).counts.issued == len(issuer.issued) == 3


def test_whoever_is_taken_over_keeps_nothing_more(authorities: Authorities) -> None:
    source = Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-03-01", 7), (THIRD, "2020-03-01", 3))
    jobs = authorities.issuance_jobs
    steps = jobs.run(jobs.begin("hrss", "social-insurance", source), source)
    next(steps)
    jobs.begin("hrss", "social-insurance", source)
    with pytest.raises(JobTakenOver):
        next(steps)


def test_a_wrong_header_refuses_every_row_once(authorities: Authorities) -> None:
    source = Rows(*[(FIRST, "x", 1)] * 5, header=("uscc", "as_off", "insured_headcount"))
    job = run(authorities, source)
    assert (job.counts.rows_read, job.counts.refused, job.counts.issued) == (5, 5, 0)
    assert [error.code for error in job.errors] == ["unknown_column", "missing_column"]


def test_a_megabyte_in_a_cell_refuses_its_row_only(authorities: Authorities) -> None:
    source = Rows((FIRST, "2020-03-01", 12), (SECOND, "9" * 1_000_000, 7))
    job = run(authorities, source)
    assert (job.counts.issued, job.counts.refused) == (1, 1)
    assert all(len(error.detail_en) < 300 for error in job.errors)


def test_a_type_the_authority_does_not_keep(authorities: Authorities) -> None:
    with pytest.raises(UnknownRecordType):
        authorities.issuance_jobs.begin("hrss", "tax-credit", Rows())


def test_progress_over_http(
    authorities: Authorities, client: FlaskClient, app: Flask, tokens: dict[str, str]
) -> None:
    job = run(authorities, Rows((FIRST, "2020-03-01", 12), (SECOND, "2020-02-30", 7)))
    url = f"/api/v1/authorities/hrss/jobs/{job.id}"
    answer = client.get(url, headers={"Authorization": f"Bearer {tokens['hrss']}"})
    assert answer.status_code == 200, answer.text
    shown = answer.json
    assert (shown["state"], shown["rows_read"], shown["issued"]) == ("done", 2, 1)
    assert [error["code"] for error in shown["row_errors"]] == ["broken_date"]
    other = client.get(url, headers={"Authorization": f"Bearer {tokens['tax']}"})
    assert other.status_code == 404
    unknown = client.get(
        url.replace(job.id, "x"), headers={"Authorization": f"Bearer {tokens['hrss']}"}
    )
    assert unknown.status_code == 404


def test_errors_are_kept_up_to_a_number(authorities: Authorities) -> None:
    source = Rows(*[(FIRST, "never", 1)] * 600)
    job = run(authorities, source)
    assert (len(job.errors), job.counts.refused) == (500, 600)
    assert replace(job, errors=()).counts.rows_read == 600
