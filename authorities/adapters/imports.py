"""Staged imports in SQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from authorities.adapters.tables import ImportRow
from authorities.errors import UnknownImport
from authorities.model.cells import RowError
from authorities.ports import SaveCounts, StagedImport
from db import db


class SqlImports:
    """Implements :class:`authorities.ports.Imports` in the current session."""

    def add(self, staged: StagedImport) -> None:
        """Keep an import until it is committed."""
        fields = {name: getattr(staged, name) for name in staged.__dataclass_fields__}
        fields["rows"] = list(staged.rows)
        fields["errors"] = [asdict(error) for error in staged.errors]
        db.session.add(ImportRow(**fields))
        db.session.flush()

    def get(self, import_id: str, authority_code: str) -> StagedImport:
        """Return an import of this authority.

        Raises:
            UnknownImport: there is none, or it is another authority's.
        """
        row = _find(import_id, authority_code)
        return StagedImport(
            id=row.id,
            authority_code=row.authority_code,
            record_type=row.record_type,
            filename=row.filename,
            state=row.state,
            row_count=row.row_count,
            rows=row.rows,
            errors=[RowError(**error) for error in row.errors],
            created_at=row.created_at,
            saved=SaveCounts(**row.saved) if row.saved else None,
        )

    def set_committed(self, import_id: str, authority_code: str, saved: SaveCounts) -> None:
        """Mark the import committed and clear its rows: the register has them now."""
        row = _find(import_id, authority_code)
        row.state, row.rows, row.saved = "committed", [], asdict(saved)


def _find(import_id: str, authority_code: str) -> ImportRow:
    query = select(ImportRow).where(
        ImportRow.id == import_id, ImportRow.authority_code == authority_code
    )
    row = db.session.scalar(query)
    if row is None:
        raise UnknownImport("this authority has no import with this id")
    return row
