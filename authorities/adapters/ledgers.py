"""Invoice ledgers in SQL: one row per enterprise, checked against its digest when read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import delete, insert, select

from authorities.adapters.tables import LedgerRow
from authorities.errors import LedgerDamaged, UnknownLedger
from authorities.model.ledger import Ledger, parse_canonical
from db import db


class SqlLedgers:
    """Implements :class:`authorities.ports.Ledgers` in the current session."""

    def get(self, uscc: str) -> Ledger:
        """Return an enterprise's ledger.

        Raises:
            UnknownLedger: the tax register holds none.
            LedgerDamaged: the stored bytes do not have the recorded digest.
        """
        row = db.session.get(LedgerRow, uscc)
        if row is None:
            raise UnknownLedger("the tax register holds no invoices of this enterprise")
        try:
            canonical = gzip.decompress(row.data)
        except (OSError, EOFError, zlib.error) as error:
            raise LedgerDamaged("the stored bytes cannot be unpacked; load the city again") from (
                error
            )
        if sha256(canonical).hexdigest() != row.digest:
            raise LedgerDamaged("the stored bytes do not have their digest; load the city again")
        return parse_canonical(canonical)

    def digests(self) -> dict[str, str]:
        """Return the digest of every ledger, by company code."""
        query = select(LedgerRow.uscc, LedgerRow.digest)
        return {str(uscc): str(digest) for uscc, digest in db.session.execute(query)}

    def save_many(self, ledgers: Mapping[str, Ledger]) -> int:
        """Store the ledgers that are new or differ; return how many those were."""
        known = self.digests()
        fresh = {u: ledger for u, ledger in ledgers.items() if known.get(u) != ledger.digest}
        replaced = [uscc for uscc in fresh if uscc in known]
        if replaced:
            db.session.execute(delete(LedgerRow).where(LedgerRow.uscc.in_(replaced)))
        if fresh:
            db.session.execute(insert(LedgerRow), [_row(*item) for item in fresh.items()])
        return len(fresh)


def _row(uscc: str, ledger: Ledger) -> dict[str, object]:
    return {
        "uscc": uscc,
        "digest": ledger.digest,
        "data": ledger.packed(),
        "rows": len(ledger),
    }
