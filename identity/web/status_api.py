"""The API of credential statuses: suspend, reinstate, revoke; and what became of it."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import ValidationError, fields, validate, validates_schema

from identity.model.status_list import Status
from identity.statuses import StatusView
from identity.web.context import identity
from identity.web.schemas import StrictSchema
from web.access import Role, access, current_actor

DIGEST = validate.Regexp(r"^[0-9a-f]{64}\Z")
WORDS = [status.word for status in Status]
AT_ONCE_MAX = 1_000

blp = Blueprint(
    "identity_status_api",
    __name__,
    url_prefix="/api/v1",
    description="Credential statuses 凭证状态",
)


class StatusChangeSchema(StrictSchema):
    """The status a credential is to have, and why (the holder reads the reason)."""

    status = fields.String(required=True, validate=validate.OneOf(WORDS))
    reason = fields.String(required=True, validate=validate.Length(1, 300))


class StatusChangesSchema(StatusChangeSchema):
    """Many credentials at once, named by digest or by the source key they were issued under."""

    digests = fields.List(fields.String(validate=DIGEST), validate=validate.Length(1, AT_ONCE_MAX))
    source_keys = fields.List(
        fields.String(validate=validate.Length(1, 200)), validate=validate.Length(1, AT_ONCE_MAX)
    )

    @validates_schema
    def require_one(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse both names, and neither."""
        if ("digests" in data) == ("source_keys" in data):
            raise ValidationError("Give either digests or source_keys.", "digests")


class ChangeSchema(StrictSchema):
    """One change of a status."""

    status = fields.Function(lambda change: change.status.word, required=True)
    reason = fields.String(required=True)
    at = fields.Integer(required=True)
    state = fields.String(required=True)


class IssuersChangeSchema(ChangeSchema):
    """One change of a status, with who asked for it."""

    actor = fields.String(required=True)


class CredentialStatusSchema(StrictSchema):
    """A credential's status and its changes, newest first, as its holder sees them."""

    credential_digest = fields.String(required=True)
    type_code = fields.String(required=True)
    issued_at = fields.Integer(required=True)
    status = fields.Function(lambda view: view.status.word, required=True)
    history = fields.List(fields.Nested(ChangeSchema), required=True)


class IssuersStatusSchema(CredentialStatusSchema):
    """A credential's status and its changes, newest first, as its issuer sees them."""

    history = fields.List(fields.Nested(IssuersChangeSchema), required=True)


class ChangedSchema(StrictSchema):
    """How many credentials change; those that had the status are left alone."""

    queued = fields.Integer(required=True)


@blp.post("/credentials/<string:digest>/status")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(StatusChangeSchema)
@blp.response(202, IssuersStatusSchema)
def change_status(body: dict[str, str], digest: str) -> StatusView:
    """Suspend, reinstate ("valid") or revoke a credential; it is queued for the chain."""
    actor, desk = current_actor(), identity().status_desk
    status = Status[body["status"].upper()]
    desk.change(actor.organisation_id, [digest], status, reason=body["reason"], actor=actor.login)
    return desk.view(actor.organisation_id, digest)


@blp.get("/credentials/<string:digest>/status")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.response(200, IssuersStatusSchema)
def credential_status(digest: str) -> StatusView:
    """Return the status and history of one of the issuer's credentials."""
    return identity().status_desk.view(current_actor().organisation_id, digest)


@blp.post("/credential-statuses")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(StatusChangesSchema)
@blp.response(202, ChangedSchema)
def change_statuses(body: dict[str, Any]) -> dict[str, int]:
    """Change many credentials' statuses, all of them or none."""
    actor, desk = current_actor(), identity().status_desk
    status, said = Status[body["status"].upper()], {"reason": body["reason"], "actor": actor.login}
    if "digests" in body:
        changes = desk.change(actor.organisation_id, body["digests"], status, **said)
    else:
        changes = desk.change_by_source(actor.organisation_id, body["source_keys"], status, **said)
    return {"queued": len(changes)}


@blp.get("/wallet/credentials/<string:digest>/status")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, CredentialStatusSchema)
def held_credential_status(digest: str) -> StatusView:
    """Return the status of a credential in the enterprise's wallet, with the reasons given."""
    return identity().status_desk.holders_view(current_actor().organisation_id, digest)
