"""How values and their sources read on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from filing.model.case import Case, CaseState
from filing.model.form import Bundle, Choice, Field, FieldType, Form, Section
from filing.model.value import FieldValue, Source
from filing.ports import Event
from identity.web.names import claim_label
from web.filters import money, percent
from web.language import t

Select = Callable[[Field, FieldValue], bool]


@dataclass(frozen=True)
class ShownField:
    """A field ready for a template."""

    field: Field
    value: FieldValue
    label: str
    text: str | None
    provenance: dict[str, Any] | None
    replaced: str | None


@dataclass(frozen=True)
class ShownSection:
    """A section with the fields that a page picks from it."""

    form: str
    title: str
    fields: list[ShownField]


def sections(case: Case, forms: Bundle, picks: Select) -> list[ShownSection]:
    """Return the sections that have fields the page wants, in the forms' order."""
    found = []
    for form in forms.forms:
        for section in form.sections:
            shown = [
                shown_field(field, case.fields[field.key], forms)
                for field in form.fields
                if field.section == section.key and picks(field, case.fields[field.key])
            ]
            if shown:
                found.append(ShownSection(form.code, _title(form, section, forms), shown))
    return found


def shown_field(field: Field, value: FieldValue, forms: Bundle) -> ShownField:
    """Return a field with its label, its value as text and its source."""
    replaced = value.replaced if value.source is Source.EDITED else None
    return ShownField(
        field=field,
        value=value,
        label=t(field.label.zh, field.label.en),
        text=text_of(field, value.value) if value.is_present else None,
        provenance=provenance(value, forms),
        replaced=text_of(field, replaced.value) if replaced else None,
    )


def text_of(field: Field, value: Any) -> str:
    """Return a value as a person reads it."""
    if field.repeats and isinstance(value, list):
        return t("；", "; ").join(_item(field, entry) for entry in value)
    return _item(field, value)


def _item(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return t("是", "Yes") if value else t("否", "No")
    if isinstance(value, dict):
        columns = {column.key: column for column in field.columns}
        parts = (
            money(cell) if columns[key].type is FieldType.MONEY_FEN else str(cell)
            for key, cell in value.items()
        )
        return " · ".join(parts)
    if isinstance(value, list):
        return t("、", ", ").join(choice_text(field.choices, entry) for entry in value)
    if field.choices:
        return choice_text(field.choices, value)
    if field.type is FieldType.MONEY_FEN and isinstance(value, int):
        return money(value)
    if field.type is FieldType.PERCENTAGE_BPS and isinstance(value, int):
        return percent(value)
    return str(value)


def choice_text(choices: tuple[Choice, ...], value: Any) -> str:
    """Return how a choice reads; a value that is no choice reads as it is."""
    found = next((choice for choice in choices if choice.value == value), None)
    return t(found.zh, found.en) if found else str(value)


def provenance(value: FieldValue, forms: Bundle) -> dict[str, Any] | None:
    """Return what the provenance badge shows; None for a field without a value."""
    if not value.is_present:
        return None
    issuer = t(value.issuer_name_zh or "", value.issuer_name_en or "")
    return {
        "kind": value.source.value,
        "issuer": issuer or None,
        "credential_digest": value.credential_digest,
        "issued_at": value.issued_at,
        "verified_at": value.verified_at,
        "how": how_text(value, forms),
    }


def how_text(value: FieldValue, forms: Bundle) -> str:
    """Return in words how a value came about."""
    act, _, subject = value.how.partition(" ")
    inputs = t("、", ", ").join(_input_name(name, forms) for name in value.inputs)
    if act == "claim":
        return t(f"取自“{claim_label(subject)}”", f"From “{claim_label(subject)}”")
    if act == "copy":
        return t(f"与“{inputs}”相同", f"Same as “{inputs}”")
    if act == "rule":
        if not inputs:
            return t("按规则自动填写", "Filled by a rule")
        return t(f"按规则由“{inputs}”得出", f"By a rule from “{inputs}”")
    if act == "declared":
        return t("企业此前申报并签署", "Declared and signed by the enterprise before")
    words = {
        "typed": t("本次填写", "Typed for this application"),
        "edited": t("对已有内容的修改", "Changed over a value that was there"),
        "chosen": t("本次选择", "Chosen for this application"),
        "signed": t("申请签名覆盖的数据哈希", "Hash of the signed application"),
        "bank": t("银行填写", "Filled by the bank"),
    }
    return words.get(act, value.how)


def _input_name(name: str, forms: Bundle) -> str:
    field = forms.by_key.get(name)
    return t(field.label.zh, field.label.en) if field else claim_label(name)


def _title(form: Form, section: Section, forms: Bundle) -> str:
    title = t(section.label.zh, section.label.en)
    if len(forms.forms) == 1 or form is forms.forms[0]:
        return title
    return f"{t(form.name.zh, form.name.en)} · {title}"


def event_items(events: list[Event]) -> list[dict[str, Any]]:
    """Return a case's timeline for the timeline macro."""
    names = {
        "opened": ("info", t("打开申请并预填", "Opened and pre-filled")),
        "filled": ("info", t("填写内容", "Filled in")),
        "signed": ("ok", t("企业签署", "Signed by the enterprise")),
        "submitted": ("wait", t("提交银行", "Submitted to the bank")),
        "returned": ("warn", t("银行退回", "Returned by the bank")),
        "approved": ("ok", t("银行同意", "Approved by the bank")),
        "refused": ("bad", t("银行拒绝", "Refused by the bank")),
    }
    items = []
    for event in events:
        kind, title = names.get(event.kind, ("info", event.kind))
        detail = "；".join(event.detail.get("reasons", ()))
        if event.kind == "filled":
            count = len(event.detail.get("fields", ()))
            detail = t(f"{count} 个字段有变化", f"{count} fields changed")
        reference = event.detail.get("application_hash")
        items.append(
            {"kind": kind, "title": title, "at": event.at, "detail": detail, "reference": reference}
        )
    return items


def step_names(case: Case) -> tuple[list[str], int]:
    """Return the steps of an application and which one it is at, counted from 1."""
    names = [
        t("预填", "Pre-filled"),
        t("补充", "Complete"),
        t("签署提交", "Sign and submit"),
        t("银行审批", "Bank review"),
        t("办结", "Done"),
    ]
    at = {
        CaseState.DRAFT: 2,
        CaseState.RETURNED: 2,
        CaseState.SIGNED: 3,
        CaseState.IN_REVIEW: 4,
        CaseState.APPROVED: 6,
        CaseState.REFUSED: 6,
    }
    return names, at[case.state]
