"""The registers of all authorities, in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from authorities.adapters.tables import RecordRow
from authorities.model.record import Record
from authorities.ports import RegisteredCompany, SaveCounts
from db import db, new_id

_IN_MAX = 500  # codes per IN list; below SQLite's and PostgreSQL's limits on parameters
_LICENCE, _LEGAL_REPRESENTATIVE = "business-licence", "legal-representative"
_MARKET = "samr"


class SqlRegister:
    """Implements :class:`authorities.ports.Register` in the current session."""

    def lookup(self, uscc: str) -> RegisteredCompany | None:
        """Return what the market-regulation register says of a company; None: not registered."""
        return next(iter(_companies(_market_records(RecordRow.uscc == uscc))), None)

    def companies(self) -> list[RegisteredCompany]:
        """Return every registered company, by code."""
        return _companies(_market_records())

    def records(
        self, authority_code: str, record_type: str, usccs: Iterable[str] | None = None
    ) -> Iterator[Record]:
        """Yield an authority's records of one type: of these companies, or of all for None."""
        query = _query(authority_code, record_type)
        if usccs is None:
            yield from map(_record, db.session.scalars(query))
            return
        for part in _parts(sorted(set(usccs))):
            yield from map(_record, db.session.scalars(query.where(RecordRow.uscc.in_(part))))

    def page(
        self, authority_code: str, record_type: str, *, uscc: str | None, limit: int, offset: int
    ) -> list[Record]:
        """Return one page of an authority's records, by code and key."""
        query = _query(authority_code, record_type)
        if uscc is not None:
            query = query.where(RecordRow.uscc == uscc)
        return list(map(_record, db.session.scalars(query.limit(limit).offset(offset))))

    def counts(self, authority_code: str) -> dict[str, int]:
        """Return how many records an authority holds, by type."""
        query = (
            select(RecordRow.record_type, func.count())
            .where(RecordRow.authority_code == authority_code)
            .group_by(RecordRow.record_type)
        )
        return {str(code): int(count) for code, count in db.session.execute(query)}

    def save(self, records: Iterable[Record], at: int) -> SaveCounts:
        """Insert new records and raise the version of those whose claims differ."""
        groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in records:
            groups[record.authority_code, record.record_type].append(record)
        counts = [_save_group(*group, members, at) for group, members in groups.items()]
        return SaveCounts(
            created=sum(count.created for count in counts),
            updated=sum(count.updated for count in counts),
            unchanged=sum(count.unchanged for count in counts),
        )


def _query(authority_code: str, record_type: str) -> Select[tuple[RecordRow]]:
    return (
        select(RecordRow)
        .where(RecordRow.authority_code == authority_code, RecordRow.record_type == record_type)
        .order_by(RecordRow.uscc, RecordRow.key)
    )


def _record(row: RecordRow) -> Record:
    return Record(
        authority_code=row.authority_code,
        record_type=row.record_type,
        uscc=row.uscc,
        key=row.key,
        claims=row.data,
        id=row.id,
        version=row.version,
    )


def _market_records(*conditions: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """Return claims by company code, then by record type."""
    query = select(RecordRow.uscc, RecordRow.record_type, RecordRow.data).where(
        RecordRow.authority_code == _MARKET,
        RecordRow.record_type.in_((_LICENCE, _LEGAL_REPRESENTATIVE)),
        *conditions,
    )
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for uscc, record_type, claims in db.session.execute(query.order_by(RecordRow.uscc)):
        found[uscc][record_type] = claims
    return found


def _companies(records: dict[str, dict[str, dict[str, Any]]]) -> list[RegisteredCompany]:
    return [
        RegisteredCompany(
            uscc=uscc,
            name=claims[_LICENCE]["company_name"],
            legal_representative=claims[_LEGAL_REPRESENTATIVE]["legal_rep_name"],
            status=claims[_LICENCE]["registration_status"],
            contact=f"{uscc.lower()}@sandbox.invalid",
        )
        for uscc, claims in records.items()
        if {_LICENCE, _LEGAL_REPRESENTATIVE} <= claims.keys()
    ]


def _save_group(
    authority_code: str, record_type: str, members: Sequence[Record], at: int
) -> SaveCounts:
    known = _known(authority_code, record_type, sorted({record.uscc for record in members}))
    fresh, changed = [], []
    for record in members:
        row = known.get((record.uscc, record.key))
        if row is None:
            fresh.append(_new_row(record, at))
        elif row[2] != record.claims:
            changed.append(
                {"id": row[0], "version": row[1] + 1, "data": dict(record.claims), "updated_at": at}
            )
    if fresh:
        db.session.execute(insert(RecordRow), fresh)
    if changed:
        db.session.execute(update(RecordRow), changed)
    return SaveCounts(len(fresh), len(changed), len(members) - len(fresh) - len(changed))


def _known(
    authority_code: str, record_type: str, usccs: Sequence[str]
) -> dict[tuple[str, str], tuple[str, int, dict[str, Any]]]:
    found = {}
    for part in _parts(usccs):
        query = select(
            RecordRow.uscc, RecordRow.key, RecordRow.id, RecordRow.version, RecordRow.data
        ).where(
            RecordRow.authority_code == authority_code,
            RecordRow.record_type == record_type,
            RecordRow.uscc.in_(part),
        )
        for uscc, key, row_id, version, data in db.session.execute(query):
            found[uscc, key] = (row_id, version, data)
    return found


def _new_row(record: Record, at: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "authority_code": record.authority_code,
        "record_type": record.record_type,
        "uscc": record.uscc,
        "key": record.key,
        "data": dict(record.claims),
        "version": 1,
        "updated_at": at,
    }


def _parts(usccs: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(usccs), _IN_MAX):
        yield usccs[start : start + _IN_MAX]
