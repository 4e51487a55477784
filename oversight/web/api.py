"""The oversight API: issuers, suspensions, attestations, reviews, replays."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from oversight.model.records import ReviewOutcome
from oversight.web import schemas
from oversight.web.context import oversight
from web.access import Role, access, current_actor

blp = Blueprint(
    "oversight_api", __name__, url_prefix="/api/v1/oversight", description="Oversight 监管"
)
REVIEWER = Role.REGULATOR_REVIEWER


@blp.get("/issuers")
@access(REVIEWER, tenant="any")
@blp.response(200, schemas.IssuersSchema)
def issuers() -> Any:
    """List the issuers with their standing on chain."""
    return {"issuers": oversight().issuers.list()}


@blp.post("/issuers/<string:code>/suspension")
@access(REVIEWER, tenant="any")
@blp.arguments(schemas.SuspensionSchema)
@blp.response(202, schemas.IssuerSchema)
def suspend(body: dict[str, Any], code: str) -> Any:
    """Suspend or reinstate an issuer; it takes effect with the next block."""
    return oversight().issuers.set_suspended(
        code, suspended=body["suspended"], reason=body["reason"], actor=current_actor()
    )


@blp.get("/chain")
@access(REVIEWER, tenant="any")
@blp.response(200, schemas.ActivitySchema)
def chain_activity() -> Any:
    """Tell how many writes wait, failed and are on chain, and their gas."""
    return oversight().chain()


@blp.get("/attestations")
@access(REVIEWER, tenant="any")
@blp.arguments(schemas.PageSchema, location="query")
@blp.response(200, schemas.AttestationsSchema)
def attestations(page: dict[str, Any]) -> Any:
    """List the loan attestations of all banks, newest first."""
    return {"attestations": oversight().attestations.list(**page)}


@blp.post("/attestations/<string:loan_id>/review")
@access(REVIEWER, tenant="any")
@blp.arguments(schemas.ReviewRequestSchema)
@blp.response(202, schemas.AttestationSchema)
def review(body: dict[str, Any], loan_id: str) -> Any:
    """Accept or question a loan attestation."""
    outcome = ReviewOutcome(body["outcome"])
    return oversight().attestations.review(loan_id, outcome, body["reason"], actor=current_actor())


@blp.post("/replays")
@access(REVIEWER, tenant="any")
@blp.arguments(schemas.ReplayRequestSchema)
@blp.response(201, schemas.ReplaySchema)
def replay(body: dict[str, Any]) -> Any:
    """Replay a decision from its evidence, or from a bundle alone."""
    desk, actor = oversight().replays, current_actor()
    if "decision_id" in body:
        return desk.from_evidence(body["decision_id"], actor=actor)
    return desk.from_bundle(body["bundle"].encode(), body["signature"], actor=actor)


@blp.get("/replays/<string:replay_id>")
@access(REVIEWER, tenant="any")
@blp.response(200, schemas.ReplaySchema)
def found_replay(replay_id: str) -> Any:
    """Return a replay made before."""
    return oversight().replays.get(replay_id)
