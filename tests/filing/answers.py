"""What a person types where nothing else fills a field: the catalogue's own examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from filing.model.form import Field, FieldType

PREFERRED = {
    "account_nature": "basic",
    "callback_type": "above_threshold",
    "callback_persons": ["cfo", "finance1"],
    "entity_type_crs": "other_nfe",
    "entity_tax_residency": "china_only",
    "security_type": "credit",
}


def answer(field: Field) -> Any:
    """Return a value that fits the field."""
    if field.key in PREFERRED:
        return PREFERRED[field.key]
    if field.type is FieldType.BOOLEAN:
        return True
    if field.example is not None:
        return field.example
    if field.type is FieldType.MULTI_CHOICE:
        return [choice.value for choice in field.choices[: max(field.min_items, 1)]]
    return field.choices[0].value


def answers(fields: Mapping[str, Field], keys: Iterable[str]) -> dict[str, Any]:
    """Return values for several fields."""
    return {key: answer(fields[key]) for key in keys}
