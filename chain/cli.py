"""``flask --app app chain …``: deploy, look, verify, and run the worker and the follower."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click
from flask import current_app
from flask.cli import AppGroup

from chain.check import check_chain, verify_code
from chain.deploy import deploy
from chain.errors import ChainError
from chain.follower import Follower
from chain.node import Chain
from chain.outbox import Outbox
from chain.worker import OutboxWorker
from db import db

chain_cli = AppGroup("chain", help="The contracts, the outbox and the index of the chain.")


def _explained(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a chain error into one clear sentence and exit status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ChainError as error:
            raise click.ClickException(f"{error.title_en} {error.detail}") from error

    return run


def _chain() -> Chain:
    return cast(Chain, current_app.extensions["qilian.chain"])


def _follower() -> Follower:
    return cast(Follower, current_app.extensions["qilian.follower"])


@chain_cli.command("deploy")
@_explained
def deploy_command() -> None:
    """Deploy the contracts and wire them; what is there already stays."""
    for contract in deploy(_chain()):
        what = "deployed" if contract.fresh else "already there"
        click.echo(f"{contract.name:24} {contract.address}  block {contract.block_number}  {what}")


@chain_cli.command("status")
@_explained
def status_command() -> None:
    """Say whether the chain is the right one, and what waits in the outbox."""
    counts, totals = Outbox.counts(), Outbox.totals()
    failures = Outbox.failures(limit=10)
    db.session.commit()
    told = ", ".join(f"{state} {count}" for state, count in counts.items())
    click.echo(f"outbox       {told}")
    click.echo(f"transactions {totals.count}, gas {totals.gas_used}")
    for failed in failures:
        args = ", ".join(str(value) for value in failed.error_args)
        click.echo(
            f"failed       {failed.dedupe_key}: {failed.contract}.{failed.function} "
            f"refused with {failed.error_name}({args})"
        )
    state = check_chain(_chain())
    click.echo(f"chain        id {state.chain_id}, genesis {state.genesis_hash}")
    click.echo(f"head         block {state.head_number}, {_follower().lag_blocks()} not read yet")


@chain_cli.command("verify")
@_explained
def verify_command() -> None:
    """Compare every contract's code with the compiled artifact and the record."""
    checks = verify_code(_chain())
    for check in checks:
        click.echo(
            f"{check.contract:24} {check.address}  {'agrees' if check.agrees else 'DIFFERS'}"
        )
        if not check.agrees:
            click.echo(f"  compiled {check.compiled}")
            click.echo(f"  recorded {check.recorded}")
            click.echo(f"  served   {check.served}")
    if not checks:
        raise click.ClickException("no contracts are deployed yet; run 'chain deploy'")
    if not all(check.agrees for check in checks):
        raise click.ClickException("some code is not what was compiled or recorded")


@chain_cli.command("worker")
@click.option("--once", is_flag=True, help="Land what is queued, then end.")
@click.option("--poll", "poll_s", default=0.5, show_default=True, help="Seconds between looks.")
@_explained
def worker_command(once: bool, poll_s: float) -> None:
    """Land queued writes on the chain."""
    worker = OutboxWorker(_chain())
    if once:
        progress = worker.run_until_idle()
        click.echo(f"{progress.settled} transactions settled, {progress.failed} items failed")
        return
    _repeat(lambda: worker.run_once().moved, poll_s)


@chain_cli.command("follow")
@click.option("--once", is_flag=True, help="Read what is there, then end.")
@click.option("--poll", "poll_s", default=0.5, show_default=True, help="Seconds between looks.")
@_explained
def follow_command(once: bool, poll_s: float) -> None:
    """Read the contracts' events into the index."""
    if once:
        _follower().run_once()
        return
    _repeat(lambda: bool(_follower().run_once()), poll_s)


@chain_cli.command("rebuild")
@_explained
def rebuild_command() -> None:
    """Forget the index and make it again from the chain."""
    _follower().rebuild()
    click.echo("the index was made again from the chain")


@chain_cli.command("retry")
@click.argument("dedupe_key")
@_explained
def retry_command(dedupe_key: str) -> None:
    """Queue a failed write again."""
    found = Outbox.retry(dedupe_key)
    db.session.commit()
    if not found:
        raise click.ClickException(f"no failed write has the key {dedupe_key}")
    click.echo("queued")


def _repeat(work: Callable[[], bool], poll_s: float) -> None:
    """Work for ever, resting while there is nothing to do; a lost node is waited for."""
    while True:
        try:
            moved = work()
        except ChainError as error:
            db.session.rollback()
            click.echo(f"{error.title_en} {error.detail}", err=True)
            moved = False
        if not moved:
            time.sleep(poll_s)
