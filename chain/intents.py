"""The queue of wanted writes, as the worker reads and changes it.

Reading functions end the database transaction they began, so that no lock is held while the worker
talks to the node; changing functions leave the commit to the worker.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from chain.errors import LeaseLost
from chain.outbox import IntentState
from chain.settlement import UNSETTLED, TransactionState
from chain.tables import IntentRow, TransactionRow
from db import db

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Intent:
    """A queued item, detached from the session."""

    seq: int
    contract: str
    function: str
    item: list[Any]
    attempts: int


def signers_with_work() -> list[str]:
    """Return signers with queued items or unsettled transactions, the longest waiting first."""
    queued_first = db.session.execute(
        select(IntentRow.signer, func.min(IntentRow.seq))
        .where(IntentRow.state == IntentState.QUEUED)
        .group_by(IntentRow.signer)
        .order_by(func.min(IntentRow.seq))
    ).all()
    sending = db.session.scalars(
        select(TransactionRow.signer).where(TransactionRow.state.in_(UNSETTLED)).distinct()
    ).all()
    db.session.commit()
    return list(dict.fromkeys([signer for signer, _ in queued_first] + list(sending)))


def lanes(signer: str) -> list[str]:
    """Return the contracts a signer has queued items for, the longest waiting first."""
    rows = db.session.execute(
        select(IntentRow.contract, func.min(IntentRow.seq))
        .where(IntentRow.state == IntentState.QUEUED, IntentRow.signer == signer)
        .group_by(IntentRow.contract)
        .order_by(func.min(IntentRow.seq))
    ).all()
    db.session.commit()
    return [contract for contract, _ in rows]


def queued(signer: str, contract: str, *, after: int, limit: int) -> list[Intent]:
    """Return queued items of a lane in order, beginning behind the item ``after``."""
    rows = db.session.execute(
        select(
            IntentRow.seq,
            IntentRow.contract,
            IntentRow.function,
            IntentRow.item,
            IntentRow.attempts,
        )
        .where(
            IntentRow.state == IntentState.QUEUED,
            IntentRow.signer == signer,
            IntentRow.contract == contract,
            IntentRow.seq > after,
        )
        .order_by(IntentRow.seq)
        .limit(limit)
    ).all()
    db.session.commit()
    return [Intent(*row) for row in rows]


def bind(wanted: Sequence[Intent], tx_id: str) -> None:
    """Bind queued items to the transaction that carries them.

    Raises:
        LeaseLost: some are queued no more.
    """
    bound = db.session.execute(
        update(IntentRow)
        .where(
            IntentRow.seq.in_([intent.seq for intent in wanted]),
            IntentRow.state == IntentState.QUEUED,
        )
        .values(state=IntentState.SENT, tx_id=tx_id)
    )
    if bound.rowcount != len(wanted):  # type: ignore[attr-defined]
        raise LeaseLost("another worker sent some of these items; nothing was sent twice")


def first_waiting_besides(seqs: Sequence[int]) -> int | None:
    """Return the earliest item still queued or on its way, these ones left out."""
    waiting_items = select(func.min(IntentRow.seq)).where(
        IntentRow.state.in_((IntentState.QUEUED, IntentState.SENT))
    )
    found: int | None = db.session.scalar(waiting_items.where(IntentRow.seq.not_in(seqs)))
    db.session.commit()
    return found


def fail(seq: int, error_name: str, error_args: Sequence[Any]) -> int:
    """Record an item as failed for a reason; returns 1, the number of items failed."""
    db.session.execute(
        update(IntentRow)
        .where(IntentRow.seq == seq, IntentRow.state == IntentState.QUEUED)
        .values(state=IntentState.FAILED, error_name=error_name[:120], error_args=list(error_args))
    )
    _log.warning("chain write %s failed: %s", seq, error_name)
    return 1


def fail_all_of(signer: str, error_name: str, detail: str) -> int:
    """Record every queued item of a signer as failed, and commit; returns how many."""
    seqs = db.session.scalars(
        select(IntentRow.seq).where(
            IntentRow.signer == signer, IntentRow.state == IntentState.QUEUED
        )
    ).all()
    failed = sum(fail(seq, error_name, (detail,)) for seq in seqs)
    db.session.commit()
    return failed


def gas_used(seq: int) -> int | None:
    """Return the gas of the transaction that carried an item, None before its receipt."""
    found: int | None = db.session.scalar(
        select(TransactionRow.gas_used)
        .join(IntentRow, IntentRow.tx_id == TransactionRow.id)
        .where(IntentRow.seq == seq)
    )
    db.session.commit()
    return found


def waiting() -> dict[str, int]:
    """Return how many items are queued and how many transactions await a receipt."""
    items = db.session.scalar(
        select(func.count()).select_from(IntentRow).where(IntentRow.state == IntentState.QUEUED)
    )
    transactions = db.session.scalar(
        select(func.count())
        .select_from(TransactionRow)
        .where(TransactionRow.state.in_((TransactionState.SIGNED, TransactionState.SENT)))
    )
    db.session.commit()
    return {"items queued": items or 0, "transactions unsettled": transactions or 0}


def last_error() -> str:
    """Return what the node last objected to, for an operator."""
    error = db.session.scalar(
        select(TransactionRow.error)
        .where(TransactionRow.error.is_not(None))
        .order_by(TransactionRow.touched_at.desc())
        .limit(1)
    )
    db.session.commit()
    return f"the node last objected: {error}" if error else "the node objected to nothing"
