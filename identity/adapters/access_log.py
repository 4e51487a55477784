"""The hash-chained access log in the database."""

from __future__ import annotations

from sqlalchemy import insert, select

from db import db
from identity.adapters.tables import AccessLogHeadRow, AccessLogRow
from identity.model.access import GENESIS, AccessEntry


def _entry(row: AccessLogRow) -> AccessEntry:
    return AccessEntry(
        at=row.at,
        reader_id=row.reader_id,
        enterprise_id=row.enterprise_id,
        purpose=row.purpose,
        consent_id=row.consent_id,
        fields=tuple(row.fields),
        outcome=row.outcome,
    )


def locked_head() -> AccessLogHeadRow:
    """Return the end of the log's chain, locked until the transaction ends."""
    query = select(AccessLogHeadRow).where(AccessLogHeadRow.id == 1).with_for_update()
    head = db.session.execute(query).scalar_one_or_none()
    if head is None:
        head = AccessLogHeadRow(
            id=1, seq=0, digest=GENESIS, anchored_seq=0, anchored_digest=GENESIS, anchored_at=0
        )
        db.session.add(head)
    return head


class SQLAccessLog:
    """Appends to `identity_access_log`, each entry chained to the one before."""

    def append(self, entry: AccessEntry) -> None:
        """Add a read at the end of the chain."""
        head = locked_head()
        digest = entry.chained(head.digest)
        head.seq, head.digest = head.seq + 1, digest
        values = {
            "seq": head.seq,
            "at": entry.at,
            "reader_id": entry.reader_id,
            "enterprise_id": entry.enterprise_id,
            "purpose": entry.purpose,
            "consent_id": entry.consent_id,
            "fields": list(entry.fields),
            "outcome": entry.outcome,
            "digest": digest,
        }
        db.session.execute(insert(AccessLogRow).values(values))

    def of_enterprise(self, enterprise_id: str, limit: int) -> list[AccessEntry]:
        """Return the newest reads of an enterprise's data."""
        query = (
            select(AccessLogRow)
            .where(AccessLogRow.enterprise_id == enterprise_id)
            .order_by(AccessLogRow.seq.desc())
            .limit(limit)
        )
        return [_entry(row) for row in db.session.execute(query).scalars()]

    def is_intact(self) -> bool:
        """Tell whether every entry's digest follows from the one before."""
        previous = GENESIS
        for row in db.session.execute(select(AccessLogRow).order_by(AccessLogRow.seq)).scalars():
            if _entry(row).chained(previous) != row.digest:
                return False
            previous = row.digest
        return True
