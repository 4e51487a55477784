"""Read csv and xlsx bytes into a table, within limits, without believing what they claim."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import TYPE_FORMULA
from openpyxl.utils.exceptions import InvalidFileException

from authorities.errors import SpreadsheetTooLarge, UnreadableSpreadsheet
from authorities.model.cells import Formula, Table

BYTES_MAX = 5 * 1024 * 1024
UNPACKED_BYTES_MAX = 60 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 100
_ZIP_MAGIC = b"PK\x03\x04"
csv.field_size_limit(BYTES_MAX)  # a cell that is too long is refused by itself, not with its file
# What starts a formula in a spreadsheet that opens the file; a sign may also start a number.
FORMULA_STARTS = ("=", "@", "\t", "\r")


def read_table(data: bytes, filename: str) -> Table:
    """Return the table of a csv or xlsx file; xlsx: its first sheet.

    Raises:
        SpreadsheetTooLarge: more than 5 MiB, 20,000 rows or 100 columns, or far more unpacked.
        UnreadableSpreadsheet: neither csv in UTF-8 nor xlsx, or there is no header.
    """
    if len(data) > BYTES_MAX:
        raise SpreadsheetTooLarge(f"expected at most {BYTES_MAX} bytes; split the file")
    if not data.strip():
        raise UnreadableSpreadsheet("the file is empty; expected a header line and rows")
    if data.startswith(_ZIP_MAGIC):
        rows = _read_xlsx(data)
    elif filename.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise UnreadableSpreadsheet(
            "the name says a workbook, the content is none; save as .xlsx or as CSV UTF-8"
        )
    else:
        rows = _read_csv(data)
    return _table(rows)


def _table(rows: Iterable[Sequence[Any]]) -> Table:
    numbered: list[tuple[int, Sequence[Any]]] = []
    header: Sequence[Any] | None = None
    for line, cells in enumerate(rows, start=1):
        if line > ROWS_MAX + 1:
            raise SpreadsheetTooLarge(f"expected at most {ROWS_MAX} rows; split the file")
        trimmed = _trim(cells)
        if len(trimmed) > COLUMNS_MAX:
            raise SpreadsheetTooLarge(f"expected at most {COLUMNS_MAX} columns; remove the rest")
        if header is None:
            header = trimmed
        else:
            numbered.append((line, trimmed))
    if not header:
        raise UnreadableSpreadsheet("the first line is empty; expected the column names there")
    return Table(header, numbered)


def _trim(cells: Sequence[Any]) -> Sequence[Any]:
    end = len(cells)
    while end and cells[end - 1] in (None, ""):
        end -= 1
    return cells[:end]


def _read_csv(data: bytes) -> Iterator[list[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSpreadsheet(
            f"byte {error.start} is not UTF-8; save as 'CSV UTF-8' or as .xlsx"
        ) from error
    if "\0" in text:
        raise UnreadableSpreadsheet("the file holds NUL characters; save as CSV UTF-8 or .xlsx")
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield [Formula() if cell.startswith(FORMULA_STARTS) else cell for cell in cells]
    except csv.Error as error:
        raise UnreadableSpreadsheet(f"the CSV is broken: {error}; check the quotes") from error


def _read_xlsx(data: bytes) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            raise SpreadsheetTooLarge(
                f"the workbook unpacks to more than {UNPACKED_BYTES_MAX} bytes; split it"
            )
        with closing(load_workbook(io.BytesIO(data), read_only=True)) as workbook:
            for row in workbook.worksheets[0].iter_rows():
                yield [Formula() if c.data_type == TYPE_FORMULA else c.value for c in row]
    except SpreadsheetTooLarge:
        raise
    except _UNREADABLE as error:
        raise UnreadableSpreadsheet(
            "the workbook is damaged or protected; save it again as .xlsx"
        ) from error


# What openpyxl and the libraries under it raise on a damaged or hostile workbook.
_UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,  # xml.etree.ElementTree.ParseError is one
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
)
