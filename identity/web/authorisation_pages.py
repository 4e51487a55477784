"""Where a signed-in enterprise agrees that a wallet fetches its credentials (RFC 6749 §4.1.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, render_template, request
from flask_smorest import Blueprint as APIBlueprint
from marshmallow import fields, validate

from identity.model.offer import PushedRequest
from identity.model.party import Organisation
from identity.web.context import identity
from identity.web.openid_answers import issuer_service
from identity.web.schemas import CODE, StrictSchema
from web.access import Role, access, current_actor

TEXT_MAX = 2_000

pages = Blueprint("openid_authorisation", __name__, template_folder="templates")
blp = APIBlueprint(
    "authorisations_api", __name__, url_prefix="/api/v1", description="Wallet access 钱包授权"
)


class AuthorisationRequestSchema(StrictSchema):
    """A wallet's pushed request that the enterprise agrees to."""

    issuer = fields.String(required=True, validate=CODE)
    client_id = fields.String(required=True, validate=validate.Length(1, TEXT_MAX))
    request_uri = fields.String(required=True, validate=validate.Length(1, TEXT_MAX))


class AuthorisationSchema(StrictSchema):
    """Where the wallet gets its answer."""

    redirect_uri = fields.String(required=True)


@blp.post("/authorisations")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(AuthorisationRequestSchema)
@blp.response(201, AuthorisationSchema)
def authorise(body: dict[str, Any]) -> dict[str, str]:
    """Agree that a wallet fetches credentials of one's enterprise; returns its redirect."""
    issuer = identity().organisation(body["issuer"])
    return {"redirect_uri": _approve(issuer, body["request_uri"], body["client_id"])}


@pages.get("/issuers/<string:code>/authorize")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def authorisation_page(code: str) -> str:
    """Show which wallet asks for what."""
    issuer = identity().organisation(code)
    asked = _asked(issuer, request.args.get("request_uri", ""), request.args.get("client_id", ""))
    types = [identity().types.get(item) for item in asked.type_codes]
    return render_template(
        "identity/authorisation.html",
        issuer=issuer,
        asked=asked,
        request_uri=request.args["request_uri"],
        host=_host(asked.redirect_uri),
        types=types,
        enterprise=identity().enterprise(current_actor().organisation_id),
    )


@pages.post("/issuers/<string:code>/authorize")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def answer_authorisation(code: str) -> str:
    """Agree or refuse, and show the way back to the wallet.

    A link, not a redirect: the content security policy keeps forms on this site.
    """
    issuer = identity().organisation(code)
    request_uri, client_id = request.form.get("request_uri", ""), request.form.get("client_id", "")
    agreed = request.form.get("answer") == "agree"
    if agreed:
        target = _approve(issuer, request_uri, client_id)
    else:
        asked = _asked(issuer, request_uri, client_id)
        target = issuer_service().authorisation.refuse(issuer, asked)
    return render_template(
        "identity/authorised.html", target=target, host=_host(target), agreed=agreed
    )


def _approve(issuer: Organisation, request_uri: str, client_id: str) -> str:
    asked = _asked(issuer, request_uri, client_id)
    return issuer_service().authorisation.approve(issuer, asked, current_actor().organisation_id)


def _asked(issuer: Organisation, request_uri: str, client_id: str) -> PushedRequest:
    return issuer_service().authorisation.visible(issuer, request_uri, client_id)


def _host(uri: str) -> str:
    parts = urlsplit(uri)
    return parts.netloc or f"{parts.scheme}:"
