"""The enterprise's pages: its applications, and one application to complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from filing.catalogue import USE_CASES, bundle
from filing.context import meter_of
from filing.errors import FieldErrors, FieldProblem, FilingError, UnknownForm
from filing.model.case import EDITABLE, Case, CaseState
from filing.model.derivation import awaits
from filing.model.form import Field, FieldType
from filing.model.value import BY_MACHINE, BY_PERSON, FieldValue, Source
from filing.ports import CaseQuery
from filing.web.context import filing
from filing.web.controls import Control, control
from filing.web.form_input import values_from
from filing.web.shown import event_items, sections, shown_field, step_names, text_of
from filing.web.views import progress
from web.access import Role, access, current_actor
from web.language import t

pages = Blueprint(
    "filing_enterprise", __name__, url_prefix="/enterprise/cases", template_folder="templates"
)
PAGE_SIZE = 50


@pages.get("")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def case_list() -> str:
    """List the enterprise's applications."""
    offset = max(request.args.get("offset", 0, type=int), 0)
    query = CaseQuery(offset=min(offset, 1_000_000), limit=PAGE_SIZE)
    cases, total = filing().list_cases(current_actor(), query)
    return render_template(
        "filing/enterprise_cases.html", cases=cases, total=total, query=query, names=USE_CASES
    )


@pages.get("/new")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def start_page() -> str:
    """Say what will be shared with whom, before anything is."""
    form = request.args.get("form", "account-opening")
    if form not in USE_CASES:
        raise UnknownForm(f"No form is called “{form[:60]}”.")
    presenting = filing().desk.presenting
    return render_template(
        "filing/start.html",
        form=form,
        name=USE_CASES[form][0],
        banks=presenting.banks() if presenting else [],
        asked=presenting.asked(form) if presenting else [],
    )


@pages.post("/new")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def start() -> ResponseReturnValue:
    """Consent, present and open the case."""
    form, bank = request.form.get("form", ""), request.form.get("bank", "")
    presenting, actor = filing().desk.presenting, current_actor()
    if presenting is None or form not in USE_CASES or request.form.get("agreed") != "true":
        raise FilingError("Choose a form and a bank, and agree to what is shared.")
    presentation_id = presenting.present(actor.organisation_id, bank, form)
    case = filing().open_case(actor, form=form, bank_code=bank, presentation_id=presentation_id)
    return redirect(url_for("filing_enterprise.case_page", case_id=case.id), 303)


@pages.get("/<case_id>")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def case_page(case_id: str) -> str:
    """Show what is filled and from where, and ask for what is left."""
    return _render(filing().read_case(current_actor(), case_id))


@pages.post("/<case_id>/fields")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def save_fields(case_id: str) -> ResponseReturnValue:
    """Take what the person typed; refused values are shown again with the reason."""
    case = filing().read_case(current_actor(), case_id)
    asked = [field for field in bundle(case.use_case).fields if field.key in _posted()]
    values = values_from(request.form, asked, dict(case.fields))
    version = request.form.get("version", case.version, type=int)
    try:
        filing().fill_fields(current_actor(), case_id, values, version=version)
    except FieldErrors as errors:
        sentences = {
            p.field: _sentence(bundle(case.use_case).by_key[p.field], p) for p in errors.problems
        }
        return _render(case, sentences), 422
    return redirect(url_for("filing_enterprise.case_page", case_id=case_id, saved=1), 303)


@pages.post("/<case_id>/submission")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def sign_and_submit(case_id: str) -> ResponseReturnValue:
    """Sign the application as it was shown and hand it to the bank."""
    version = request.form.get("version", type=int)
    case = filing().read_case(current_actor(), case_id)
    if case.state is not CaseState.SIGNED:
        filing().sign_case(current_actor(), case_id, version=version)
    filing().submit_case(current_actor(), case_id)
    return redirect(url_for("filing_enterprise.case_page", case_id=case_id), 303)


def _posted() -> set[str]:
    """Return the keys that the page asked for; tick boxes that stay empty send nothing."""
    return set(request.form) | set(request.form.getlist("asked"))


def _sentence(field: Field, problem: FieldProblem) -> str:
    expected, expected_zh = problem.expected, problem.expected_zh
    if field.type is FieldType.MONEY_FEN and "fen" in expected:
        expected, expected_zh = "an amount in yuan, such as 1234.50", "以元为单位的金额，如 1234.50"
    return t(f"应为{expected_zh}", f"Found {problem.found}; expected {expected}.")


def _render(case: Case, errors: Mapping[str, str] | None = None) -> str:
    forms, editable = bundle(case.use_case), case.state in EDITABLE
    opened = set(request.args.getlist("edit")) | set(errors or {})
    asked = {f.key for f in forms.fields if editable and _is_asked(f, case, opened)}

    def answered(field: Field, value: FieldValue) -> bool:
        return field.key not in asked and value.is_present

    names, at = step_names(case)
    return render_template(
        "filing/enterprise_case.html",
        case=case,
        forms=forms,
        editable=editable,
        needed=_grouped(case, asked, errors or {}, needed=True),
        optional=_grouped(case, asked, errors or {}, needed=False),
        answered=sections(case, forms, answered),
        conflicts=[_conflict(case, c) for c in case.open_conflicts],
        progress=progress(forms, case),
        meter=meter_of(case),
        events=event_items(filing().events(case)),
        names=names,
        at=at,
        errors=errors or {},
    )


def _is_asked(field: Field, case: Case, opened: set[str]) -> bool:
    """Whether the page asks for a field: it is empty, a person's, or opened for correction."""
    value = case.fields[field.key]
    forms = bundle(case.use_case)
    if value.source is Source.MISSING and awaits(forms, field, case.fields):
        return False
    if field.by_bank or field.type is FieldType.SIGNATURE:
        return False
    if value.source in (Source.MISSING, *BY_PERSON):
        return True
    return field.key in opened and value.source in BY_MACHINE and not field.fixed


def _grouped(
    case: Case, asked: set[str], errors: Mapping[str, str], *, needed: bool
) -> list[tuple[str, list[Control]]]:
    """Return the sections with the controls that have to be filled, or with the optional ones."""
    forms, given = bundle(case.use_case), request.form.to_dict(flat=False)

    def picks(field: Field, value: FieldValue) -> bool:
        is_needed = field.required or value.is_present or field.key in errors
        return field.key in asked and is_needed is needed

    return [
        (
            section.title,
            [
                control(item.field, item.value, forms, errors=errors, given=given)
                for item in section.fields
            ],
        )
        for section in sections(case, forms, picks)
    ]


def _conflict(case: Case, conflict: Any) -> dict[str, Any]:
    field = bundle(case.use_case).by_key[conflict.field]
    return {
        "key": field.key,
        "shown": shown_field(field, case.fields[field.key], bundle(case.use_case)),
        "explanation": t(conflict.explanation_zh, conflict.explanation_en),
        "chosen": conflict.chosen,
        "candidates": [
            (index, text_of(field, c.value), t(c.issuer_name_zh, c.issuer_name_en))
            for index, c in enumerate(conflict.candidates)
        ],
    }


@pages.post("/<case_id>/conflicts/<key>")
@access(Role.ENTERPRISE_AGENT, tenant="own")
def settle_conflict(case_id: str, key: str) -> ResponseReturnValue:
    """Take the value of the source that the person chose."""
    case = filing().read_case(current_actor(), case_id)
    conflict = next((c for c in case.open_conflicts if c.field == key), None)
    chosen = request.form.get("candidate", -1, type=int)
    if conflict is None or not 0 <= chosen < len(conflict.candidates):
        raise FilingError("Choose one of the sources shown.")
    value = conflict.candidates[chosen].value
    version = request.form.get("version", type=int)
    filing().fill_fields(current_actor(), case_id, {key: value}, version=version)
    return redirect(url_for("filing_enterprise.case_page", case_id=case_id, saved=1), 303)
