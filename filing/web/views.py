"""A case as the API shows it: each field's description, value and source in one object.

The descriptions are the same for every case of a form, so they are made once; the answer is
written without a schema pass, because a form has 151 fields and is asked for often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from filing.catalogue import bundle
from filing.context import meter_of
from filing.model.case import Case, Step, missing_required, to_fill
from filing.model.form import Bundle, Field, FieldType, Form, Label
from filing.model.value import Source
from filing.ports import CaseSummary, Event


def case_view(case: Case, steps: Sequence[Step], events: Sequence[Event]) -> dict[str, Any]:
    """Return a case with every field, ready to be written as JSON."""
    forms = bundle(case.use_case)
    described = descriptions(case.use_case)
    return {
        "id": case.id,
        "form": case.use_case,
        "enterprise": asdict(case.enterprise),
        "bank": asdict(case.bank),
        "presentation_id": case.presentation_id,
        "consent_id": case.consent_id,
        "state": case.state.value,
        "version": case.version,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "submitted_at": case.submitted_at,
        "forms": form_headings(case.use_case),
        "fields": [{**described[key], **v.to_json()} for key, v in case.fields.items()],
        "conflicts": [conflict.to_json() for conflict in case.open_conflicts],
        "meter": meter_of(case).to_json(),
        "progress": progress(forms, case),
        "steps": steps,
        "events": [{"kind": e.kind, "at": e.at, "detail": dict(e.detail)} for e in events],
        "signature": asdict(case.signature) if case.signature else None,
        "decision": asdict(case.decision) if case.decision else None,
    }


def summary_view(item: CaseSummary) -> dict[str, Any]:
    """Return a case in a list."""
    return {
        "id": item.id,
        "form": item.use_case,
        "enterprise": {
            "id": item.enterprise_id,
            "code": item.enterprise_code,
            "name_zh": item.enterprise_name,
            "name_en": item.enterprise_name,
        },
        "bank": {
            "id": item.bank_id,
            "code": item.bank_code,
            "name_zh": item.bank_name_zh,
            "name_en": item.bank_name_en,
        },
        "state": item.state.value,
        "version": item.version,
        "opened_at": item.opened_at,
        "updated_at": item.updated_at,
        "submitted_at": item.submitted_at,
        "meter": item.meter.to_json(),
    }


def progress(forms: Bundle, case: Case) -> dict[str, Any]:
    """Return how many required fields apply, how many are filled, and which to fill next."""
    owed = len(missing_required(forms, case.fields))
    required = sum(
        field.required
        and field.is_signed
        and case.fields[field.key].source is not Source.NOT_APPLICABLE
        for field in forms.fields
    )
    return {"required": required, "filled": required - owed, "missing": to_fill(forms, case.fields)}


@cache
def descriptions(use_case: str) -> dict[str, dict[str, Any]]:
    """Return what there is to know about each field before it has a value."""
    forms = bundle(use_case).forms
    return {field.key: _described(form, field) for form in forms for field in form.fields}


@cache
def form_headings(use_case: str) -> list[dict[str, Any]]:
    """Return the forms of a use case with their sections."""
    return [
        {
            "code": form.code,
            "version": form.version,
            "name": asdict(form.name),
            "sections": [{"key": s.key, "label": asdict(s.label)} for s in form.sections],
        }
        for form in bundle(use_case).forms
    ]


def _described(form: Form, field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": field.key,
        "form": form.code,
        "number": field.number,
        "section": field.section,
        "label": asdict(field.label),
        "type": field.type.value,
        "fill": field.fill.value,
        "required": field.required,
        "sensitive": field.sensitive,
        "repeats": field.repeats,
    }
    optional = {
        "help": _pair(field.help),
        "choices": [asdict(choice) for choice in field.choices] or None,
        "columns": [
            {"key": c.key, "label": asdict(c.label), "type": c.type.value} for c in field.columns
        ]
        or None,
        "max_length": field.max_length,
        "min": field.min,
        "max": field.max,
        "min_items": field.min_items or None,
        "pattern": field.pattern,
        "expects": _pair(field.pattern_means),
        "must_be_true": field.must_be_true or None,
        "fixed": field.fixed or None,
        "example": field.example if field.type is not FieldType.SIGNATURE else None,
    }
    return found | {name: content for name, content in optional.items() if content is not None}


def _pair(label: Label | None) -> dict[str, str] | None:
    return asdict(label) if label else None
