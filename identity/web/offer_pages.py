"""Pages of credential offers: the authority makes one, the enterprise takes it."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.errors import IdentityError
from identity.model.party import parse_uscc
from identity.web.context import identity
from identity.web.names import type_label
from identity.web.offers_api import made_offer
from identity.web.openid_answers import collection, issuer_service
from identity.web.schemas import OfferRequestSchema
from web.access import Role, access, current_actor
from web.language import t
from web.navigation import add_navigation
from web.problems import STATUS_BY_KIND

pages = Blueprint("identity_offers", __name__, template_folder="templates")


def register_offer_pages(app: Flask) -> None:
    """Register the pages and their menu entries."""
    app.register_blueprint(pages)
    add_navigation(
        app, "/authority/offers", "领取邀请", "Credential offers", Role.AUTHORITY_OPERATOR
    )


@pages.get("/authority/offers")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def offer_form() -> str:
    """Ask whom to offer credentials to."""
    return _form()


@pages.post("/authority/offers")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def make_offer() -> ResponseReturnValue:
    """Make an offer and show its link, QR code and transaction code, this once."""
    uscc, with_code = request.form.get("uscc", "").strip(), bool(request.form.get("tx_code"))
    types = request.form.getlist("types")
    try:
        body = {"enterprise": parse_uscc(uscc), "tx_code": with_code}
        chosen = {"types": types} if types else {}
        made = made_offer(
            current_actor().organisation_code, OfferRequestSchema().load({**body, **chosen})
        )
    except IdentityError as error:
        said = t(f"{error.title_zh}。{error.explanation_zh}", f"{error.title_en}: {error.detail}")
        return _form(uscc, types, said), STATUS_BY_KIND[error.kind]
    return render_template("identity/offer.html", made=made, uscc=uscc)


@pages.get("/authority/offers/<string:offer_id>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def offer_standing(offer_id: str) -> str:
    """Show where an offer stands."""
    organisation = identity().organisation(current_actor().organisation_code)
    offer, issuances = issuer_service().offers.standing(offer_id, organisation.id)
    types = {code: type_label(code) for code in offer.type_codes}
    return render_template(
        "identity/offer_standing.html", offer=offer, issuances=issuances, types=types
    )


@pages.get("/enterprise/offers")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def link_form() -> str:
    """Ask for the link of an offer."""
    return render_template("identity/take_offer.html", link="", error="")


@pages.post("/enterprise/offers")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def take_offer() -> ResponseReturnValue:
    """Let the hosted wallet take the offer, and go to the credentials."""
    link = request.form.get("link", "").strip()
    tx_code = request.form.get("tx_code", "").strip() or None
    try:
        collection().take(link, current_actor().organisation_id, tx_code)
    except IdentityError as error:
        said = t(f"{error.title_zh}。{error.explanation_zh}", f"{error.title_en}: {error.detail}")
        page = render_template("identity/take_offer.html", link=link, error=said)
        return page, STATUS_BY_KIND[error.kind]
    return redirect(url_for("identity_pages.enterprise_home", _anchor="credentials"), 303)


def _form(uscc: str = "", chosen: list[str] | None = None, error: str = "") -> str:
    service = identity()
    issuer = service.organisation(current_actor().organisation_code)
    types = [(code, type_label(code)) for code in issuer_service().offers.issued_types(issuer)]
    return render_template(
        "identity/offers.html", types=types, uscc=uscc, chosen=chosen or [], error=error
    )
