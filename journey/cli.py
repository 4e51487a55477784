"""``flask --app app journey``: the whole journey over HTTP, with its table."""

from __future__ import annotations

import json
from pathlib import Path

import click
import httpx
from flask import current_app
from rich.console import Console

from journey.client import Refused
from journey.parties import World
from journey.report import show, summary
from journey.stages import Journey

TIMEOUT_S = 300


@click.command("journey")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON only.")
@click.option("--show", "show_last", is_flag=True, help="Print the last journey's figures again.")
@click.option("--enterprises", type=click.IntRange(1), help="Only the first so many enterprises.")
def journey_cli(as_json: bool, show_last: bool, enterprises: int | None) -> None:
    """Run the whole journey through the HTTP API of the server at PUBLIC_URL."""
    console = Console(stderr=as_json)
    file = Path(current_app.config["VAR_DIR"]) / "journey.json"
    if not show_last:
        found = _run(console, enterprises)
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif not file.exists():
        raise click.ClickException("no journey was made yet; run: flask --app app journey")
    text = file.read_text(encoding="utf-8")
    if as_json:
        click.echo(text, nl=False)
    else:
        show(json.loads(text), console)


def _run(console: Console, enterprises: int | None) -> dict[str, object]:
    password = Path(current_app.config["SANDBOX_PASSWORD_FILE"]).read_text().strip()
    limits = httpx.Limits(max_connections=8)
    with httpx.Client(
        base_url=current_app.config["PUBLIC_URL"], timeout=TIMEOUT_S, limits=limits
    ) as http:
        try:
            world = World.sign_in(http, password)
            facts = Journey(world, console, enterprises).run()
            return summary(world, facts)
        except httpx.ConnectError as error:
            raise click.ClickException(
                f"nothing answers at {http.base_url}; start the web first: make run"
            ) from error
        except Refused as refusal:
            raise click.ClickException(
                f"the API refused a step of the journey. {refusal}"
            ) from None
