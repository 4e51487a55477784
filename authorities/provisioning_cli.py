"""``flask sandbox accredit`` and ``flask sandbox logins``."""

from __future__ import annotations

from typing import cast

import click
from flask import current_app

from authorities.cli import sandbox
from authorities.model.organisation import ORGANISATIONS
from authorities.provisioning import Provisioning
from chain import Chain, ChainError, OutboxWorker
from db import db
from identity import Identity
from web.sandbox import sandbox_password


@sandbox.command("accredit")
def accredit() -> None:
    """Take up banks, authorities and the regulator, and accredit them on chain; idempotent."""
    chain = cast(Chain, current_app.extensions["qilian.chain"])
    identity = cast(Identity, current_app.extensions["qilian.identity"])
    Provisioning(identity, chain).take_up_all(_password())
    db.session.commit()
    try:
        OutboxWorker(chain).run_until_idle()
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
    enterprises = cast(Identity, current_app.extensions["qilian.identity"]).parties.enterprises()
    for enterprise in enterprises[:3]:
        click.echo(f"  {'agent@' + enterprise.uscc:26} {enterprise.name}")
    click.echo(f"  password for all: {_password()}  (API; the pages need one click)")


def _password() -> str:
    return sandbox_password(current_app.config["SANDBOX_PASSWORD_FILE"])
