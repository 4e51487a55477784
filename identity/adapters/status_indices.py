"""Status indices from a counter per issuer and a keyed permutation per shard."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from db import db
from identity.adapters.tables import CredentialRow, StatusCounterRow
from identity.model.permutation import ShardPermutation
from identity.model.status_list import SHARD_SIZE, StatusPlace


class SQLStatusIndices:
    """Reads and writes `identity_status_counter`; indices taken and not used are lost, no more."""

    def __init__(self, fingerprint: Callable[..., bytes]) -> None:
        self._fingerprint = fingerprint
        self._permutation = lru_cache(maxsize=64)(self._make_permutation)

    def _make_permutation(self, issuer_id: str, shard: int) -> ShardPermutation:
        return ShardPermutation(self._fingerprint("status-shard", issuer_id, str(shard)))

    def take(self, issuer_id: str, count: int) -> list[int]:
        """Return status indices on chain that this issuer never used."""
        row = self._locked(issuer_id)
        first, row.used = row.used, row.used + count
        db.session.flush()
        return [self._index(issuer_id, number) for number in range(first, first + count)]

    def _index(self, issuer_id: str, number: int) -> int:
        shard, counted = divmod(number, SHARD_SIZE)
        drawn = self._permutation(issuer_id, shard).place(counted)
        return StatusPlace(shard, drawn).chain_index

    def _locked(self, issuer_id: str) -> StatusCounterRow:
        query = (
            select(StatusCounterRow)
            .where(StatusCounterRow.issuer_id == issuer_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = db.session.scalar(query)
        if row is not None:
            return row
        try:
            with db.session.begin_nested():
                db.session.add(StatusCounterRow(issuer_id=issuer_id, used=self._first(issuer_id)))
        except IntegrityError:
            pass  # another process made it just now
        return db.session.execute(query).scalar_one()

    @staticmethod
    def _first(issuer_id: str) -> int:
        """Return where to begin: after every shard in which indices were once drawn by lot."""
        last = db.session.execute(
            select(func.max(CredentialRow.status_index)).where(CredentialRow.issuer_id == issuer_id)
        ).scalar_one()
        return 0 if last is None else (last // SHARD_SIZE + 1) * SHARD_SIZE
