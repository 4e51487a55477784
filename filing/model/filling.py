"""What a person's values do to the fields of a case: all of them are taken, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from filing.errors import FieldErrors, FieldProblem
from filing.model.conflict import Conflict
from filing.model.derivation import derive
from filing.model.form import Bundle, Field, FieldType, FillCode
from filing.model.prefill import value_of_candidate
from filing.model.validation import validate
from filing.model.value import BY_MACHINE, MISSING, FieldValue, Source


@dataclass(frozen=True)
class Filled:
    """The fields and conflicts after a change, and the keys whose value is another."""

    fields: dict[str, FieldValue]
    conflicts: tuple[Conflict, ...]
    changed: tuple[str, ...]


def fill(
    bundle: Bundle,
    fields: Mapping[str, FieldValue],
    conflicts: tuple[Conflict, ...],
    values: Mapping[str, Any],
) -> Filled:
    """Return the fields with a person's values and all that follows from them.

    Args:
        bundle: the forms of the case.
        fields: the values now.
        conflicts: the conflicts now; a value of another source settles one.
        values: new values by key; None clears what a person gave.
    Raises:
        FieldErrors: one or more values do not fit; names each field, found and expected.
    """
    by_field = {conflict.field: conflict for conflict in conflicts}
    current, problems = dict(fields), []
    for key, raw in values.items():
        taken, problem = _take(bundle, fields, by_field.get(key), key, raw)
        if problem is not None:
            problems.append(problem)
        elif taken is not None:
            current[key] = taken
            if key in by_field:
                by_field[key] = by_field[key].decided(taken.value)
    current = derive(bundle, current, {})
    problems += _not_asked(bundle, current, values, problems)
    if problems:
        raise FieldErrors(problems)
    changed = tuple(key for key in current if current[key] != fields[key])
    return Filled(current, tuple(by_field.values()), changed)


def _take(
    bundle: Bundle,
    fields: Mapping[str, FieldValue],
    conflict: Conflict | None,
    key: str,
    raw: Any,
) -> tuple[FieldValue | None, FieldProblem | None]:
    field = bundle.by_key.get(key)
    if field is None:
        return None, _problem(key[:60], "an unknown field", "a field of this form", "本表单的字段")
    if field.by_bank:
        return None, _problem(key, "a value", "nothing: the bank fills it", "由银行填写")
    if raw is None:
        return _cleared(field, fields[key])
    value, problem = validate(field, raw)
    if problem is not None:
        return None, problem
    if field.fixed and fields[key].is_present and value != fields[key].value:
        return None, _problem(key, "another value", "the verified value", "已核验，不可修改")
    return _placed(field, fields[key], conflict, value), None


def _cleared(field: Field, before: FieldValue) -> tuple[FieldValue | None, FieldProblem | None]:
    if before.source in BY_MACHINE:
        return None, _problem(
            field.key, "null over a verified value", "a value that corrects it", "填写更正后的内容"
        )
    return before.replaced or MISSING, None


def _placed(
    field: Field, before: FieldValue, conflict: Conflict | None, value: Any
) -> FieldValue | None:
    """Return the value with its source; None where it is the value that is there already."""
    if before.is_present and before.value == value:
        return None
    if conflict is not None:
        for candidate in conflict.candidates:
            if candidate.value == value:
                first = candidate == conflict.candidates[0]
                return value_of_candidate(candidate, Source.PREFILLED if first else Source.CHOSEN)
    if before.replaced is not None and before.replaced.value == value and before.is_present:
        return before.replaced
    if field.fill is FillCode.CHOSEN:
        return FieldValue(value, Source.CHOSEN, how="chosen")
    if before.source in BY_MACHINE:
        return FieldValue(value, Source.EDITED, how="edited", replaced=before)
    if before.source is Source.EDITED:
        return replace(before, value=value)
    if before.source is Source.CHOSEN:
        return FieldValue(value, Source.EDITED, how="edited", replaced=before)
    return FieldValue(value, Source.TYPED, how="typed")


def _not_asked(
    bundle: Bundle,
    current: Mapping[str, FieldValue],
    values: Mapping[str, Any],
    problems: list[FieldProblem],
) -> list[FieldProblem]:
    """Refuse values for fields that the other answers make superfluous."""
    refused = {problem.field for problem in problems}
    return [
        _problem(key, "a value", "nothing: the field does not apply here", "该字段此时不适用")
        for key, raw in values.items()
        if raw is not None
        and key in bundle.by_key
        and key not in refused
        and current[key].source is Source.NOT_APPLICABLE
    ]


def fill_by_bank(
    bundle: Bundle, fields: Mapping[str, FieldValue], values: Mapping[str, Any]
) -> dict[str, FieldValue]:
    """Return the fields with the bank's own findings.

    Raises:
        FieldErrors: a field that is not the bank's, or a value that does not fit.
    """
    current, problems = dict(fields), []
    for key, raw in values.items():
        field = bundle.by_key.get(key)
        if field is None or not field.by_bank or field.type is FieldType.SIGNATURE:
            text = "a field that the bank does not fill"
            problems.append(_problem(key[:60], text, "one of the bank's fields", "银行填写的字段"))
            continue
        value, problem = validate(field, raw)
        if problem is not None:
            problems.append(problem)
        else:
            current[key] = FieldValue(value, Source.BANK, how="bank")
    if problems:
        raise FieldErrors(problems)
    return current


def _problem(key: str, found: str, expected: str, expected_zh: str) -> FieldProblem:
    return FieldProblem(key, found, expected, expected_zh)
