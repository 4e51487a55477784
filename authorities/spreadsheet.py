"""Check a table against a record type: good rows on one side, every error on the other.

- The header names claims by code or by their Chinese or English label, in any order.
- A column the register does not have is reported and not read; a required one that is missing
  refuses every row.
- A row with an error is left out whole; the rows around it are kept.
- The second of two rows about the same record is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from authorities.model.cells import CellRefused, RowError, Table, read_cell, row_error
from authorities.model.record import Claims, Field, RecordType

HEADER_ROW = 1


@dataclass(frozen=True)
class CheckedTable:
    """The rows that may enter the register, and what is wrong with the others."""

    row_count: int
    good: tuple[Claims, ...]
    errors: tuple[RowError, ...]


def check_table(
    table: Table, record_type: RecordType, seen: dict[tuple[str, str], int] | None = None
) -> CheckedTable:
    """Return the good rows and the errors of a table.

    Args:
        seen: company code and key → line of the rows read before, where a table comes in parts;
            the rows of this part are added.
    """
    seen = {} if seen is None else seen
    columns, errors = _columns(table.header, record_type)
    rows = [(line, cells) for line, cells in table.rows if any(_filled(cell) for cell in cells)]
    if any(error.code == "missing_column" for error in errors):
        return CheckedTable(len(rows), (), tuple(errors))
    good: list[Claims] = []
    for line, cells in rows:
        claims, row_errors = _read_row(line, cells, columns, len(table.header))
        if not row_errors:
            identity = (str(claims["uscc"]), record_type.key_of(claims))
            first = seen.setdefault(identity, line)
            if first == line:
                good.append(claims)
            else:
                row_errors = [row_error(line, "uscc", "duplicate", first)]
        errors.extend(row_errors)
    return CheckedTable(len(rows), tuple(good), tuple(errors))


def _filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _columns(
    header: Sequence[Any], record_type: RecordType
) -> tuple[list[Field | None], list[RowError]]:
    """Return the field of each column (None: not read) and the errors of the header."""
    fields = record_type.fields.values()
    names = {title: f for f in fields for title in (f.label_en, f.label_zh)} | dict(
        record_type.fields
    )
    columns: list[Field | None] = []
    errors: list[RowError] = []
    for cell in header:
        title = str(cell if cell is not None else "").strip()
        field: Field | None = names.get(title)
        if field is None:
            errors.append(row_error(HEADER_ROW, title[:60], "unknown_column"))
        elif field in columns:
            errors.append(row_error(HEADER_ROW, field.name, "duplicate_column"))
            field = None
        columns.append(field)
    missing = [f.name for f in fields if f.required and f not in columns]
    errors.extend(row_error(HEADER_ROW, name, "missing_column") for name in missing)
    return columns, errors


def _read_row(
    line: int, cells: Sequence[Any], columns: Sequence[Field | None], width: int
) -> tuple[Claims, list[RowError]]:
    claims: Claims = {}
    errors: list[RowError] = []
    if any(_filled(cell) for cell in cells[width:]):
        errors.append(row_error(line, "", "surplus_cells"))
    padded = [*cells[:width], *[None] * (width - len(cells))]
    for cell, field in zip(padded, columns, strict=True):
        if field is None:
            continue
        try:
            value = read_cell(cell, field)
        except CellRefused as refused:
            errors.append(row_error(line, field.name, refused.code, refused.expected))
            continue
        if value is not None:
            claims[field.name] = value
        elif field.required:
            errors.append(row_error(line, field.name, "missing_required"))
    return claims, errors
