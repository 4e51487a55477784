"""What credential types and their coded values are called, for the pages of any package."""

from __future__ import annotations

from functools import cache

from identity.adapters.types_registry import YAMLTypes
from web.language import t


@cache
def _types() -> YAMLTypes:
    return YAMLTypes()


def type_label(code: str) -> str:
    """Return a credential type's name in the page's language; an unknown code as it is."""
    known = {item.code: item for item in _types().all()}.get(code)
    return t(known.label_zh, known.label_en) if known else code


def value_label(type_code: str, claim: str, value: str) -> str:
    """Return what a coded claim value means in the page's language; else the value as it is."""
    known = {item.code: item for item in _types().all()}.get(type_code)
    declared = known.claims.get(claim) if known else None
    pair = declared.values.get(value) if declared else None
    return t(*pair) if pair else value
