"""``flask sandbox prepare``, ``accredit`` and ``logins``."""

from __future__ import annotations

from typing import cast

import click
from flask import current_app
from flask_migrate import upgrade

from authorities.cli import load, sandbox
from authorities.model.organisation import ORGANISATIONS
from authorities.provisioning import Provisioning
from authorities.web.context import authorities
from chain import Chain, ChainError, OutboxWorker, deploy
from db import db
from identity import Identity
from web.sandbox import sandbox_password

__all__ = ["sandbox"]


@sandbox.command("prepare")
@click.pass_context
def prepare(context: click.Context) -> None:
    """Bring database, contracts, city and organisations up, in one process; idempotent."""
    upgrade()
    for contract in deploy(_chain()):
        if contract.fresh:
            click.echo(f"{contract.name:24} {contract.address}  deployed")
    loaded = authorities().cities.loaded()
    wanted = "real" if current_app.config["SANDBOX_DATA"] else "generated"
    if loaded is None:
        context.invoke(load)
    elif loaded.origin != wanted:
        raise click.ClickException(
            f"a {loaded.origin} city is loaded and a {wanted} one is asked for; "
            "start over with 'make clean'"
        )
    context.invoke(accredit)


@sandbox.command("accredit")
def accredit() -> None:
    """Take up banks, authorities and the regulator, and accredit them on chain; idempotent."""
    Provisioning(_identity(), _chain()).take_up_all(_password())
    db.session.commit()
    try:
        OutboxWorker(_chain()).run_until_idle()
    except ChainError as error:
        raise click.ClickException(f"{error.title_en} {error.detail}") from error
    click.echo(f"{len(ORGANISATIONS)} simulated organisations are taken up and accredited")


@sandbox.command("logins")
def logins() -> None:
    """Print the sandbox logins; enterprises sign in as agent@<USCC>."""
    click.echo("Sandbox logins 沙箱账号 (simulated people 模拟人员):")
    for organisation in ORGANISATIONS:
        for person in organisation.people:
            click.echo(f"  {person.login:26} {organisation.name_zh}  {organisation.name_en}")
    for enterprise in _identity().parties.enterprises()[:3]:
        click.echo(f"  {'agent@' + enterprise.uscc:26} {enterprise.name}")
    click.echo(f"  password for all: {_password()}  (API; the pages need one click)")


def _chain() -> Chain:
    return cast(Chain, current_app.extensions["qilian.chain"])


def _identity() -> Identity:
    return cast(Identity, current_app.extensions["qilian.identity"])


def _password() -> str:
    return sandbox_password(current_app.config["SANDBOX_PASSWORD_FILE"])
