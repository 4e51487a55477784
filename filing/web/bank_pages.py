"""The bank's pages: the queue, and one application with the source of every field."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from filing.catalogue import USE_CASES, bundle
from filing.context import meter_of
from filing.errors import FilingError
from filing.model.case import Case, CaseState
from filing.model.form import Field, FieldType
from filing.model.value import FieldValue, Source
from filing.ports import CaseQuery
from filing.web.context import filing
from filing.web.controls import control
from filing.web.form_input import values_from
from filing.web.shown import event_items, sections, shown_field, text_of
from web.access import Role, access, current_actor
from web.language import t

pages = Blueprint("filing_bank", __name__, url_prefix="/bank/cases", template_folder="templates")
PAGE_SIZE = 50
BANK = (Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, Role.BANK_APPROVER)
ASKED_AT_DECISION = ("will_verification", "bo_discrepancy", "open_channel")


@pages.get("")
@access(*BANK, tenant="own")
def queue() -> str:
    """List the applications that reached the bank, those waiting first."""
    form, state = request.args.get("form"), request.args.get("state", "in_review")
    states = frozenset({CaseState(state)}) if state in list(CaseState) else None
    query = CaseQuery(
        use_case=form if form in USE_CASES else None,
        states=states,
        offset=min(max(request.args.get("offset", 0, type=int), 0), 1_000_000),
        limit=PAGE_SIZE,
    )
    cases, total = filing().list_cases(current_actor(), query)
    return render_template(
        "filing/bank_cases.html",
        cases=cases,
        total=total,
        query=query,
        names=USE_CASES,
        state=state if states else "all",
        form=query.use_case or "",
        state_options=[
            ("in_review", t("待审批", "To decide")),
            ("approved", t("已同意", "Approved")),
            ("returned", t("已退回", "Returned")),
            ("refused", t("已拒绝", "Refused")),
            ("all", t("全部", "All")),
        ],
        form_options=[
            ("", t("全部", "All")),
            *((code, t(entry[0].zh, entry[0].en)) for code, entry in USE_CASES.items()),
        ],
    )


@pages.get("/<case_id>")
@access(*BANK, tenant="own")
def case_page(case_id: str) -> str:
    """Show discrepancies first, then the checks, then every field with its source."""
    case, actor = filing().read_case(current_actor(), case_id), current_actor()
    forms, steps = bundle(case.use_case), filing().steps(case)
    may_decide = case.state is CaseState.IN_REVIEW and forms.decided_by in {
        str(r) for r in actor.roles
    }
    return render_template(
        "filing/bank_case.html",
        case=case,
        forms=forms,
        may_decide=may_decide,
        roles={str(role) for role in actor.roles},
        conflicts=[_conflict(case, c) for c in case.open_conflicts],
        edited=_edited(case),
        missing=sections(case, forms, _is_left_empty),
        not_passed=[step for step in steps if step.outcome != "passed"],
        steps=steps,
        passed=sum(step.outcome == "passed" for step in steps),
        sections=sections(case, forms, _is_answered),
        controls=[
            control(forms.by_key[key], case.fields[key], forms, errors={}, given={})
            for key in ASKED_AT_DECISION
            if key in forms.by_key
        ],
        meter=meter_of(case),
        events=event_items(filing().events(case)),
    )


@pages.post("/<case_id>/decision")
@access(Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, tenant="own")
def decide(case_id: str) -> ResponseReturnValue:
    """Take the bank's decision."""
    case = filing().read_case(current_actor(), case_id)
    forms = bundle(case.use_case)
    own = [forms.by_key[key] for key in ASKED_AT_DECISION if key in forms.by_key]
    reasons = [line.strip() for line in request.form.get("reasons", "").splitlines()]
    reasons = [line for line in reasons if line]
    if len(reasons) > 20 or any(len(line) > 500 for line in reasons):
        raise FilingError("Give at most 20 reasons of at most 500 characters, one a line.")
    filing().decide_case(
        current_actor(),
        case_id,
        decision=request.form.get("decision", ""),
        reasons=reasons,
        bank_values=values_from(request.form, own, dict(case.fields)),
    )
    return redirect(url_for("filing_bank.case_page", case_id=case_id), 303)


def _is_answered(_field: Field, value: FieldValue) -> bool:
    return value.is_present


def _is_left_empty(field: Field, value: FieldValue) -> bool:
    is_applicants = not field.by_bank and field.type is not FieldType.SIGNATURE
    return is_applicants and value.source is Source.MISSING


def _edited(case: Case) -> list[Any]:
    forms = bundle(case.use_case)
    return [
        shown_field(forms.by_key[key], value, forms)
        for key, value in case.fields.items()
        if value.source is Source.EDITED
    ]


def _conflict(case: Case, conflict: Any) -> dict[str, Any]:
    field = bundle(case.use_case).by_key[conflict.field]
    return {
        "label": t(field.label.zh, field.label.en),
        "explanation": t(conflict.explanation_zh, conflict.explanation_en),
        "in_force": text_of(field, case.fields[field.key].value),
        "sensitive": field.sensitive,
        "candidates": [
            (
                text_of(field, c.value),
                t(c.issuer_name_zh, c.issuer_name_en),
                index == conflict.chosen,
            )
            for index, c in enumerate(conflict.candidates)
        ],
    }
