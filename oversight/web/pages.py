"""The regulator's pages: issuers, attestations, replays."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.web.names import type_label
from oversight.model.records import ReviewOutcome
from oversight.web import schemas
from oversight.web.context import oversight
from web.access import Role, access, current_actor
from web.language import t

pages = Blueprint("oversight", __name__, url_prefix="/regulator", template_folder="templates")
REVIEWER = Role.REGULATOR_REVIEWER
SHOWN = 100


@pages.get("")
@access(REVIEWER, tenant="any")
def issuers() -> str:
    """Show the issuers with their standing."""
    return render_template(
        "oversight/issuers.html", issuers=oversight().issuers.list(), type_label=type_label
    )


@pages.post("/issuers/<string:code>/suspension")
@access(REVIEWER, tenant="any")
def suspend(code: str) -> ResponseReturnValue:
    """Suspend or reinstate an issuer, then show the issuers again."""
    body = schemas.SuspensionSchema().load(_form("suspended", "reason"))
    oversight().issuers.set_suspended(
        code, suspended=body["suspended"], reason=body["reason"], actor=current_actor()
    )
    return redirect(url_for("oversight.issuers"), 303)


@pages.get("/attestations")
@access(REVIEWER, tenant="any")
def attestations() -> str:
    """Show the latest loan attestations."""
    found = oversight().attestations.list(limit=SHOWN)
    return render_template(
        "oversight/attestations.html", attestations=found, bank_names=_bank_names()
    )


@pages.get("/attestations/<string:loan_id>")
@access(REVIEWER, tenant="any")
def attestation(loan_id: str) -> str:
    """Show one attestation with its review."""
    view = oversight().attestations.get(loan_id)
    return render_template("oversight/attestation.html", view=view, bank_names=_bank_names())


@pages.post("/attestations/<string:loan_id>/review")
@access(REVIEWER, tenant="any")
def review(loan_id: str) -> ResponseReturnValue:
    """Accept or question an attestation, then show it again."""
    body = schemas.ReviewRequestSchema().load(_form("outcome", "reason"))
    outcome = ReviewOutcome(body["outcome"])
    oversight().attestations.review(loan_id, outcome, body["reason"], actor=current_actor())
    return redirect(url_for("oversight.attestation", loan_id=loan_id), 303)


@pages.get("/replays")
@access(REVIEWER, tenant="any")
def replays() -> str:
    """Show the latest replays."""
    return render_template("oversight/replays.html", replays=oversight().replays.list())


@pages.post("/replays")
@access(REVIEWER, tenant="any")
def replay() -> ResponseReturnValue:
    """Replay a decision from its evidence, then show the result."""
    body = schemas.ReplayRequestSchema().load(_form("decision_id"))
    made = oversight().replays.from_evidence(body["decision_id"], actor=current_actor())
    return redirect(url_for("oversight.replay_result", replay_id=made.id), 303)


@pages.get("/replays/<string:replay_id>")
@access(REVIEWER, tenant="any")
def replay_result(replay_id: str) -> str:
    """Show what came of a replay, every difference named."""
    found = oversight().replays.get(replay_id)
    return render_template("oversight/replay.html", replay=found)


def _bank_names() -> dict[str, str]:
    """Return organisations' names by code; banks are among the issuers."""
    return {code: t(*names) for code, names in oversight().issuers.names().items()}


def _form(*names: str) -> dict[str, str]:
    return {name: request.form[name].strip() for name in names if name in request.form}
