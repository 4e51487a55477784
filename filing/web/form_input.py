"""What a browser's form says, turned into values as the use case takes them.

A form carries text: yuan with decimals becomes fen, per cent becomes basis points, lines of
a text area become rows. What cannot be converted is handed on as it is, so that the field's
own check names it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from filing.model.form import Column, Field, FieldType
from filing.model.value import BY_PERSON, FieldValue

_DECIMAL = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?")
_INTEGER = re.compile(r"-?[0-9]{1,15}")


def values_from(
    form: MultiDict[str, str], fields: list[Field], current: dict[str, FieldValue]
) -> dict[str, Any]:
    """Return the values that a form gives; an emptied field clears what a person gave."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.key not in form and not _is_ticked(field):
            continue
        value = _value(field, form)
        if value is not None:
            found[field.key] = value
        elif current[field.key].source in BY_PERSON:
            found[field.key] = None
    return found


def _is_ticked(field: Field) -> bool:
    """Whether the control is a tick box, which a browser leaves out when it is empty."""
    return field.type is FieldType.MULTI_CHOICE or field.must_be_true


def _value(field: Field, form: MultiDict[str, str]) -> Any:
    if field.type is FieldType.MULTI_CHOICE:
        return form.getlist(field.key) or None
    text = form.get(field.key, "").strip()
    if not text:
        return None
    if not field.repeats:
        return _item(field.type, text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if field.type is FieldType.GROUP:
        return [_row(field.columns, line) for line in lines]
    return [_item(field.type, line) for line in lines]


def _row(columns: tuple[Column, ...], line: str) -> Any:
    cells = [cell.strip() for cell in re.split(r"[,，\t]", line)]
    if len(cells) != len(columns):
        return line
    pairs = zip(columns, cells, strict=True)
    return {column.key: _item(column.type, cell) for column, cell in pairs}


def _item(kind: FieldType, text: str) -> Any:
    if kind in (FieldType.MONEY_FEN, FieldType.PERCENTAGE_BPS):
        plain = text.replace(",", "").removesuffix("%")
        return int(Decimal(plain) * 100) if _DECIMAL.fullmatch(plain) else text
    if kind is FieldType.INTEGER:
        return int(text) if _INTEGER.fullmatch(text) else text
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    return text


def text_for_control(field: Field, value: FieldValue) -> str:
    """Return a value as the text of its control: the inverse of reading the form."""
    if not value.is_present:
        return ""
    if field.repeats and isinstance(value.value, list):
        return "\n".join(_control_item(field, field.type, entry) for entry in value.value)
    return _control_item(field, field.type, value.value)


def _control_item(field: Field, kind: FieldType, value: Any) -> str:
    if isinstance(value, dict):
        cells = (_control_item(field, c.type, value.get(c.key)) for c in field.columns)
        return ", ".join(cells)
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind in (FieldType.MONEY_FEN, FieldType.PERCENTAGE_BPS) and isinstance(value, int):
        sign, whole = ("-" if value < 0 else ""), abs(value)
        return f"{sign}{whole // 100}.{whole % 100:02d}"
    return str(value)
