"""The transactional outbox: a wanted chain write is a row, saved with the change that wants it.

1. ``enqueue`` inserts the row in the caller's database transaction, or finds it there already.
2. A worker packs rows into a transaction, assigns the nonce, signs, stores the raw transaction,
   commits, and only then sends (``chain.worker``).
3. Whoever finds a stored transaction without a receipt sends the same bytes again.
4. A refused row is kept with the contract's decoded error; the others go on without it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from chain.abi import to_json
from chain.errors import IntentConflict
from chain.tables import IntentRow, TransactionRow
from db import db


class IntentState(StrEnum):
    """Where a wanted write is; ``MINED`` (unless its block is replaced) and ``FAILED`` are ends."""

    QUEUED = "queued"
    SENT = "sent"
    MINED = "mined"
    FAILED = "failed"


@dataclass(frozen=True)
class IntentStatus:
    """What became of a wanted write; the error is a contract's, decoded (see ContractReverted)."""

    state: str
    tx_hash: str | None
    block_number: int | None
    error_name: str | None
    error_args: tuple[Any, ...]


@dataclass(frozen=True)
class FailedIntent:
    """A wanted write that the contract refused."""

    dedupe_key: str
    signer: str
    contract: str
    function: str
    error_name: str
    error_args: tuple[Any, ...]


@dataclass(frozen=True)
class TransactionTotals:
    """How many transactions are in blocks, and the gas they used."""

    count: int
    gas_used: int


class Outbox:
    """Wanted chain writes, in the current database session."""

    @staticmethod
    def enqueue(
        *, dedupe_key: str, signer: str, contract: str, function: str, item: Sequence[Any]
    ) -> None:
        """Ask for one item to be written by a batch function, once.

        Args:
            dedupe_key: names the write; asking again for the same is silently one write.
            function: a function that takes one array, of which ``item`` is one element; or any
                other, of which ``item`` is the arguments and which gets a transaction of its own.
            item: the struct's members in order; bytes may be bytes or 0x-hex.
        Raises:
            IntentConflict: the key names a different write.
            ItemNotEncodable: the item holds something that has no place in JSON.
        """
        wanted = (signer, contract, function, to_json(item))
        if _already_asked(dedupe_key, wanted):
            return
        row = IntentRow(
            dedupe_key=dedupe_key,
            signer=signer,
            contract=contract,
            function=function,
            item=wanted[3],
            state=IntentState.QUEUED,
            created_at=int(time.time()),
        )
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:  # another session asked between our look and our insert
            if not _already_asked(dedupe_key, wanted):
                raise

    @staticmethod
    def status(dedupe_key: str) -> IntentStatus | None:
        """Return what became of a write, or None when nobody asked for it."""
        found = db.session.execute(
            select(IntentRow, TransactionRow.tx_hash, TransactionRow.block_number)
            .outerjoin(TransactionRow, TransactionRow.id == IntentRow.tx_id)
            .where(IntentRow.dedupe_key == dedupe_key)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            return None
        row, tx_hash, block_number = found
        return IntentStatus(
            str(row.state), tx_hash, block_number, row.error_name, tuple(row.error_args or ())
        )

    @staticmethod
    def retry(dedupe_key: str) -> bool:
        """Queue a failed write again; return whether there was one."""
        changed = db.session.execute(
            update(IntentRow)
            .where(IntentRow.dedupe_key == dedupe_key, IntentRow.state == IntentState.FAILED)
            .values(state=IntentState.QUEUED, error_name=None, error_args=None)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]

    @staticmethod
    def counts() -> dict[str, int]:
        """Return how many writes are in each state; states without any are 0."""
        found = db.session.execute(
            select(IntentRow.state, func.count()).group_by(IntentRow.state)
        ).all()
        counts = {state.value: 0 for state in IntentState}
        counts.update((str(state), count) for state, count in found)
        return counts

    @staticmethod
    def failures(limit: int = 100) -> list[FailedIntent]:
        """Return the failed writes, oldest first."""
        rows = db.session.scalars(
            select(IntentRow)
            .where(IntentRow.state == IntentState.FAILED)
            .order_by(IntentRow.seq)
            .limit(limit)
        )
        return [
            FailedIntent(
                row.dedupe_key,
                row.signer,
                row.contract,
                row.function,
                row.error_name or "",
                tuple(row.error_args or ()),
            )
            for row in rows
        ]

    @staticmethod
    def totals() -> TransactionTotals:
        """Return the number and the gas of all our transactions in blocks."""
        count, gas = db.session.execute(
            select(func.count(), func.sum(TransactionRow.gas_used)).where(
                TransactionRow.block_number.is_not(None)
            )
        ).one()
        return TransactionTotals(int(count), int(gas or 0))


def _already_asked(dedupe_key: str, wanted: tuple[str, str, str, Any]) -> bool:
    row = db.session.scalar(select(IntentRow).where(IntentRow.dedupe_key == dedupe_key))
    if row is None:
        return False
    if (row.signer, row.contract, row.function, row.item) != wanted:
        raise IntentConflict(
            f"the key {dedupe_key} already names a different write by {row.signer} to "
            f"{row.contract}.{row.function}; use another key for another write"
        )
    return True
