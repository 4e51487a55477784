"""A spreadsheet as the source of a job: csv of any length, read as a stream, or xlsx."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from authorities.adapters.table_files import BYTES_MAX, COLUMNS_MAX, FORMULA_STARTS, read_table
from authorities.errors import AuthoritiesError, SourceFailed
from authorities.model.cells import Formula
from authorities.ports import SourceChunk

_XLSX = (".xlsx", ".xlsm")


class FileSource:
    """Implements :class:`authorities.ports.Source` on a file; the cursor is a line number."""

    fingerprint = None

    def __init__(self, path: Path, chunk_rows: int) -> None:
        self.name = f"file:{path.name}"
        self._path = path
        self._chunk_rows = chunk_rows

    def chunks(self, after: str | None, fingerprint: str | None) -> Iterator[SourceChunk]:
        """Yield the rows after a line; a file has no fingerprint, so it is read every time."""
        del fingerprint
        try:
            yield from self._chunks(int(after or 1))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SourceFailed(
                f"the file cannot be read: {error}; save it as CSV in UTF-8 or as .xlsx"
            ) from error

    def _chunks(self, after: int) -> Iterator[SourceChunk]:
        if self._path.suffix.lower() in _XLSX:
            header, rows = self._workbook()
        else:
            lines = self._lines()
            header, rows = next(lines, (1, []))[1], lines
        if not header or len(header) > COLUMNS_MAX:
            raise SourceFailed(f"expected a header of 1 to {COLUMNS_MAX} columns in the first line")
        rest = (row for row in rows if row[0] > after)
        while chunk := list(islice(rest, self._chunk_rows)):
            yield SourceChunk(header, chunk, cursor=str(chunk[-1][0]))

    def _lines(self) -> Iterator[tuple[int, list[Any]]]:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            for line, cells in enumerate(csv.reader(file, strict=True), start=1):
                yield line, [Formula() if c.startswith(FORMULA_STARTS) else c for c in cells]

    def _workbook(self) -> tuple[Sequence[Any], Iterator[tuple[int, Sequence[Any]]]]:
        with self._path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
        try:
            table = read_table(data, self._path.name)
        except AuthoritiesError as error:
            raise SourceFailed(error.detail) from error
        return table.header, iter(table.rows)
