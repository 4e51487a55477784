"""Import a spreadsheet into an authority's register: check, keep aside, commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from authorities.errors import ImportAlreadyCommitted, RowsRefused
from authorities.model.authority import require_record_type
from authorities.model.record import Claims, Record, RecordType
from authorities.ports import Clock, Imports, Register, SaveCounts, StagedImport, TableReader
from authorities.spreadsheet import CheckedTable, check_table
from db import new_id

ERRORS_SHOWN_MAX = 500
FILENAME_MAX = 200


@dataclass(frozen=True)
class Importing:
    """Imports spreadsheets; a preview changes nothing in the register and loses no good row."""

    types: Mapping[str, RecordType]
    register: Register
    imports: Imports
    read_table: TableReader
    clock: Clock

    def preview(
        self, authority_code: str, record_type: str, filename: str, data: bytes
    ) -> StagedImport:
        """Check a file and keep its good rows aside, to be committed by id.

        Raises:
            UnknownRecordType, UnreadableSpreadsheet, SpreadsheetTooLarge.
        """
        checked = self._check(authority_code, record_type, filename, data)
        staged = StagedImport(
            id=new_id(),
            authority_code=authority_code,
            record_type=record_type,
            filename=filename[:FILENAME_MAX],
            state="previewed",
            row_count=checked.row_count,
            rows=checked.good,
            errors=checked.errors[:ERRORS_SHOWN_MAX],
            created_at=self.clock(),
        )
        self.imports.add(staged)
        return staged

    def commit(self, authority_code: str, import_id: str) -> SaveCounts:
        """Take the good rows of a previewed import into the register.

        Raises:
            UnknownImport, ImportAlreadyCommitted.
        """
        staged = self.imports.get(import_id, authority_code)
        if staged.state != "previewed":
            raise ImportAlreadyCommitted(
                "its rows are in the register; upload a file again to change them"
            )
        counts = self._save(authority_code, staged.record_type, staged.rows)
        self.imports.set_committed(import_id, authority_code, counts)
        return counts

    def commit_file(
        self, authority_code: str, record_type: str, filename: str, data: bytes
    ) -> tuple[int, SaveCounts]:
        """Take a whole file into the register, or nothing of it; return its rows and the counts.

        Raises:
            RowsRefused: a row or the header has an error; nothing was changed.
            UnknownRecordType, UnreadableSpreadsheet, SpreadsheetTooLarge.
        """
        checked = self._check(authority_code, record_type, filename, data)
        if checked.errors:
            raise RowsRefused(
                f"{len(checked.errors)} errors in {checked.row_count} rows; correct them, or "
                "preview the file and commit its good rows",
                good_rows=len(checked.good),
                row_errors=[asdict(error) for error in checked.errors[:ERRORS_SHOWN_MAX]],
            )
        return checked.row_count, self._save(authority_code, record_type, checked.good)

    def _check(
        self, authority_code: str, record_type: str, filename: str, data: bytes
    ) -> CheckedTable:
        require_record_type(authority_code, record_type)
        return check_table(self.read_table(data, filename), self.types[record_type])

    def _save(self, authority_code: str, record_type: str, rows: Sequence[Claims]) -> SaveCounts:
        key_of = self.types[record_type].key_of
        records = [
            Record(authority_code, record_type, claims["uscc"], key_of(claims), claims)
            for claims in rows
        ]
        return self.register.save(records, self.clock())
