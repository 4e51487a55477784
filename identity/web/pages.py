"""The enterprise's and the bank's start pages, consents and presentations."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from identity.errors import IdentityError, OrganisationNotFound
from identity.facade import Identity
from identity.model.party import Organisation, parse_uscc
from identity.model.request import PresentationRequest
from identity.web import showing
from identity.web.context import identity
from identity.web.qr import qr_code
from identity.web.schemas import ConsentRequestSchema
from web.access import Actor, Role, access, current_actor
from web.language import t
from web.navigation import add_navigation
from web.problems import STATUS_BY_KIND

DAY_S = 86_400
VALIDITIES_DAYS = (30, 90, 180, 365)
READS_SHOWN = 50
BANK_ROLES = (Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, Role.BANK_APPROVER)

pages = Blueprint("identity_pages", __name__, template_folder="templates")


def register_pages(app: Flask) -> None:
    """Register the pages and their menu entries."""
    app.register_blueprint(pages)
    add_navigation(app, "/enterprise", "企业身份", "Identity", Role.ENTERPRISE_AGENT)
    add_navigation(app, "/bank", "工作台", "Desk", *BANK_ROLES)


@pages.get("/enterprise")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def enterprise_home() -> str:
    """Show the enterprise its identity, credentials, consents and who read what."""
    service, enterprise_id = identity(), current_actor().organisation_id
    issuers = showing.wallet(service, enterprise_id)
    consents = showing.consents(service, enterprise_id)
    return render_template(
        "identity/enterprise_home.html",
        enterprise=service.enterprise(enterprise_id),
        issuers=issuers,
        credential_count=sum(len(issuer.credentials) for issuer in issuers),
        consents=consents,
        active_count=sum(consent.state == "active" for consent in consents),
        reads=showing.reads(service, enterprise_id, READS_SHOWN),
        reads_shown=READS_SHOWN,
    )


@pages.get("/enterprise/consents/new")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def consent_form() -> str:
    """Ask which bank may read what, for which purpose and how long."""
    return _consent_form(request.args.get("purpose", ""))


@pages.post("/enterprise/consents/new")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def grant_consent() -> ResponseReturnValue:
    """Grant the consent, or show the form again with what is wrong."""
    purpose = request.form.get("purpose", "")
    types = request.form.getlist("types")
    days = request.form.get("days", "")
    raw = {
        "recipient": request.form.get("recipient", ""),
        "purpose": purpose,
        "types": types,
        "validity_s": int(days) * DAY_S if days in map(str, VALIDITIES_DAYS) else None,
    }
    try:
        body = ConsentRequestSchema().load(raw)
    except ValidationError as error:
        return _consent_form(purpose, set(types), set(error.messages_dict)), 422
    _bank(identity(), body["recipient"])
    identity().consent_desk.grant(
        current_actor().organisation_id,
        recipient_code=body["recipient"],
        purpose=purpose,
        type_codes=body["types"],
        validity_s=body["validity_s"],
    )
    return redirect(url_for("identity_pages.enterprise_home", _anchor="consents"), 303)


@pages.post("/enterprise/consents/<string:consent_id>/revocation")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def revoke_consent(consent_id: str) -> ResponseReturnValue:
    """Withdraw a consent at once."""
    identity().consent_desk.revoke(consent_id, current_actor().organisation_id)
    return redirect(url_for("identity_pages.enterprise_home", _anchor="consents"), 303)


@pages.post("/enterprise/presentations")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def present() -> ResponseReturnValue:
    """Present to a bank what a consent covers, and show how the bank verified it."""
    service, actor = identity(), current_actor()
    bank = _bank(service, request.form.get("bank", ""))
    purpose = request.form.get("purpose", "")
    service.present(actor.organisation_id, bank.code, purpose)
    target = url_for("identity_pages.presentation", bank=bank.code, purpose=purpose)
    return redirect(target, 303)


@pages.get("/enterprise/presentations")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def presentation() -> str:
    """Show the newest presentation to a bank with its verification steps."""
    bank = _bank(identity(), request.args.get("bank", ""))
    return _presentation(current_actor().organisation_id, bank, request.args.get("purpose", ""))


@pages.get("/bank")
@access(*BANK_ROLES, tenant="own")
def bank_home() -> str:
    """Show the bank its queues and where to ask for a presentation."""
    return _bank_home()


@pages.post("/bank/presentation-requests")
@access(Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, tenant="own")
def request_presentation() -> ResponseReturnValue:
    """Ask an enterprise for a presentation under its consent."""
    uscc, purpose = request.form.get("uscc", "").strip(), request.form.get("purpose", "")
    try:
        asked = _request(identity(), current_actor(), uscc, purpose)
    except IdentityError as error:
        explained = str(error.extra.get("detail_zh", ""))
        said = t(f"{error.title_zh}。{explained}", f"{error.title_en}: {error.detail}")
        return _bank_home(uscc=uscc, purpose=purpose, error=said), STATUS_BY_KIND[error.kind]
    return redirect(url_for("identity_pages.presentation_request", request_id=asked.id), 303)


@pages.get("/bank/presentation-requests/<string:request_id>")
@access(Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, tenant="own")
def presentation_request(request_id: str) -> str:
    """Show a request and, once the wallet has answered, how the answer was verified."""
    service, actor = identity(), current_actor()
    asked = service.presentations.visible_request(request_id, actor.organisation_id)
    answer_id = service.requests.answering(asked.id)
    answer = None if answer_id is None else service.requests.presentation(answer_id)
    enterprise_id = answer.enterprise_id if answer else asked.enterprise_id
    link = service.presentations.request_objects.link(asked)
    return render_template(
        "identity/request.html",
        asked=asked,
        enterprise=service.enterprise(enterprise_id) if enterprise_id else None,
        purpose=showing.purpose_name(service, asked.purpose),
        queries=_asked_claims(service, asked.purpose),
        presentation=answer,
        type_names=showing.type_names(service),
        link=link,
        qr=qr_code(link),
    )


def _bank_home(*, uscc: str = "", purpose: str = "", error: str = "") -> str:
    return render_template(
        "identity/bank_home.html",
        purposes=_purposes(identity()),
        uscc=uscc,
        purpose=purpose,
        error=error,
    )


def _request(service: Identity, actor: Actor, uscc: str, purpose: str) -> PresentationRequest:
    if not uscc:
        return service.presentations.request(None, actor.organisation_code, purpose)
    enterprise = service.enterprise_by_uscc(parse_uscc(uscc))
    if enterprise is None:
        raise OrganisationNotFound("No registered enterprise has this code. Check the code.")
    return service.presentations.request(enterprise.id, actor.organisation_code, purpose)


def _consent_form(
    purpose: str, chosen: set[str] | None = None, errors: set[str] | None = None
) -> str:
    service = identity()
    purposes = _purposes(service)
    code = purpose if purpose in dict(purposes) else purposes[0][0]
    queries = service.purposes.queries(code)
    return render_template(
        "identity/consent_form.html",
        purposes=purposes,
        purpose=code,
        banks=[
            (bank.code, showing.organisation_name(bank))
            for bank in service.parties.organisations()
            if bank.kind == "bank"
        ],
        types=_asked_claims(service, code),
        chosen={query.id for query in queries} if chosen is None else chosen,
        days=[(str(days), t(f"{days} 天", f"{days} days")) for days in VALIDITIES_DAYS],
        errors=errors or set(),
    )


def _asked_claims(service: Identity, purpose: str) -> list[tuple[str, str, bool, str]]:
    """Return per credential type: code, name, whether it is required, the claims asked."""
    shown = []
    for query in service.purposes.queries(purpose):
        declared = service.types.get(query.id)
        labels = [showing.claim_name(declared, name) for name in query.claims]
        text = t("、", ", ").join(labels)
        shown.append((query.id, showing.type_name(declared), query.required, text))
    return shown


def _presentation(enterprise_id: str, bank: Organisation, purpose: str) -> str:
    found = identity().latest_presentation(enterprise_id, bank.id, purpose)
    return render_template(
        "identity/presentation.html",
        presentation=found,
        bank=bank,
        bank_name=showing.organisation_name(bank),
        purpose=showing.purpose_name(identity(), purpose),
        purpose_code=purpose,
        type_names=showing.type_names(identity()),
    )


def _newest(service: Identity, enterprise_id: str, actor: Actor, purpose: str) -> object:
    return service.latest_presentation(enterprise_id, actor.organisation_id, purpose)


def _purposes(service: Identity) -> list[tuple[str, str]]:
    return [(code, showing.purpose_name(service, code)) for code in service.purposes.all()]


def _bank(service: Identity, code: str) -> Organisation:
    bank = service.organisation(code)
    if bank.kind != "bank":
        raise OrganisationNotFound(f"{code!r} is not a bank. Name the code of a bank.")
    return bank
