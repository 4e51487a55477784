"""The enterprise's loan pages: decisions with reasons, offers, and the way to human review."""

from __future__ import annotations

import json

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.web import schemas, showing
from credit.web.context import credit
from credit.web.shapes import loan_shape
from web.access import Role, access, current_actor

enterprise_pages = Blueprint(
    "credit_enterprise", __name__, url_prefix="/enterprise/loans", template_folder="templates"
)


@enterprise_pages.get("")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def applications() -> str:
    """Show the enterprise's loan applications."""
    found = credit().applications(actor=current_actor())
    return render_template("credit/enterprise_list.html", applications=found, showing=showing)


@enterprise_pages.get("/<string:application_id>")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def application(application_id: str) -> str:
    """Show one application with the decision, its reasons and what can be done."""
    found = credit().application(application_id, actor=current_actor())
    decision, loan = credit().latest_decision(found), credit().loan_of(found)
    return render_template(
        "credit/enterprise_case.html",
        application=found,
        decision=decision,
        bundle=json.loads(decision.bundle) if decision else None,
        loan=loan_shape(loan) if loan else None,
        review=credit().review(found),
        showing=showing,
    )


@enterprise_pages.post("/<string:application_id>/acceptance")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def accept(application_id: str) -> ResponseReturnValue:
    """Accept the offer, then show the application again."""
    credit().accept_offer(application_id, actor=current_actor())
    return _back(application_id)


@enterprise_pages.post("/<string:application_id>/review-request")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def request_review(application_id: str) -> ResponseReturnValue:
    """Ask for human review, then show the application again."""
    statement = request.form.get("statement", "").strip()
    body = schemas.ReviewRequestSchema().load({"statement": statement})
    credit().request_review(application_id, body["statement"], actor=current_actor())
    return _back(application_id)


def _back(application_id: str) -> ResponseReturnValue:
    return redirect(url_for("credit_enterprise.application", application_id=application_id), 303)
