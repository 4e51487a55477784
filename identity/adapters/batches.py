"""Merkle batches and the nodes of their trees, in the database.

Nodes are kept in segments of 256: an inclusion proof reads one node from each of twenty rows,
and rebuilds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, delete, func, insert, or_, select, update

from db import db, new_id
from identity.adapters.tables import BatchNodesRow, BatchRow
from identity.model import merkle
from identity.ports import OpenBatch

SEGMENT_NODES = 256
_SEGMENT_BYTES = SEGMENT_NODES * merkle.NODE_BYTES


class SQLBatches:
    """Reads and writes `identity_batch` and `identity_batch_nodes`."""

    def open(self, issuer_id: str, type_code: str, at: int) -> str:
        """Return the id of a new batch without members."""
        batch_id = new_id()
        row = BatchRow(
            id=batch_id, issuer_id=issuer_id, type_code=type_code, count=0, created_at=at
        )
        db.session.add(row)
        db.session.flush()
        return batch_id

    def get_open(self, batch_id: str) -> OpenBatch:
        """Return a batch that has no root yet.

        Raises:
            LookupError: there is none, or it is closed.
        """
        row = db.session.execute(
            select(BatchRow).where(BatchRow.id == batch_id, BatchRow.root.is_(None))
        ).scalar_one_or_none()
        if row is None:
            raise LookupError(f"no open batch has the id {batch_id}")
        return OpenBatch(row.id, row.issuer_id, row.type_code, row.count)

    def append(self, batch_id: str, leaves: Sequence[bytes]) -> int:
        """Add leaves to an open batch; return the index of the first of them."""
        first = db.session.execute(
            select(BatchRow.count).where(BatchRow.id == batch_id).with_for_update()
        ).scalar_one()
        segment, within = divmod(first, SEGMENT_NODES)
        kept = self._take_out(batch_id, segment) if within else b""
        _add_nodes(batch_id, 0, kept + b"".join(leaves), first_segment=segment)
        db.session.execute(
            update(BatchRow)
            .where(BatchRow.id == batch_id)
            .values(count=first + len(leaves))
            .execution_options(synchronize_session="evaluate")
        )
        return first

    @staticmethod
    def _take_out(batch_id: str, segment: int) -> bytes:
        place = (
            BatchNodesRow.batch_id == batch_id,
            BatchNodesRow.level == 0,
            BatchNodesRow.segment == segment,
        )
        nodes = db.session.execute(select(BatchNodesRow.nodes).where(*place)).scalar_one()
        db.session.execute(delete(BatchNodesRow).where(*place))
        return nodes

    def leaves(self, batch_id: str) -> list[bytes]:
        """Return a batch's leaves in order, several side by side in each bytes object."""
        query = (
            select(BatchNodesRow.nodes)
            .where(BatchNodesRow.batch_id == batch_id, BatchNodesRow.level == 0)
            .order_by(BatchNodesRow.segment)
        )
        return list(db.session.execute(query).scalars())

    def close(self, batch_id: str, tree: Sequence[bytes]) -> None:
        """Give a batch its root, and keep the levels between its leaves and the root."""
        for level, nodes in enumerate(tree[1:-1], start=1):
            _add_nodes(batch_id, level, nodes)
        root = "0x" + tree[-1].hex()
        db.session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(root=root))

    def anchored(self, batch_ids: Sequence[str]) -> int:
        """Return how many credentials of these batches are on chain."""
        query = select(func.coalesce(func.sum(BatchRow.count), 0)).where(
            BatchRow.id.in_(batch_ids), BatchRow.anchored_at.is_not(None)
        )
        return int(db.session.execute(query).scalar_one())


def read_siblings(batch_id: str, leaf_count: int, leaf_index: int) -> list[bytes]:
    """Return the Merkle proof of a leaf from the stored levels."""
    places = merkle.sibling_places(leaf_count, leaf_index)
    found = dict(_read_nodes(batch_id, places)) if places else {}
    return [found[level] for level, _ in places]


def _read_nodes(batch_id: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Yield (level, node) of at most one node a level."""
    wanted = dict(places)
    rows = or_(
        *(
            and_(BatchNodesRow.level == level, BatchNodesRow.segment == node // SEGMENT_NODES)
            for level, node in places
        )
    )
    query = select(BatchNodesRow.level, BatchNodesRow.nodes)
    for level, nodes in db.session.execute(query.where(BatchNodesRow.batch_id == batch_id, rows)):
        start = wanted[level] % SEGMENT_NODES * merkle.NODE_BYTES
        yield level, nodes[start : start + merkle.NODE_BYTES]


def _add_nodes(batch_id: str, level: int, nodes: bytes, first_segment: int = 0) -> None:
    rows = [
        {
            "batch_id": batch_id,
            "level": level,
            "segment": first_segment + number,
            "nodes": nodes[start : start + _SEGMENT_BYTES],
        }
        for number, start in enumerate(range(0, len(nodes), _SEGMENT_BYTES))
    ]
    db.session.execute(insert(BatchNodesRow.__table__), rows)
