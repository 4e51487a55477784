"""What follows from the other fields: copies, rules over fields, and whether a field applies.

Run after every change, until nothing changes any more. A value that a person gave or that a
source vouches for is never overwritten; a value of a field that no longer applies is kept
aside and comes back when the field applies again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from filing.model.facts import FieldFacts
from filing.model.field_rules import APPLICABILITY_RULES, FIELD_RULES
from filing.model.form import AppliesWhen, Bundle, Field, FillCode
from filing.model.value import MISSING, FieldValue, Source

PASSES_MAX = 8
_OPEN = frozenset({Source.MISSING, Source.DERIVED, Source.DECLARED})


def derive(
    bundle: Bundle, fields: Mapping[str, FieldValue], context: Mapping[str, Any]
) -> dict[str, FieldValue]:
    """Return the fields with everything that follows from them; the input is not changed.

    Args:
        bundle: the forms, in whose order rules run.
        fields: a value for every field of the bundle.
        context: facts of the case itself, such as `signed_on`.
    """
    current = dict(fields)
    moving = [f for f in bundle.fields if f.copy_of or f.derive in FIELD_RULES or f.applies_when]
    for _ in range(PASSES_MAX):
        changed = False
        for field in moving:
            before = current[field.key]
            after = _next(field, before, current, context)
            if after is not before and after != before:
                current[field.key] = after
                changed = True
        if not changed:
            break
    return current


def _next(
    field: Field,
    before: FieldValue,
    fields: Mapping[str, FieldValue],
    context: Mapping[str, Any],
) -> FieldValue:
    if field.applies_when is not None and not applies(field.applies_when, fields, context):
        return _set_aside(before)
    value = _restored(before)
    if not (field.copy_of or field.derive in FIELD_RULES):
        return value
    follows = _follows_fields(field, value)
    if not follows and value.source not in _OPEN:
        return value
    derived = _copied(field, fields) if field.copy_of else _ruled(field, fields, context)
    if derived is not None:
        return derived
    return MISSING if follows else value


def applies(
    when: AppliesWhen, fields: Mapping[str, FieldValue], context: Mapping[str, Any]
) -> bool:
    """Say whether a field is asked; where the answer is not known yet, it is not."""
    facts = FieldFacts(fields, context)
    if when.rule is not None:
        return APPLICABILITY_RULES[when.rule](facts)
    found = facts.field(when.field or "")
    if not when.values:
        return found is not None
    chosen = found if isinstance(found, list) else [found]
    return any(value in when.values for value in chosen)


def awaits(bundle: Bundle, field: Field, fields: Mapping[str, FieldValue]) -> bool:
    """Say whether a missing field will follow from a required one that is still to be filled.

    Such a field is not asked for yet: typing it would be in vain.
    """
    if field.copy_of:
        lacking = [field.copy_of]
    elif field.derive in FIELD_RULES:
        facts = FieldFacts(fields, {})
        FIELD_RULES[field.derive](facts)
        lacking = facts.lacking
    else:
        return False
    origins = [bundle.by_key[key] for key in lacking if fields[key].source is Source.MISSING]
    return any(origin.required for origin in origins)


def _set_aside(before: FieldValue) -> FieldValue:
    if before.source is Source.NOT_APPLICABLE:
        return before
    kept = before if before.is_present else None
    return FieldValue(source=Source.NOT_APPLICABLE, replaced=kept)


def _restored(value: FieldValue) -> FieldValue:
    if value.source is not Source.NOT_APPLICABLE:
        return value
    return value.replaced or MISSING


def _follows_fields(field: Field, value: FieldValue) -> bool:
    """Whether a derived value came from fields, so that it goes when they go."""
    if field.copy_of:
        machine = value.source in (Source.DERIVED, Source.PREFILLED)
        return machine and value.inputs == (field.copy_of,)
    return value.source is Source.DERIVED and value.how == f"rule {field.derive}"


def _copied(field: Field, fields: Mapping[str, FieldValue]) -> FieldValue | None:
    origin = fields[field.copy_of or ""]
    if not origin.is_present:
        return None
    vouched = field.fill is FillCode.PREFILLED and origin.source is Source.PREFILLED
    return replace(
        origin,
        source=Source.PREFILLED if vouched else Source.DERIVED,
        how=origin.how if vouched else f"copy of {field.copy_of}",
        inputs=(field.copy_of or "",),
        replaced=None,
    )


def _ruled(
    field: Field, fields: Mapping[str, FieldValue], context: Mapping[str, Any]
) -> FieldValue | None:
    facts = FieldFacts(fields, context)
    value = FIELD_RULES[field.derive or ""](facts)
    if value is None:
        return None
    inputs = tuple(dict.fromkeys(facts.inputs))
    return FieldValue(value, Source.DERIVED, how=f"rule {field.derive}", inputs=inputs)
