"""Presentation requests: made by a bank or an enterprise, answered by any wallet."""

from __future__ import annotations

import hmac
from typing import Any

from flask_smorest import Blueprint

from identity.errors import OrganisationNotFound
from identity.model.request import ClientIDPrefix, PresentationRequest
from identity.model.transaction import Application
from identity.web import schemas
from identity.web.context import identity
from identity.web.qr import qr_code
from web.access import Actor, Role, access, current_actor

SIDES = (Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, Role.ENTERPRISE_AGENT)

blp = Blueprint(
    "requests_api", __name__, url_prefix="/api/v1", description="Presentation requests 出示请求"
)


@blp.post("/presentation-requests")
@access(*SIDES, tenant="own")
@blp.arguments(schemas.PresentationRequestSchema)
@blp.response(201, schemas.RequestSchema)
def request_presentation(body: dict[str, Any]) -> Any:
    """Make a presentation request between a bank and an enterprise, as a link and a QR code."""
    enterprise_id, bank_code = _parties(current_actor(), body)
    return made_request(enterprise_id, bank_code, body)


def made_request(enterprise_id: str | None, bank_code: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a request and return it as the API shows it."""
    service, application = identity(), body["application"]
    asked = service.presentations.request(
        enterprise_id,
        bank_code,
        body["purpose"],
        prefix=body["client_id_prefix"],
        response_mode=body["response_mode"],
        application=Application(purpose=body["purpose"], **application) if application else None,
        is_same_device=body["same_device"],
    )
    link = service.presentations.request_objects.link(asked)
    is_signed = asked.prefix is not ClientIDPrefix.REDIRECT_URI
    return {
        "id": asked.id,
        "purpose": asked.purpose,
        "link": link,
        "qr": qr_code(link),
        "request_uri": asked.request_uri(service.public_url) if is_signed else None,
        "result": f"{service.public_url}/api/v1/presentation-requests/{asked.id}",
        "expires_at": asked.expires_at,
    }


def _parties(actor: Actor, body: dict[str, Any]) -> tuple[str | None, str]:
    """Return (enterprise id or None, bank code): the actor is one side, the body the other."""
    if actor.organisation_kind == "enterprise":
        bank = identity().organisation(body["bank"] or "")
        if bank.kind != "bank":
            raise OrganisationNotFound(f"{bank.code!r} is not a bank; name the bank's code")
        return actor.organisation_id, bank.code
    if body["enterprise"] is None:
        return None, actor.organisation_code
    enterprise = identity().enterprise_by_uscc(body["enterprise"])
    if enterprise is None:
        raise OrganisationNotFound("no registered enterprise has this code; name it by its code")
    return enterprise.id, actor.organisation_code


@blp.get("/presentation-requests/<string:request_id>")
@access(*SIDES, tenant="own")
@blp.arguments(schemas.ResultQuerySchema, location="query")
@blp.response(200, schemas.RequestResultSchema)
def presentation_request(query: dict[str, Any], request_id: str) -> Any:
    """Return where a request stands to either of its two sides, with the verification steps."""
    service = identity()
    asked = service.presentations.visible_request(request_id, current_actor().organisation_id)
    hidden = asked.response_code is not None and not hmac.compare_digest(
        (query["response_code"] or "").encode(), asked.response_code.encode()
    )
    return {**vars(asked), "state": _state(asked), **(_NOTHING if hidden else _result(asked))}


_NOTHING: dict[str, Any] = {"presentation_id": None, "enterprise": None, "steps": []}


def _state(asked: PresentationRequest) -> str:
    if asked.declined is not None:
        return "declined"
    if asked.answered_at is not None:
        return "verified"
    return "expired" if identity().clock() >= asked.expires_at else "waiting"


def _result(asked: PresentationRequest) -> dict[str, Any]:
    """Return what answered the request; its claims are read elsewhere, and logged."""
    service = identity()
    presentation_id = service.requests.answering(asked.id)
    if presentation_id is None:
        return _NOTHING
    found = service.requests.presentation(presentation_id)
    return {
        "presentation_id": found.id,
        "enterprise": service.enterprise(found.enterprise_id).uscc,
        "steps": found.steps,
    }
