"""Whether a value that a person gave fits its field.

Every check says what was found and what was expected, in both languages; the found part
of a sensitive field describes the value and never repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from stdnum import lei
from stdnum.cn import uscc

from filing.errors import FieldProblem
from filing.model.form import Column, Field, FieldType, Label

INTEGER_MAX = 2**53 - 1
"""The largest integer that RFC 8785 can carry; 90 trillion yuan in fen."""

DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PHONE_PATTERN = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?|\+[0-9]{6,15}")
CONTROL_PATTERN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")

WHOLE_NUMBER = Label("整数", "a whole number")
MONEY = Label("以分为单位的整数金额", "an amount in whole fen")
ISO_DATE = Label("日期，如 2026-01-31", "a date such as 2026-01-31")
TEXT = Label("一行文字", "one line of text")


class _Refused(Exception):
    """Carries found and expected from a check to `validate`."""

    def __init__(self, found: str, expected: Label) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


def validate(field: Field, raw: Any) -> tuple[Any, FieldProblem | None]:
    """Return the value as the case keeps it, or the problem that refuses it.

    Args:
        field: what the value is for.
        raw: what was given; never None (which clears a field and is not a value).
    """
    try:
        return _checked(field, raw), None
    except _Refused as refusal:
        expected = refusal.expected
        return None, FieldProblem(field.key, refusal.found, expected.en, expected.zh)


def _checked(field: Field, raw: Any) -> Any:
    if not field.repeats:
        return _item(field, raw)
    if not isinstance(raw, list) or not 1 <= len(raw) <= field.repeats:
        limit = field.repeats
        raise _Refused(_shape(raw), Label(f"1至{limit}行的列表", f"a list of 1 to {limit} entries"))
    return [_item(field, entry) for entry in raw]


def _item(field: Field, raw: Any) -> Any:
    value = _CHECKS[field.type](field, raw)
    if field.must_be_true and value is not True:
        raise _Refused(_shown(field, raw), Label("勾选同意", "true: the statement is accepted"))
    return value


def _text(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise _Refused(_shape(raw), TEXT)
    text = raw.strip()
    if not text:
        raise _Refused("an empty text", Label("非空文字", "text that is not empty; null clears"))
    if CONTROL_PATTERN.search(text):
        raise _Refused("a control character or line break", TEXT)
    if field.max_length is not None and len(text) > field.max_length:
        limit = field.max_length
        expected = Label(f"最多{limit}个字符", f"at most {limit} characters")
        raise _Refused(f"{len(text)} characters", expected)
    if field.pattern is not None and not _compiled(field.pattern).fullmatch(text):
        means = field.pattern_means or Label(field.pattern, field.pattern)
        raise _Refused(_shown(field, raw), means)
    if field.format is not None:
        _check_format(field, text)
    return text


def _check_format(field: Field, text: str) -> None:
    if field.format == "uscc" and not uscc.is_valid(text):
        expected = Label(
            "校验位正确的18位统一社会信用代码", "a USCC with a correct check character"
        )
        raise _Refused(_shown(field, text), expected)
    if field.format == "lei" and not lei.is_valid(text):
        expected = Label("校验位正确的20位LEI", "a LEI with correct check digits")
        raise _Refused(_shown(field, text), expected)


def _phone(field: Field, raw: Any) -> str:
    text = _text(field, raw)
    if field.pattern is None and not PHONE_PATTERN.fullmatch(text):
        expected = Label("电话号码，如 010-62345678", "a telephone number such as 010-62345678")
        raise _Refused(_shown(field, raw), expected)
    return text


def _integer(field: Field, raw: Any) -> int:
    low = field.min if field.min is not None else -INTEGER_MAX
    high = field.max if field.max is not None else INTEGER_MAX
    return _number(field, raw, WHOLE_NUMBER, low, high)


def _money(field: Field, raw: Any) -> int:
    low = field.min if field.min is not None else -INTEGER_MAX
    return _number(field, raw, MONEY, low, INTEGER_MAX)


def _percentage(field: Field, raw: Any) -> int:
    return _number(field, raw, Label("0至10000的基点", "basis points from 0 to 10000"), 0, 10_000)


def _number(field: Field, raw: Any, expected: Label, low: int, high: int) -> int:
    if isinstance(raw, str) and re.search(r"[^\W\d_]", raw):
        raise _Refused(f"{_shown(field, raw)} with a letter in it", expected)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _Refused(_shown(field, raw), expected)
    if not low <= raw <= high:
        limits = Label(f"{low}至{high}之间的整数", f"a whole number from {low} to {high}")
        raise _Refused(_shown(field, raw), limits)
    return raw


def _date(field: Field, raw: Any) -> str:
    if not isinstance(raw, str) or not DATE_PATTERN.fullmatch(raw):
        raise _Refused(_shown(field, raw), ISO_DATE)
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise _Refused(f"{_shown(field, raw)}, a day that does not exist", ISO_DATE) from None
    if not 1900 <= day.year <= 2199:
        raise _Refused(_shown(field, raw), Label("1900至2199年", "a year from 1900 to 2199"))
    return raw


def _choice(field: Field, raw: Any) -> str:
    allowed = [choice.value for choice in field.choices]
    if not isinstance(raw, str) or raw not in allowed:
        raise _Refused(_shown(field, raw), _one_of(field))
    return raw


def _multi_choice(field: Field, raw: Any) -> list[str]:
    if not isinstance(raw, list) or not raw:
        raise _Refused(_shape(raw), _one_of(field))
    chosen = [_choice(field, entry) for entry in raw]
    if len(set(chosen)) != len(chosen):
        raise _Refused("the same choice twice", Label("不重复的选项", "each choice once"))
    if len(chosen) < field.min_items:
        least = field.min_items
        raise _Refused(
            f"{len(chosen)} chosen", Label(f"至少选{least}项", f"at least {least} choices")
        )
    return chosen


def _boolean(field: Field, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _Refused(_shown(field, raw), Label("是或否", "true or false"))
    return raw


def _group(field: Field, raw: Any) -> dict[str, Any]:
    keys = [column.key for column in field.columns]
    if not isinstance(raw, dict) or set(raw) != set(keys):
        names = ", ".join(keys)
        raise _Refused(_shape(raw), Label(f"包含 {names} 的一行", f"a row with {names}"))
    return {column.key: _cell(field, column, raw[column.key]) for column in field.columns}


def _cell(field: Field, column: Column, raw: Any) -> Any:
    as_field = Field(
        f"{field.key}.{column.key}",
        field.number,
        field.section,
        column.label,
        column.type,
        field.fill,
    )
    return _CHECKS[column.type](as_field, raw)


def _signature(_field: Field, raw: Any) -> Any:
    expected = Label("由签署步骤填写", "nothing: signing the case fills it")
    raise _Refused(_shape(raw), expected)


def _one_of(field: Field) -> Label:
    values = ", ".join(choice.value for choice in field.choices)
    labels = "、".join(choice.zh for choice in field.choices)
    return Label(f"选项之一：{labels}", f"one of {values}")


def _shown(field: Field, raw: Any) -> str:
    if field.sensitive or not isinstance(raw, str | int | float):
        return _shape(raw)
    text = CONTROL_PATTERN.sub("?", str(raw))
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _shape(raw: Any) -> str:
    if isinstance(raw, str):
        return f"a text of {len(raw)} characters"
    if isinstance(raw, list):
        return f"a list of {len(raw)} entries"
    names = {bool: "true or false", int: "a number", float: "a decimal number", dict: "an object"}
    return names.get(type(raw), "nothing")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_CHECKS: dict[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.MONEY_FEN: _money,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.MULTI_CHOICE: _multi_choice,
    FieldType.PHONE: _phone,
    FieldType.BOOLEAN: _boolean,
    FieldType.PERCENTAGE_BPS: _percentage,
    FieldType.GROUP: _group,
    FieldType.SIGNATURE: _signature,
}
