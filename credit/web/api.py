"""The credit API: loan applications, decisions, loans and pledges."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint

from credit.model.records import ReviewAnswer
from credit.web import schemas, shapes
from credit.web.context import credit
from web.access import Role, access, current_actor

blp = Blueprint("credit_api", __name__, url_prefix="/api/v1", description="Credit 信贷")

BANK = (Role.CREDIT_OFFICER, Role.BANK_APPROVER)
ALL = (*BANK, Role.ENTERPRISE_AGENT)


@blp.post("/loan-applications")
@access(*ALL, tenant="own")
@blp.arguments(schemas.ReceiveSchema)
@blp.response(201, schemas.ApplicationSchema)
def receive(body: dict[str, Any]) -> Any:
    """Turn a submitted loan case into an application to its bank."""
    application = credit().receive_application(body["case_id"], actor=current_actor())
    return shapes.application_shape(application, credit())


@blp.get("/loan-applications")
@access(*ALL, tenant="own")
@blp.response(200, schemas.ApplicationsSchema)
def applications() -> Any:
    """List one's loan applications, newest first, without their decisions."""
    return {"applications": [asdict(a) for a in credit().applications(actor=current_actor())]}


@blp.get("/loan-applications/<string:application_id>")
@access(*ALL, tenant="own")
@blp.response(200, schemas.ApplicationSchema)
def application(application_id: str) -> Any:
    """Return a loan application with its decision, loan and review."""
    found = credit().application(application_id, actor=current_actor())
    return shapes.application_shape(found, credit())


@blp.post("/loan-applications/<string:application_id>/decision")
@access(Role.CREDIT_OFFICER, tenant="own")
@blp.response(201, schemas.DecisionSchema)
def decide(application_id: str) -> Any:
    """Decide a loan application on the presented evidence."""
    return shapes.decision_shape(credit().decide_application(application_id, actor=current_actor()))


@blp.post("/loan-applications/<string:application_id>/acceptance")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(201, schemas.LoanSchema)
def accept(application_id: str) -> Any:
    """Accept the bank's offer: the enterprise signs, the loan is granted."""
    return shapes.loan_shape(credit().accept_offer(application_id, actor=current_actor()))


@blp.post("/loan-applications/<string:application_id>/review-request")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(schemas.ReviewRequestSchema)
@blp.response(201, schemas.ReviewSchema)
def request_review(body: dict[str, Any], application_id: str) -> Any:
    """Ask for a person at the bank to review a decline."""
    return credit().request_review(application_id, body["statement"], actor=current_actor())


@blp.post("/loan-applications/<string:application_id>/review-answer")
@access(Role.BANK_APPROVER, tenant="own")
@blp.arguments(schemas.ReviewAnswerSchema)
@blp.response(200, schemas.ReviewSchema)
def answer_review(body: dict[str, Any], application_id: str) -> Any:
    """Uphold a decline, or reopen the application for a new decision."""
    answer = ReviewAnswer(body["answer"])
    return credit().answer_review(application_id, answer, body["note"], actor=current_actor())


@blp.get("/decisions/<string:decision_id>/bundle")
@access(*ALL, Role.REGULATOR_REVIEWER, tenant="own")
@blp.response(200, schemas.BundleSchema)
def bundle(decision_id: str) -> Any:
    """Return a decision's bundle, its exact text, with the bank's signature."""
    decision = credit().decision(decision_id, actor=current_actor())
    return {
        "bundle": decision.bundle.decode(),
        "bundle_sha256": decision.bundle_sha256,
        "signature": decision.signature,
    }


@blp.get("/loans/<string:loan_id>")
@access(*ALL, tenant="own")
@blp.response(200, schemas.LoanSchema)
def loan(loan_id: str) -> Any:
    """Return a loan with its attestation and pledges."""
    return shapes.loan_shape(credit().loan(loan_id, actor=current_actor()))


@blp.get("/loans/<string:loan_id>/receivables")
@access(*BANK, tenant="own")
@blp.response(200, schemas.ReceivablesSchema)
def receivables(loan_id: str) -> Any:
    """List the presented invoices that can be pledged to a loan."""
    actor = current_actor()
    found = credit().receivables(credit().loan(loan_id, actor=actor).loan, actor=actor)
    return {"receivables": [shapes.receivable_shape(invoice) for invoice in found]}


@blp.post("/pledges")
@access(*BANK, tenant="own")
@blp.arguments(schemas.PledgeRequestSchema)
@blp.response(202, schemas.PledgeSchema)
def pledge(body: dict[str, Any]) -> Any:
    """Ask for a receivable to be pledged to a loan; the contract decides."""
    return shapes.pledge_shape(
        credit().pledge_receivable(
            body["loan_id"],
            body["credential_digest"],
            share_bps=body["share_bps"],
            actor=current_actor(),
        )
    )
