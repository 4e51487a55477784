"""Tell quickly that claims fit their schemas, for issuing at scale.

The everyday keywords of JSON Schema 2020-12 are compiled to plain Python; anything else is left to
the validator. An answer of False means "not seen to fit": the caller asks the validator, which
decides and explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Check = Callable[[Any], bool]

# `format` is an annotation unless a format checker is asked for, and none is.
_ANNOTATIONS = frozenset({"format", "title", "description", "examples", "default", "$comment"})
_OF_TEXT = frozenset({"type", "pattern", "enum", "minLength", "maxLength"})
_OF_NUMBER = frozenset({"type", "minimum", "maximum"})
_NUMBERS = {"integer": (int,), "number": (int, float)}


def compile_check(schema: Mapping[str, Any]) -> Check:
    """Return a function that is True only for values that fit the schema."""
    keywords = schema.keys() - _ANNOTATIONS
    kind = schema.get("type")
    if kind == "string" and keywords <= _OF_TEXT:
        return _text_check(schema)
    if kind in ("integer", "number") and keywords <= _OF_NUMBER:
        return _number_check(schema, _NUMBERS[kind])
    if kind == "boolean" and keywords == {"type"}:
        return lambda value: type(value) is bool
    validator = Draft202012Validator(schema)
    return lambda value: bool(validator.is_valid(value))


def _text_check(schema: Mapping[str, Any]) -> Check:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    choices = frozenset(schema["enum"]) if "enum" in schema else None
    matches = re.compile(schema.get("pattern", "")).search

    def check(value: Any) -> bool:
        if type(value) is not str or len(value) < shortest:
            return False
        if longest is not None and len(value) > longest:
            return False
        return (choices is None or value in choices) and matches(value) is not None

    return check


def _number_check(schema: Mapping[str, Any], types: tuple[type, ...]) -> Check:
    least, most = schema.get("minimum"), schema.get("maximum")

    def check(value: Any) -> bool:
        return (
            type(value) in types
            and (least is None or value >= least)
            and (most is None or value <= most)
        )

    return check
