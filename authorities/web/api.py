"""The API of the simulated authorities: their list, records, imports and issuances."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from authorities.issuing import IssuanceReport
from authorities.ports import SaveCounts, StagedImport
from authorities.web import schemas
from authorities.web.context import authorities, file_bytes
from web.access import Role, access, current_actor, public

blp = Blueprint(
    "authorities_api",
    __name__,
    url_prefix="/api/v1/authorities",
    description="Simulated authorities 模拟签发机构",
)


@blp.get("")
@public("which simulated authorities there are and what they issue is no secret")
@blp.response(200, schemas.AuthoritiesSchema)
def list_authorities() -> dict[str, Any]:
    """List the simulated authorities and the types each issues."""
    return {"authorities": authorities().all()}


@blp.get("/<string:code>/records")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(schemas.RecordsQuerySchema, location="query")
@blp.response(200, schemas.RecordsSchema)
def list_records(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List records of one type of the operator's own register."""
    actor = current_actor()
    return {
        "records": authorities().records(actor, code, **query),
        "counts": authorities().counts(actor, code),
    }


@blp.post("/<string:code>/imports")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(schemas.ImportFileSchema, location="files")
@blp.arguments(schemas.ImportFormSchema, location="form")
@blp.response(201, schemas.ImportSchema)
def create_import(files: dict[str, Any], form: dict[str, Any], code: str) -> dict[str, Any]:
    """Import a spreadsheet: preview it, or commit all of its rows or none."""
    upload, actor = files["file"], current_actor()
    record_type, name = form["record_type"], upload.filename or ""
    if form["mode"] == "preview":
        staged = authorities().preview_import(actor, code, record_type, name, file_bytes(upload))
        return _staged_view(staged)
    rows, saved = authorities().commit_file(actor, code, record_type, name, file_bytes(upload))
    return _committed_view(None, record_type, rows, saved)


@blp.post("/<string:code>/imports/<string:import_id>/commit")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.response(200, schemas.ImportSchema)
def commit_import(code: str, import_id: str) -> dict[str, Any]:
    """Take the good rows of a previewed import into the register."""
    actor = current_actor()
    staged = authorities().staged_import(actor, code, import_id)
    saved = authorities().commit_import(actor, code, import_id)
    return {**_staged_view(staged), "state": "committed", "saved": saved}


@blp.post("/<string:code>/issuances")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.arguments(schemas.IssuanceRequestSchema)
@blp.response(201, schemas.IssuanceSchema)
def create_issuance(body: dict[str, Any], code: str) -> IssuanceReport:
    """Issue the register's records as credentials to the enterprises that are registered."""
    return authorities().issue(current_actor(), code, **body)


@blp.get("/<string:code>/jobs/<string:job_id>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
@blp.response(200, schemas.JobSchema)
def show_job(code: str, job_id: str) -> dict[str, Any]:
    """Show how far an issuance job got."""
    job, anchored = authorities().job(current_actor(), code, job_id)
    return {**vars(job), **vars(job.counts), "anchored": anchored, "row_errors": job.errors}


def _staged_view(staged: StagedImport) -> dict[str, Any]:
    return {
        "id": staged.id,
        "record_type": staged.record_type,
        "state": staged.state,
        "row_count": staged.row_count,
        "good_rows": len(staged.rows),
        "row_errors": staged.errors,
        "saved": None,
    }


def _committed_view(
    import_id: str | None, record_type: str, rows: int, saved: SaveCounts
) -> dict[str, Any]:
    return {
        "id": import_id,
        "record_type": record_type,
        "state": "committed",
        "row_count": rows,
        "good_rows": rows,
        "row_errors": [],
        "saved": saved,
    }
