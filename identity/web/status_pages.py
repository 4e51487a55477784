"""The authority's pages of its credentials' statuses: look up, suspend, reinstate, revoke."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from identity.errors import InvalidUSCC
from identity.model.party import parse_uscc
from identity.model.status_list import Status
from identity.statuses import StatusView
from identity.web.context import identity
from identity.web.names import type_label
from identity.web.status_api import StatusChangeSchema
from web.access import Role, access, current_actor
from web.language import t
from web.navigation import add_navigation

# What can follow each status, what that is called, and what it means.
_CHOICES = {
    Status.VALID: (Status.SUSPENDED, Status.REVOKED),
    Status.SUSPENDED: (Status.VALID, Status.REVOKED),
    Status.REVOKED: (),
}
_ACTIONS = {
    Status.VALID: ("恢复", "Reinstate"),
    Status.SUSPENDED: ("暂停", "Suspend"),
    Status.REVOKED: ("撤销", "Revoke"),
}
_EFFECTS = {
    Status.VALID: ("凭证重新有效", "The credential is valid again"),
    Status.SUSPENDED: ("可以恢复", "It can be reinstated"),
    Status.REVOKED: ("不可恢复", "This is final"),
}

pages = Blueprint(
    "identity_statuses", __name__, url_prefix="/authority/credentials", template_folder="templates"
)


def register_status_pages(app: Flask) -> None:
    """Register the pages and their menu entry."""
    app.register_blueprint(pages)
    path, role = "/authority/credentials", Role.AUTHORITY_OPERATOR
    add_navigation(app, path, "凭证状态", "Credential statuses", role)


@pages.get("")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def overview() -> ResponseReturnValue:
    """Show what the authority issued to one enterprise, each with its status."""
    written = request.args.get("uscc", "").strip()
    if not written:
        return _overview("", None, "")
    try:
        uscc = parse_uscc(written)
    except InvalidUSCC as error:
        return _overview(written, None, t(error.explanation_zh, error.detail)), 422
    enterprise = identity().enterprise_by_uscc(uscc)
    if enterprise is None:
        return _overview(
            uscc, None, t("该企业尚未登记。", "No such enterprise is registered.")
        ), 404
    desk = identity().status_desk
    return _overview(uscc, desk.issued_to(current_actor().organisation_id, enterprise.id), "")


def _overview(uscc: str, found: list[StatusView] | None, error: str) -> str:
    names = {view.type_code: type_label(view.type_code) for view in found or ()}
    return render_template(
        "identity/statuses.html", uscc=uscc, found=found, names=names, error=error
    )


@pages.get("/<string:digest>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def credential(digest: str) -> str:
    """Show one credential's status, how it came about, and what can follow."""
    return _credential(digest)


@pages.post("/<string:digest>/status")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def change_status(digest: str) -> ResponseReturnValue:
    """Queue the change for the chain, or show the form again with what is missing."""
    actor = current_actor()
    raw = {name: request.form.get(name, "").strip() for name in ("status", "reason")}
    try:
        body = StatusChangeSchema().load(raw)
    except ValidationError as error:
        return _credential(digest, raw, set(error.messages_dict)), 422
    identity().status_desk.change(
        actor.organisation_id,
        [digest],
        Status[body["status"].upper()],
        reason=body["reason"],
        actor=actor.login,
    )
    return redirect(url_for("identity_statuses.credential", digest=digest), 303)


def _credential(
    digest: str, written: dict[str, str] | None = None, wrong: set[str] | None = None
) -> str:
    view = identity().status_desk.view(current_actor().organisation_id, digest)
    options = [
        (status.word, t(*_ACTIONS[status]), t(*_EFFECTS[status]))
        for status in _CHOICES[view.status]
    ]
    return render_template(
        "identity/credential_status.html",
        view=view,
        name=type_label(view.type_code),
        options=options,
        written=written or {},
        wrong=wrong or set(),
    )
