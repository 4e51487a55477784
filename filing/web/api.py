"""The filing API: cases opened, filled, signed, submitted and decided."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint

from filing.model.case import Case, CaseState
from filing.ports import CaseQuery
from filing.web import schemas
from filing.web.context import filing
from filing.web.views import case_view, summary_view
from web.access import Role, access, current_actor

blp = Blueprint(
    "filing_api", __name__, url_prefix="/api/v1", description="Forms and cases 表单与申请"
)
ENTERPRISE = Role.ENTERPRISE_AGENT
BANK = (Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, Role.BANK_APPROVER)


@blp.post("/cases")
@access(ENTERPRISE, tenant="own")
@blp.arguments(schemas.OpenCaseSchema)
@blp.response(201, schemas.CaseSchema)
def open_case(body: dict[str, Any]) -> Response:
    """Open a case, pre-filled from a verified presentation."""
    return _answer(filing().open_case(current_actor(), **body), 201)


@blp.get("/cases")
@access(ENTERPRISE, *BANK, tenant="own")
@blp.arguments(schemas.CaseQuerySchema, location="query")
@blp.response(200, schemas.CaseListSchema)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """List the enterprise's cases, or those that reached the bank."""
    state = query["state"]
    asked = CaseQuery(
        use_case=query["form"],
        states=frozenset({CaseState(state)}) if state else None,
        offset=query["offset"],
        limit=query["limit"],
    )
    cases, total = filing().list_cases(current_actor(), asked)
    return {"cases": [summary_view(item) for item in cases], "total": total}


@blp.get("/cases/<string:case_id>")
@access(ENTERPRISE, *BANK, tenant="own")
@blp.response(200, schemas.CaseSchema)
def get_case(case_id: str) -> Response:
    """Return a case with the source of every field; a bank's read is logged."""
    return _answer(filing().read_case(current_actor(), case_id))


@blp.patch("/cases/<string:case_id>/fields")
@access(ENTERPRISE, tenant="own")
@blp.arguments(schemas.FillSchema)
@blp.response(200, schemas.CaseSchema)
def fill_fields(body: dict[str, Any], case_id: str) -> Response:
    """Fill fields by hand: all values are taken, or none and each problem is named."""
    case = filing().fill_fields(current_actor(), case_id, body["values"], version=body["version"])
    return _answer(case)


@blp.post("/cases/<string:case_id>/signature")
@access(ENTERPRISE, tenant="own")
@blp.arguments(schemas.SignSchema)
@blp.response(200, schemas.CaseSchema)
def sign_case(body: dict[str, Any], case_id: str) -> Response:
    """Sign a complete case with the enterprise's key."""
    return _answer(filing().sign_case(current_actor(), case_id, version=body["version"]))


@blp.post("/cases/<string:case_id>/submission")
@access(ENTERPRISE, tenant="own")
@blp.response(200, schemas.CaseSchema)
def submit_case(case_id: str) -> Response:
    """Hand a signed case to its bank."""
    return _answer(filing().submit_case(current_actor(), case_id))


@blp.post("/cases/<string:case_id>/decision")
@access(Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, tenant="own")
@blp.arguments(schemas.DecisionSchema)
@blp.response(200, schemas.CaseSchema)
def decide_case(body: dict[str, Any], case_id: str) -> Response:
    """Approve, refuse or return a case; approval of an opening issues the account credential."""
    return _answer(filing().decide_case(current_actor(), case_id, **body))


def _answer(case: Case, status: int = 200) -> Response:
    view = case_view(case, filing().steps(case), filing().events(case))
    return Response(orjson.dumps(view), status=status, mimetype="application/json")
