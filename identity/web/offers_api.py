"""Credential offers for outside wallets, made by an authority's operator or its systems."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields

from identity.errors import OrganisationNotFound
from identity.web.context import identity
from identity.web.openid_answers import collection, issuer_service
from identity.web.qr import qr_code
from identity.web.schemas import (
    OFFER_GRANTS,
    CollectedSchema,
    CollectionSchema,
    OfferLinkSchema,
    OfferRequestSchema,
    StrictSchema,
)
from web.access import Role, access, current_actor

blp = Blueprint(
    "offers_api", __name__, url_prefix="/api/v1", description="Credential offers 凭证领取邀请"
)


class MadeOfferSchema(StrictSchema):
    """A new offer: its secrets are told here and never again."""

    id = fields.String(required=True)
    credential_offer_uri = fields.String(required=True)
    link = fields.String(required=True)
    qr = fields.String(required=True)
    tx_code = fields.String(required=True, allow_none=True)
    expires_at = fields.Integer(required=True)
    result = fields.String(required=True)


class OfferStandingSchema(StrictSchema):
    """Where an offer stands."""

    id = fields.String(required=True)
    types = fields.List(fields.String(), attribute="type_codes", required=True)
    state = fields.String(required=True)
    expires_at = fields.Integer(required=True)
    issuances = fields.List(fields.Nested(CollectedSchema), required=True)


@blp.post("/credential-offers")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(OfferRequestSchema)
@blp.response(201, MadeOfferSchema)
def make_offer(body: dict[str, Any]) -> dict[str, Any]:
    """Offer credentials to an enterprise's wallet, as a link and a QR code."""
    return made_offer(current_actor().organisation_code, body)


def made_offer(issuer_code: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make an offer and return it as the API shows it."""
    service = identity()
    enterprise = service.enterprise_by_uscc(body["enterprise"])
    if enterprise is None:
        raise OrganisationNotFound("no registered enterprise has this code; register it first")
    made = issuer_service().offers.offer(
        issuer_code,
        enterprise.id,
        body["types"],
        with_tx_code=body["tx_code"],
        grant=OFFER_GRANTS[body["grant"]],
        may_defer=body["may_defer"],
    )
    return {
        "id": made.offer.id,
        "credential_offer_uri": made.uri,
        "link": made.link,
        "qr": qr_code(made.link),
        "tx_code": made.tx_code,
        "expires_at": made.offer.expires_at,
        "result": f"{service.public_url}/api/v1/credential-offers/{made.offer.id}",
    }


@blp.get("/credential-offers/<string:offer_id>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.response(200, OfferStandingSchema)
def offer_standing(offer_id: str) -> dict[str, Any]:
    """Return where an offer of one's own authority stands."""
    offer, issuances = issuer_service().offers.standing(
        offer_id, identity().organisation(current_actor().organisation_code).id
    )
    return {**vars(offer), "issuances": issuances}


@blp.post("/wallet/credential-offers")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(OfferLinkSchema)
@blp.response(201, CollectionSchema)
def take_offer(body: dict[str, Any]) -> dict[str, Any]:
    """Let the hosted wallet take an offer to one's enterprise."""
    enterprise_id = current_actor().organisation_id
    answers = collection().take(body["link"], enterprise_id, body["tx_code"])
    return {"collected": [answer.issuance for answer in answers]}
