"""Which control of a page fits a field, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from filing.model.form import Bundle, Field, FieldType
from filing.model.value import FieldValue
from filing.web.form_input import text_for_control
from filing.web.shown import provenance
from web.language import t

_INPUT_TYPES = {FieldType.DATE: "date", FieldType.PHONE: "tel"}
_EXAMPLES = frozenset({FieldType.TEXT, FieldType.PHONE, FieldType.INTEGER})


@dataclass(frozen=True)
class Control:
    """Arguments for the field macro, or for the choices macro where `kind` is `checks`."""

    name: str
    kind: str
    label: str
    help: str
    value: Any
    error: str
    required: bool
    suffix: str
    provenance: dict[str, Any] | None
    options: list[tuple[str, str]] = attribute(default_factory=list)
    attrs: dict[str, str] = attribute(default_factory=dict)


def control(
    field: Field,
    value: FieldValue,
    forms: Bundle,
    *,
    errors: Mapping[str, str],
    given: Mapping[str, list[str]],
) -> Control:
    """Return the control of a field.

    Args:
        field: what is asked.
        value: the value now.
        forms: the forms of the case.
        errors: the sentence per field that was refused.
        given: what the browser sent and nothing was saved of, shown again.
    """
    kind = _kind(field)
    return Control(
        name=field.key,
        kind=kind,
        label=t(field.label.zh, field.label.en),
        help=_help(field),
        value=_given(field, kind, given) if _was_asked(field, given) else _kept(field, kind, value),
        error=errors.get(field.key, ""),
        required=field.required,
        suffix=_suffix(field),
        provenance=provenance(value, forms),
        options=_options(field),
        attrs=_attrs(field),
    )


def _was_asked(field: Field, given: Mapping[str, list[str]]) -> bool:
    return field.key in given or field.key in given.get("asked", [])


def _given(field: Field, kind: str, given: Mapping[str, list[str]]) -> Any:
    sent = given.get(field.key, [])
    if kind == "checks":
        return sent
    return bool(sent) if kind == "checkbox" else "\n".join(sent)


def _kept(field: Field, kind: str, value: FieldValue) -> Any:
    if kind == "checks":
        return value.value if value.is_present else []
    return value.value is True if kind == "checkbox" else text_for_control(field, value)


def _kind(field: Field) -> str:
    if field.type is FieldType.MULTI_CHOICE:
        return "checks"
    if field.repeats:
        return "textarea"
    if field.must_be_true:
        return "checkbox"
    if field.type in (FieldType.CHOICE, FieldType.BOOLEAN):
        return "select"
    return _INPUT_TYPES.get(field.type, "text")


def _options(field: Field) -> list[tuple[str, str]]:
    named = [(choice.value, t(choice.zh, choice.en)) for choice in field.choices]
    if field.type is FieldType.MULTI_CHOICE:
        return named
    if field.type is FieldType.BOOLEAN:
        named = [("true", t("是", "Yes")), ("false", t("否", "No"))]
    return [("", t("请选择", "Choose")), *named]


def _help(field: Field) -> str:
    parts = [t(field.help.zh, field.help.en)] if field.help else []
    if field.repeats:
        parts.append(t("每行一项。", "One entry a line."))
    if field.columns:
        names = t("、", ", ").join(t(c.label.zh, c.label.en) for c in field.columns)
        parts.append(t(f"每行以逗号分隔：{names}。", f"Each line: {names}, with commas."))
    if field.pattern_means:
        parts.append(t(field.pattern_means.zh, field.pattern_means.en.capitalize()))
    return " ".join(parts)


def _suffix(field: Field) -> str:
    if field.type is FieldType.MONEY_FEN:
        return t("元", "yuan")
    return "%" if field.type is FieldType.PERCENTAGE_BPS else ""


def _attrs(field: Field) -> dict[str, str]:
    found: dict[str, str] = {}
    if field.max_length and not field.repeats:
        found["maxlength"] = str(field.max_length)
    if field.type in (FieldType.MONEY_FEN, FieldType.PERCENTAGE_BPS, FieldType.INTEGER):
        found["inputmode"] = "decimal"
    if field.type in _EXAMPLES and isinstance(field.example, str | int):
        found["placeholder"] = str(field.example)
    return found
