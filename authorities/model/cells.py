"""Read one spreadsheet cell as one claim, or say what is wrong with it.

A cell that is empty is a claim that is unknown, not an error and not a zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from jsonschema import ValidationError
from stdnum.cn import uscc as uscc_rules

from authorities.model.record import Field

TEXT_CHARS_MAX = 32_767  # what a spreadsheet's cell holds; no claim is longer
DEPTH_MAX = 8  # of lists and objects in one cell
EXACT_INTEGER_MAX = 10**15  # a spreadsheet keeps fifteen digits of a number

_DATE = re.compile(r"^([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})$")
_INTEGER = re.compile(r"^-?[0-9]{1,18}$")
_NUMBER = re.compile(r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")
_TRUTHS = {"true": True, "是": True, "yes": True, "false": False, "否": False, "no": False}

# code → (English, Chinese); {expected} is filled in.
_DETAILS = {
    "broken_date": (
        "Not a date of the calendar; write YYYY-MM-DD.",
        "不是有效日期，请写成 YYYY-MM-DD。",
    ),
    "not_a_number": (
        "Not a whole number; write digits only, no letters, commas or units.",
        "不是整数，请只填数字，不带字母、逗号或单位。",
    ),
    "not_a_decimal": ("Not a number; write digits and one point.", "不是数字，请填数字和小数点。"),
    "digits_lost": (
        "The spreadsheet kept this as a number and lost digits; format the column as text.",
        "该单元格被存为数值，位数已丢失；请将该列设为文本。",
    ),
    "not_a_boolean": ("Neither yes nor no; write true or false.", "请填“是”或“否”。"),
    "not_json": ("Not JSON; write a list of objects.", "不是有效的 JSON 列表。"),
    "uscc_check": (
        "The unified social credit code breaks GB 32100-2015: check its 18 characters, "
        "the last is a check character.",
        "统一社会信用代码不符合 GB 32100-2015：请核对 18 位字符，末位为校验码。",
    ),
    "formula": (
        "A formula, not a value; paste the values instead.",
        "单元格是公式，请粘贴为数值。",
    ),
    "not_in_list": ("Not one of: {expected}.", "应为以下之一：{expected}。"),
    "too_long": ("Longer than {expected} characters.", "超过 {expected} 个字符。"),
    "out_of_range": ("Beyond the limit of {expected}.", "超出限值 {expected}。"),
    "wrong_form": ("Not of the expected form.", "格式不符。"),
    "missing_required": ("A value is required here.", "此处必须填写。"),
    "unknown_column": (
        "No such column in this register; it was not read.",
        "登记簿没有此列，未读取。",
    ),
    "duplicate_column": ("The column occurs twice.", "该列重复出现。"),
    "missing_column": ("The required column is missing.", "缺少必填列。"),
    "duplicate": ("Repeats the record of row {expected}.", "与第 {expected} 行重复。"),
    "enterprise_not_registered": (
        "The enterprise is not registered on the platform.",
        "该企业尚未在平台登记。",
    ),
    "claims_invalid": (
        "The record does not fit the credential's schema.",
        "该记录不符合凭证格式。",
    ),
    "surplus_cells": ("The row has more cells than the header.", "该行的单元格多于表头。"),
}
_CODE_OF_KEYWORD = {
    "enum": "not_in_list",
    "maxLength": "too_long",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
}


@dataclass(frozen=True)
class Formula:
    """A cell that computes its value; imports take values only."""


@dataclass(frozen=True)
class Table:
    """A table as read: the header cells, then the rows with their line numbers (first is 1)."""

    header: Sequence[Any]
    rows: Sequence[tuple[int, Sequence[Any]]]


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell (or row: then ``column`` is empty); never repeats the value."""

    row: int
    column: str
    code: str
    detail_en: str
    detail_zh: str


def row_error(row: int, column: str, code: str, expected: object = "") -> RowError:
    """Return the error of a code with both sentences."""
    english, chinese = _DETAILS[code]
    return RowError(
        row, column, code, english.format(expected=expected), chinese.format(expected=expected)
    )


class CellRefused(Exception):
    """The cell is no value of the field; carries the error code and what was expected."""

    def __init__(self, code: str, expected: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected


def read_cell(cell: Any, field: Field) -> Any:
    """Return the claim that the cell says, or None where it is empty.

    Raises:
        CellRefused: the cell is no value of the field.
    """
    if isinstance(cell, Formula):
        raise CellRefused("formula")
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "":
        return None
    value = _convert(cell, field)
    error = next(field.validator.iter_errors(value), None)
    if error is not None:
        raise _refusal(error)
    if field.name == "uscc" and not uscc_rules.is_valid(value):
        raise CellRefused("uscc_check")
    return value


def _convert(cell: Any, field: Field) -> Any:
    schema = field.schema
    kind = schema["type"]
    if kind == "integer":
        return _integer(cell)
    if kind == "number":
        return _number(cell)
    if kind == "boolean":
        return _boolean(cell)
    if kind == "array":
        return _list(cell)
    if schema.get("format") == "date":
        return _date(cell)
    return _text(cell, field.values)


def _integer(cell: Any) -> int:
    if isinstance(cell, bool | date):
        raise CellRefused("not_a_number")
    if isinstance(cell, int | float):
        if not abs(cell) < EXACT_INTEGER_MAX:  # also what is no number at all
            raise CellRefused("digits_lost")
        if cell != int(cell):
            raise CellRefused("not_a_number")
        return int(cell)
    if not _INTEGER.match(str(cell)):
        raise CellRefused("not_a_number")
    return int(cell)


def _number(cell: Any) -> float:
    if isinstance(cell, bool | date):
        raise CellRefused("not_a_decimal")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise CellRefused("not_a_decimal")
        return cell
    if not _NUMBER.match(str(cell)):
        raise CellRefused("not_a_decimal")
    return float(cell)


def _boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    truth = _TRUTHS.get(str(cell).lower())
    if truth is None:
        raise CellRefused("not_a_boolean")
    return truth


def _list(cell: Any) -> Any:
    if not isinstance(cell, str):
        raise CellRefused("not_json")
    try:
        value = orjson.loads(cell)  # ends at a depth of its own, where json recurses on the stack
    except orjson.JSONDecodeError as error:
        raise CellRefused("not_json") from error
    if _is_deep(value):
        raise CellRefused("not_json")
    return value


def _is_deep(value: Any) -> bool:
    """Say whether lists and objects are nested deeper than any claim is; does not recurse."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEPTH_MAX):
        nested = (item.values() if isinstance(item, dict) else item for item in level)
        level = [inner for items in nested for inner in items if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _date(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    match = _DATE.match(str(cell))
    if match is None:
        raise CellRefused("broken_date")
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError as error:
        raise CellRefused("broken_date") from error


def _text(cell: Any, values: Mapping[str, tuple[str, str]]) -> str:
    if isinstance(cell, bool | date):
        raise CellRefused("wrong_form")
    if isinstance(cell, int | float):
        if not abs(cell) < EXACT_INTEGER_MAX:
            raise CellRefused("digits_lost")
        cell = str(int(cell)) if cell == int(cell) else str(cell)
    if len(cell) > TEXT_CHARS_MAX:
        raise CellRefused("too_long", TEXT_CHARS_MAX)
    for code, labels in values.items():
        if cell in labels:
            return code
    return str(cell)


def _refusal(error: ValidationError) -> CellRefused:
    keyword = str(error.validator)
    code = _CODE_OF_KEYWORD.get(keyword, "wrong_form")
    if error.path:  # inside a list: the place matters more than the keyword
        return CellRefused("wrong_form")
    if str(error.schema.get("pattern", "")).startswith("^[0-9A-HJ-NPQRTUWXY]{2}"):
        return CellRefused("uscc_check")
    expected = error.validator_value
    return CellRefused(code, ", ".join(expected) if keyword == "enum" else expected)
