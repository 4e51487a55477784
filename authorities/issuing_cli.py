"""``flask authorities issue``: issue a whole source, with a progress bar; again after a crash."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from authorities.adapters.sources import CHUNK_ROWS, open_source
from authorities.errors import AuthoritiesError
from authorities.model.job import Job, JobState
from authorities.ports import Source
from authorities.web.context import authorities
from db import db

authorities_cli = AppGroup("authorities", help="What the simulated authorities do in bulk.")


@authorities_cli.command("issue")
@click.option("--authority", "code", required=True, help="The authority's code, such as tax.")
@click.option("--type", "record_type", required=True, help="The credential type's code.")
@click.option(
    "--source",
    "address",
    required=True,
    help="A csv or xlsx file, the URL of a JSON feed, or a SQLAlchemy URL of a database.",
)
@click.option("--table", help="Database: the table to read.")
@click.option("--query", help="Database: the SELECT to read, instead of a table.")
@click.option("--key", help="Database: the column that orders the rows; else the primary key.")
@click.option("--column", "columns", multiple=True, help="Database: COLUMN=CLAIM, repeatable.")
@click.option("--chunk-rows", type=click.IntRange(1, 100_000), default=CHUNK_ROWS, hidden=True)
def issue(
    code: str,
    record_type: str,
    address: str,
    table: str | None,
    query: str | None,
    key: str | None,
    columns: tuple[str, ...],
    chunk_rows: int,
) -> None:
    """Issue every record of a source; begun again, it goes on where it was broken off."""
    try:
        source = open_source(
            address,
            table=table,
            query=query,
            key=key,
            columns=dict(_mapping(pair) for pair in columns),
            chunk_rows=chunk_rows,
        )
        job = _run(code, record_type, source)
    except AuthoritiesError as error:
        db.session.rollback()
        raise click.ClickException(f"{error.title_en} {error.detail}") from error
    _report(job)
    if job.state is JobState.STOPPED:
        raise click.ClickException(f"the job stopped ({job.reason}): {job.detail}")


def _mapping(pair: str) -> tuple[str, str]:
    column, equals, claim = pair.partition("=")
    if not (column and equals and claim):
        raise click.BadParameter(f"found {pair!r}, expected COLUMN=CLAIM", param_hint="--column")
    return column, claim


def _run(code: str, record_type: str, source: Source) -> Job:
    jobs = authorities().issuance_jobs
    job = jobs.begin(code, record_type, source)
    db.session.commit()
    click.echo(f"job 任务 {job.id}")
    text = TextColumn("{task.completed:,.0f} rows 行  {task.fields[issued]:,} issued 已签发")
    columns = (TextColumn("Issuing 签发"), BarColumn(), text, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("issue", total=None, issued=0)
        for job in jobs.run(job, source):  # noqa: B020 - the job as it stands after each chunk
            db.session.commit()
            counts = job.counts
            progress.update(bar, completed=counts.rows_read, issued=counts.issued)
    return job


def _report(job: Job) -> None:
    counts = job.counts
    click.echo(
        f"{job.state}: {counts.rows_read:,} rows; {counts.issued:,} issued, "
        f"{counts.unchanged:,} unchanged, {counts.superseded:,} superseded, "
        f"{counts.refused:,} refused"
    )
    for error in job.errors[:20]:
        click.echo(f"  row {error.row} {error.column}: {error.detail_en} {error.detail_zh}")
