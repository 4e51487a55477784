"""Evidence bundles, the trust anchors they are checked against, and the page that checks them."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint as PlainBlueprint
from flask import Response, current_app, jsonify
from flask_smorest import Blueprint
from marshmallow import fields, validate

from identity.offline.build_page import build, policy_of, with_trust
from identity.web.context import identity
from identity.web.schemas import StrictSchema
from web.access import Role, access, current_actor, public
from web.language import current_language

BANK_ROLES = (Role.ACCOUNT_DESK, Role.CREDIT_OFFICER)
EVIDENCE_PURPOSE = "evidence"

blp = Blueprint("evidence_api", __name__, url_prefix="/api/v1", description="Evidence 证据包")
documents = PlainBlueprint("evidence_documents", __name__)


class EvidenceQuerySchema(StrictSchema):
    """Which block the evidence is to lead to."""

    checkpoint = fields.Integer(load_default=None, validate=validate.Range(min=0, max=1 << 53))


class HeldEvidenceQuerySchema(EvidenceQuerySchema):
    """What of the credential is shown: all claims, those named, or its digest alone."""

    disclose = fields.String(load_default=None, validate=validate.Length(max=4_000))
    digest_only = fields.Boolean(load_default=False)


@blp.get("/wallet/credentials/<string:digest>/evidence")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(HeldEvidenceQuerySchema, location="query")
@blp.response(200)
def held_evidence(query: dict[str, Any], digest: str) -> Response:
    """Return an evidence bundle of a credential in the wallet; `disclose=a,b` shows only these."""
    disclose = query["disclose"]
    return _document(
        identity().evidence.of_held(
            current_actor().organisation_id,
            digest,
            disclose=None if disclose is None else [name for name in disclose.split(",") if name],
            digest_only=query["digest_only"],
            checkpoint=query["checkpoint"],
        )
    )


@blp.get("/presentations/<string:presentation_id>/evidence")
@access(*BANK_ROLES, tenant="own")
@blp.arguments(EvidenceQuerySchema, location="query")
@blp.response(200)
def presentation_evidence(query: dict[str, Any], presentation_id: str) -> Response:
    """Return an evidence bundle of what was presented to one's bank; it is logged as a read."""
    return _document(
        identity().evidence.of_presentation(
            presentation_id,
            reader=current_actor(),
            purpose=EVIDENCE_PURPOSE,
            checkpoint=query["checkpoint"],
        )
    )


@documents.get("/.well-known/qilian-trust.json")
@public("whoever verifies offline takes the trust anchors from here, once")
def trust() -> Response:
    """Return the trust anchors: CA, contracts, regulators and blocks."""
    return jsonify(_trust())


@documents.get("/verify")
@public("anyone holding evidence may check it; nothing is sent anywhere")
def verify_page() -> Response:
    """Serve the offline verifier with this installation's trust anchors inside."""
    page = with_trust(build(), _trust(), language=current_language())
    return _page(page)


@documents.get("/verify/qilian-verify.html")
@public("the verifier works from disk, with trust anchors that a person brings")
def verify_download() -> Response:
    """Return the offline verifier as one file, without trust anchors."""
    response = _page(build())
    response.headers["Content-Disposition"] = 'attachment; filename="qilian-verify.html"'
    return response


def _trust() -> dict[str, Any]:
    """Return the trust anchors, marked where whoever they are of is simulated."""
    return {**identity().evidence.trust(), "simulated": bool(current_app.config["SANDBOX"])}


def _page(html: str) -> Response:
    """The page brings a policy of its own, by the hashes of its script and style."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy_of(html)
    return response


def _document(bundle: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(bundle), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="evidence.json"'
    return response
