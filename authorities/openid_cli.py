"""``flask sandbox offer``, ``request`` and ``token``: what an integrator's wallet test begins with.

Each prints one JSON object.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click
import orjson
from flask import current_app
from marshmallow import ValidationError

from authorities.provisioning_cli import sandbox
from authorities.web.context import authorities
from db import db
from identity import Enterprise, Identity, IdentityError
from identity.web.accounts import open_enterprise_account
from identity.web.offers_api import made_offer
from identity.web.requests_api import made_request
from identity.web.schemas import OfferRequestSchema, PresentationRequestSchema
from web.errors import WebError
from web.sandbox import sandbox_password
from web.sessions import sign_in

LOGINS = {
    "bank": "desk@{}",
    "credit": "credit@{}",
    "regulator": "reviewer@{}",
    "authority": "operator@{}",
    "enterprise": "agent@{}",
}
FIRST = {
    "bank": "bank-a",
    "credit": "bank-a",
    "regulator": "bj-finance",
    "authority": "samr",
}


def _printing(command: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Print what a command returns as one JSON object, and commit; a refusal is its message."""

    @wraps(command)
    def run(**options: Any) -> None:
        try:
            found = command(**options)
        except (IdentityError, WebError) as error:
            raise click.ClickException(f"{error.title_en}: {error.detail}") from error
        except ValidationError as error:
            raise click.ClickException(f"check the options: {error.messages}") from error
        db.session.commit()
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())

    return run


@sandbox.command("offer")
@click.option("--authority", required=True, help="The authority's code, such as samr.")
@click.option("--enterprise", "uscc", required=True, help="The enterprise's code.")
@click.option(
    "--type", "types", multiple=True, help="A credential type; all with a record if none."
)
@click.option("--tx-code", is_flag=True, help="Ask the wallet for a transaction code.")
@click.option(
    "--grant",
    type=click.Choice(["pre-authorized_code", "authorization_code"]),
    default="pre-authorized_code",
)
@_printing
def offer(
    authority: str, uscc: str, types: tuple[str, ...], tx_code: bool, grant: str
) -> dict[str, Any]:
    """Offer an authority's credentials to an enterprise's wallet."""
    enterprise = _registered(uscc)
    body = {"enterprise": enterprise.uscc, "tx_code": tx_code, "grant": grant}
    chosen = {"types": list(types)} if types else {}
    return made_offer(authority, OfferRequestSchema().load({**body, **chosen}))


@sandbox.command("request")
@click.option("--bank", required=True, help="The bank's code, such as bank-a.")
@click.option("--purpose", required=True, help="Such as account-opening.")
@click.option("--enterprise", "uscc", help="The enterprise's code; any wallet may answer if none.")
@click.option("--response-mode", default="direct_post")
@click.option("--client-id-prefix", default="x509_san_dns")
@click.option("--same-device", is_flag=True, help="The wallet sends the person back.")
@_printing
def request(
    bank: str,
    purpose: str,
    uscc: str | None,
    response_mode: str,
    client_id_prefix: str,
    same_device: bool,
) -> dict[str, Any]:
    """Ask for a presentation to a bank."""
    body = {
        "purpose": purpose,
        "response_mode": response_mode,
        "client_id_prefix": client_id_prefix,
        "same_device": same_device,
    }
    enterprise_id = _registered(uscc).id if uscc else None
    return made_request(enterprise_id, bank, PresentationRequestSchema().load(body))


@sandbox.command("token")
@click.option("--role", type=click.Choice(list(LOGINS)), required=True)
@click.option("--organisation", help="Its code; for an enterprise the USCC.")
@_printing
def token(role: str, organisation: str | None) -> dict[str, Any]:
    """Sign a simulated person in and print the bearer token for the API."""
    code = organisation or FIRST.get(role)
    if code is None:
        raise click.UsageError("an enterprise is named with --organisation USCC")
    login = LOGINS[role].format(code)
    session = sign_in(login, sandbox_password(current_app.config["SANDBOX_PASSWORD_FILE"]))
    return {
        "access_token": session.token,
        "token_type": "Bearer",
        "expires_in": session.expires_at - int(time.time()),
        "login": login,
    }


def _registered(uscc: str) -> Enterprise:
    """Return the enterprise, registered with what the register says if it is not yet."""
    enterprise = _identity().enterprise_by_uscc(uscc)
    if enterprise is not None:
        return enterprise
    company = authorities().register.lookup(uscc)
    if company is None:
        raise click.ClickException("the market-regulation register holds no company of this code")
    enterprise = _identity().registration.register_enterprise(uscc, company.legal_representative)
    open_enterprise_account(enterprise.id, enterprise.uscc, enterprise.name)
    return enterprise


def _identity() -> Identity:
    return cast(Identity, current_app.extensions["qilian.identity"])
