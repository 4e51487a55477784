"""What a receipt, or its absence, means for a stored transaction and the writes in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import update

from chain.outbox import IntentState
from chain.tables import IntentRow, SignerRow, TransactionRow
from db import db


class TransactionState(StrEnum):
    """Where a transaction is; ``FINAL``, ``REVERTED`` and ``DISPLACED`` are ends."""

    SIGNED = "signed"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    REVERTED = "reverted"
    DISPLACED = "displaced"  # its nonce was spent by a transaction that is not ours


UNSETTLED = (TransactionState.SIGNED, TransactionState.SENT, TransactionState.MINED)


@dataclass(frozen=True)
class Stored:
    """A stored transaction, detached from the session."""

    id: str
    tx_hash: str
    raw_tx: str
    address: str
    nonce: int
    state: str
    touched_at: int
    attempts: int


def detached(row: TransactionRow) -> Stored:
    """Return a row's values, which stay readable after the commit."""
    return Stored(
        row.id,
        row.tx_hash,
        row.raw_tx,
        row.address,
        row.nonce,
        str(row.state),
        row.touched_at,
        row.attempts,
    )


def record_receipt(transaction: Stored, receipt: dict[str, Any], *, is_final: bool) -> int:
    """Record that a transaction is in a block; its writes are mined, or queued again if it failed.

    Returns:
        1 when this changed the transaction's state, else 0.
    """
    succeeded = int(receipt["status"], 16) == 1
    if not succeeded and not is_final:
        return 0  # a block that may still be replaced decides nothing
    state = TransactionState.FINAL if is_final else TransactionState.MINED
    if not succeeded:
        state = TransactionState.REVERTED
    if state == transaction.state or not _change(
        transaction,
        state=state,
        error=None,
        block_number=int(receipt["blockNumber"], 16),
        block_hash=receipt["blockHash"],
        gas_used=int(receipt["gasUsed"], 16),
    ):
        return 0
    if succeeded:
        _change_intents(transaction, state=IntentState.MINED)
    else:
        _queue_intents_again(transaction)
    return 1


def record_lost_block(transaction: Stored) -> int:
    """Record that a mined transaction's block was replaced: it is sent again."""
    if not _change(transaction, state=TransactionState.SIGNED, block_number=None, block_hash=None):
        return 0
    _change_intents(transaction, state=IntentState.SENT)
    return 1


def record_displaced(transaction: Stored, *, next_nonce: int) -> int:
    """Record that another transaction spent the nonce: the writes are queued again."""
    if not _change(transaction, state=TransactionState.DISPLACED):
        return 0
    db.session.execute(
        update(SignerRow)
        .where(SignerRow.address == transaction.address, SignerRow.next_nonce < next_nonce)
        .values(next_nonce=next_nonce)
    )
    _queue_intents_again(transaction)
    return 1


def _change(transaction: Stored, **values: Any) -> bool:
    """Change the row unless somebody else has changed its state since it was read."""
    changed = db.session.execute(
        update(TransactionRow)
        .where(TransactionRow.id == transaction.id, TransactionRow.state.in_(UNSETTLED))
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _change_intents(transaction: Stored, **values: Any) -> None:
    db.session.execute(update(IntentRow).where(IntentRow.tx_id == transaction.id).values(**values))


def _queue_intents_again(transaction: Stored) -> None:
    _change_intents(
        transaction, state=IntentState.QUEUED, tx_id=None, attempts=IntentRow.attempts + 1
    )
