"""The credit officer's pages: the queue of loan applications and one loan case."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.errors import ApplicationExists
from credit.model.records import Application, LoanView, ReviewAnswer
from credit.web import schemas, showing
from credit.web.context import credit
from credit.web.shapes import loan_shape, receivable_shape
from credit.web.waiting import BANK_DECIDES
from identity import IdentityError
from web.access import Actor, Role, access, current_actor

bank_pages = Blueprint(
    "credit_bank", __name__, url_prefix="/bank/loans", template_folder="templates"
)
BANK = (Role.CREDIT_OFFICER, Role.BANK_APPROVER)


@bank_pages.get("")
@access(*BANK, tenant="own")
def queue() -> str:
    """Show the bank's loan applications, those that wait first."""
    applications = credit().applications(actor=current_actor())
    ordered = sorted(applications, key=lambda a: a.state not in BANK_DECIDES)
    return render_template("credit/bank_queue.html", applications=ordered, showing=showing)


@bank_pages.post("")
@access(Role.CREDIT_OFFICER, tenant="own")
def take_up() -> ResponseReturnValue:
    """Take up a submitted loan case, or find the application it was taken up as."""
    body = schemas.ReceiveSchema().load(_form("case_id"))
    try:
        application = credit().receive_application(body["case_id"], actor=current_actor())
    except ApplicationExists as error:
        return _back(str(error.extra["application_id"]))
    return _back(application.id)


@bank_pages.get("/<string:application_id>")
@access(*BANK, tenant="own")
def case(application_id: str) -> str:
    """Show one application: decision, points, features with lineage, loan and pledges."""
    actor = current_actor()
    application = credit().application(application_id, actor=actor)
    return render_template("credit/bank_case.html", **case_context(application, actor))


@bank_pages.post("/<string:application_id>/decision")
@access(Role.CREDIT_OFFICER, tenant="own")
def decide(application_id: str) -> ResponseReturnValue:
    """Decide, then show the case again."""
    credit().decide_application(application_id, actor=current_actor())
    return _back(application_id)


@bank_pages.post("/<string:application_id>/review-answer")
@access(Role.BANK_APPROVER, tenant="own")
def answer_review(application_id: str) -> ResponseReturnValue:
    """Answer a request for human review, then show the case again."""
    body = schemas.ReviewAnswerSchema().load(_form("answer", "note"))
    answer = ReviewAnswer(body["answer"])
    credit().answer_review(application_id, answer, body["note"], actor=current_actor())
    return _back(application_id)


@bank_pages.post("/<string:application_id>/pledge")
@access(*BANK, tenant="own")
def pledge(application_id: str) -> ResponseReturnValue:
    """Ask for a receivable to be pledged, then show the case again."""
    body = schemas.PledgeRequestSchema().load(_form("loan_id", "credential_digest"))
    credit().pledge_receivable(
        body["loan_id"],
        body["credential_digest"],
        share_bps=body["share_bps"],
        actor=current_actor(),
    )
    return _back(application_id)


def case_context(application: Application, actor: Actor) -> dict[str, Any]:
    """Return what the page of one loan case shows."""
    decision = credit().latest_decision(application)
    loan = credit().loan_of(application)
    return {
        "application": application,
        "decision": decision,
        "bundle": json.loads(decision.bundle) if decision else None,
        "loan": loan_shape(loan) if loan else None,
        "review": credit().review(application),
        "receivables": _receivables(loan, actor) if loan else [],
        "showing": showing,
    }


def _receivables(view: LoanView, actor: Actor) -> list[dict[str, Any]] | None:
    """Return what is not pledged to the loan yet; None where the consent ended."""
    try:
        found = credit().receivables(view.loan, actor=actor)
    except IdentityError as error:
        if error.kind != "forbidden":
            raise
        return None
    pledged = {item.pledge.credential_digest for item in view.pledges}
    left = [invoice for invoice in found if invoice.credential_digest not in pledged]
    return [receivable_shape(invoice) for invoice in left]


def _form(*names: str) -> dict[str, str]:
    return {name: request.form[name] for name in names if name in request.form}


def _back(application_id: str) -> ResponseReturnValue:
    return redirect(url_for("credit_bank.case", application_id=application_id), 303)
