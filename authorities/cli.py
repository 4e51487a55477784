"""The command group ``sandbox``: load the city into the registers, and say what is there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import track
from rich.table import Table

from authorities.adapters.cities import build_city
from authorities.errors import AuthoritiesError
from authorities.model.company import Company
from authorities.web.context import authorities
from db import db

sandbox = AppGroup("sandbox", help="The sandbox city and its simulated authorities.")


@sandbox.command("load")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory with open data; by default SANDBOX_DATA, and without it a made-up city.",
)
@click.option("--enterprises", type=click.IntRange(1, 5_000), help="How many enterprises.")
def load(data: Path | None, enterprises: int | None) -> None:
    """Load the city into the registers; loading it again changes nothing."""
    started = time.monotonic()
    configured = current_app.config.get("SANDBOX_DATA")
    directory = data or (Path(configured) if configured else None)
    console = Console()
    try:
        with console.status("Building the city 构建城市"):
            city = build_city(directory, enterprises)
        counts = authorities().loading.load(city, _progress)
    except AuthoritiesError as error:
        raise click.ClickException(f"{error.title_en} {error.detail}") from error
    db.session.commit()
    seconds = time.monotonic() - started
    console.print(
        f"{city.origin} city 城市: {len(city.companies)} enterprises; records: "
        f"{counts.created} created, {counts.updated} updated, {counts.unchanged} unchanged; "
        f"{seconds:.1f} s"
    )


def _progress(companies: Iterable[Company]) -> Iterable[Company]:
    chosen = list(companies)
    return track(chosen, "Writing registers 登记入册", transient=True)


@sandbox.command("describe")
def describe() -> None:
    """Print the loaded city and how many records each simulated authority holds."""
    console = Console()
    loaded = authorities().cities.loaded()
    if loaded is None:
        console.print("No city is loaded; run: flask --app app sandbox load")
        return
    console.print(f"{loaded.origin} city 城市, {loaded.companies} enterprises, {loaded.digest}")
    table = Table("Authority 机构", "Type 类型", "Records 记录")
    for authority in authorities().all():
        counts = authorities().register.counts(authority.code)
        for record_type in authority.record_types:
            table.add_row(authority.name_zh, record_type, str(counts.get(record_type, 0)))
    console.print(table)
