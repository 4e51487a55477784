"""The pages of an authority's operator: the register, a spreadsheet in, credentials out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from authorities.errors import AuthoritiesError, UnreadableSpreadsheet
from authorities.issuing import IssuanceReport
from authorities.web.context import authorities, file_bytes
from web.access import Role, access, current_actor

pages = Blueprint("authorities", __name__, url_prefix="/authority", template_folder="templates")


@pages.get("")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def overview() -> str:
    """Show the operator's register: counts by type, the upload, and issuing."""
    return _overview()


@pages.post("/imports")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def upload() -> ResponseReturnValue:
    """Check a spreadsheet and show what may enter the register and what is wrong."""
    actor = current_actor()
    code, record_type = actor.organisation_code, request.form.get("record_type", "")
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise UnreadableSpreadsheet(
                "no file was chosen; choose a csv or xlsx file",
                detail_zh="没有选择文件，请选择 CSV 或 XLSX 文件。",
            )
        staged = authorities().preview_import(
            actor, code, record_type, file.filename, file_bytes(file)
        )
    except AuthoritiesError as error:
        return _overview(refused=error, chosen=record_type), 422
    return redirect(url_for("authorities.show_import", import_id=staged.id), 303)


@pages.get("/imports/<string:import_id>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def show_import(import_id: str) -> str:
    """Show a checked spreadsheet: its good rows wait to be committed."""
    actor = current_actor()
    staged = authorities().staged_import(actor, actor.organisation_code, import_id)
    record_type = authorities().types[staged.record_type]
    return render_template("authorities/import.html", staged=staged, record_type=record_type)


@pages.post("/imports/<string:import_id>/commit")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def commit(import_id: str) -> ResponseReturnValue:
    """Take the good rows into the register."""
    actor = current_actor()
    authorities().commit_import(actor, actor.organisation_code, import_id)
    return redirect(url_for("authorities.show_import", import_id=import_id), 303)


@pages.get("/jobs/<string:job_id>")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def show_job(job_id: str) -> str:
    """Show an issuance job; while it runs the page renews itself."""
    actor = current_actor()
    job, anchored = authorities().job(actor, actor.organisation_code, job_id)
    record_type = authorities().types[job.record_type]
    return render_template(
        "authorities/job.html", job=job, anchored=anchored, record_type=record_type
    )


@pages.post("/issuances")
@access(Role.AUTHORITY_OPERATOR, tenant="own")
def issue() -> str:
    """Issue the records of one type and show what came of it."""
    actor = current_actor()
    chosen = request.form.get("record_type", "")
    report = authorities().issue(actor, actor.organisation_code, [chosen] if chosen else None)
    return _overview(report=report)


def _overview(
    *,
    refused: AuthoritiesError | None = None,
    chosen: str = "",
    report: IssuanceReport | None = None,
) -> str:
    actor = current_actor()
    code = actor.organisation_code
    own = authorities().own(actor, code)
    kinds = authorities().types
    counts = authorities().counts(actor, code)
    rows: list[Any] = [(kinds[name], count) for name, count in counts.items()]
    return render_template(
        "authorities/overview.html",
        authority=own,
        rows=rows,
        types=kinds,
        refused=refused,
        chosen=chosen,
        report=report,
        jobs=authorities().newest_jobs(actor, code),
    )
