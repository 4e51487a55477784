"""Sign, store, commit, send, settle: the life of a transaction.

A worker may sign for an address while it holds the lease of the address's row. Everything that is
signed is committed before it is sent, so a process that dies in between loses nothing: the next
holder of the lease sends the same bytes again, and the receipt, looked up by hash, settles it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from chain.errors import RPCFailed
from chain.node import Chain
from chain.settlement import (
    UNSETTLED,
    Stored,
    TransactionState,
    detached,
    record_displaced,
    record_lost_block,
    record_receipt,
)
from chain.tables import SignerRow, TransactionRow
from db import db, new_id

# What nodes say when they have the transaction, or had it: the receipt decides.
_SETTLED_BY_RECEIPT = (
    "already known",
    "known transaction",
    "already imported",
    "already exists",
    "nonce too low",
    "nonce is too low",
    "correct nonce",
    "underpriced",
)
_DISPLACED_AFTER = 3


@dataclass(frozen=True)
class Draft:
    """A transaction to sign: destination (None creates a contract), call data, and its label."""

    to: str | None
    data: str
    label: str


class Sender:
    """Leases, signatures and receipts for the signers of one chain. Commits the session."""

    def __init__(self, chain: Chain, *, lease_s: int = 30, resend_s: int = 15) -> None:
        self.chain = chain
        self._lease_s = lease_s
        self._resend_s = resend_s
        self.holder = f"{os.getpid()}.{threading.get_ident()}.{new_id()}"

    def lease(self, signer: str) -> bool:
        """Take or renew the right to sign for a signer; False while another holds it."""
        address = self.chain.signers.address(signer)
        self._ensure_row(signer, address)
        now = int(time.time())
        row = db.session.get(SignerRow, address, with_for_update=True, populate_existing=True)
        if row is None or (row.leased_by != self.holder and row.leased_until > now):
            db.session.commit()
            return False
        row.leased_by, row.leased_until = self.holder, now + self._lease_s
        db.session.commit()
        return True

    def release(self, signer: str) -> None:
        """Give the right to sign back."""
        db.session.execute(
            update(SignerRow)
            .where(SignerRow.name == signer, SignerRow.leased_by == self.holder)
            .values(leased_by=None, leased_until=0)
        )
        db.session.commit()

    def sign(self, signer: str, drafts: Sequence[Draft]) -> list[Stored] | None:
        """Assign nonces, sign and add the transactions to the session, **without** a commit.

        The caller adds what belongs to them and commits, before anything is sent.

        Returns:
            The stored transactions, or None when the lease has been lost meanwhile.
        """
        account = self.chain.signers.account(signer)
        row = db.session.get(
            SignerRow, account.address, with_for_update=True, populate_existing=True
        )
        if row is None or row.leased_by != self.holder:
            return None
        stored = []
        for draft in drafts:
            transaction = self._sign_one(signer, account, row.next_nonce, draft)
            row.next_nonce += 1
            db.session.add(transaction)
            stored.append(detached(transaction))
        db.session.flush()
        return stored

    def push(self, signer: str) -> tuple[int, bool]:
        """Send what is signed and settle what is in blocks, oldest nonce first.

        Returns:
            How many transactions changed state, and whether the node took all it was given.
        """
        rows = db.session.scalars(
            select(TransactionRow)
            .where(TransactionRow.signer == signer, TransactionRow.state.in_(UNSETTLED))
            .order_by(TransactionRow.nonce)
        )
        unsettled = [detached(row) for row in rows]
        db.session.commit()
        if not unsettled:
            return 0, True
        taken = self._send(unsettled)
        return self._settle(unsettled), taken

    def _ensure_row(self, signer: str, address: str) -> None:
        known = db.session.get(SignerRow, address) is not None
        db.session.commit()
        if known:
            return
        nonce = self.chain.nonce(address)
        try:
            db.session.add(SignerRow(address=address, name=signer, next_nonce=nonce))
            db.session.commit()
        except IntegrityError:  # another worker was first
            db.session.rollback()

    def _sign_one(self, signer: str, account: Any, nonce: int, draft: Draft) -> TransactionRow:
        transaction: dict[str, Any] = {
            "chainId": self.chain.chain_id,
            "nonce": nonce,
            "gas": self.chain.profile.batch_gas,
            "value": 0,
            "data": draft.data,
            **self.chain.profile.fees(),
        }
        if draft.to is not None:
            transaction["to"] = draft.to
        signed = account.sign_transaction(transaction)
        return TransactionRow(
            id=new_id(),
            signer=signer,
            address=account.address,
            nonce=nonce,
            label=draft.label[:160],
            raw_tx="0x" + signed.raw_transaction.hex().removeprefix("0x"),
            tx_hash="0x" + signed.hash.hex().removeprefix("0x"),
            state=TransactionState.SIGNED,
            touched_at=int(time.time()),
            attempts=0,
        )

    def _send(self, unsettled: Sequence[Stored]) -> bool:
        """Send the signed and the overdue; stop at the first the node does not take.

        A later nonce must not go out over a gap: some nodes hold its sender until the gap closes.
        """
        now = int(time.time())
        for transaction in unsettled:
            overdue = transaction.touched_at + self._resend_s <= now
            if transaction.state != TransactionState.SIGNED and not overdue:
                continue
            if transaction.state == TransactionState.MINED:
                continue
            error = self._send_one(transaction)
            db.session.execute(
                update(TransactionRow)
                .where(TransactionRow.id == transaction.id, TransactionRow.state.in_(UNSETTLED))
                .values(
                    state=TransactionState.SIGNED if error else TransactionState.SENT,
                    error=error,
                    attempts=TransactionRow.attempts + 1,
                    touched_at=now,
                )
            )
            db.session.commit()
            if error:
                return False
        return True

    def _send_one(self, transaction: Stored) -> str | None:
        """Send one and return the node's objection, None when it has the transaction."""
        try:
            self.chain.connection.request("eth_sendRawTransaction", transaction.raw_tx)
        except RPCFailed as error:
            told = error.message.lower()
            if not any(words in told for words in _SETTLED_BY_RECEIPT):
                return error.message[:500]
        return None

    def _settle(self, unsettled: Sequence[Stored]) -> int:
        requests = [("eth_getTransactionReceipt", (tx.tx_hash,)) for tx in unsettled]
        receipts = self.chain.request_all(requests)
        head = self.chain.head_number() if self.chain.profile.confirmations else 0
        mined_nonces = self.chain.nonce(unsettled[0].address) if None in receipts else 0
        changed = 0
        for transaction, receipt in zip(unsettled, receipts, strict=True):
            if receipt is not None:
                changed += record_receipt(
                    transaction, receipt, is_final=self._is_final(receipt, head)
                )
            elif transaction.state == TransactionState.MINED:
                changed += record_lost_block(transaction)
            elif transaction.nonce < mined_nonces and transaction.attempts >= _DISPLACED_AFTER:
                changed += record_displaced(transaction, next_nonce=mined_nonces)
        db.session.commit()
        return changed

    def _is_final(self, receipt: dict[str, Any], head: int) -> bool:
        confirmations = self.chain.profile.confirmations
        return not confirmations or head - int(receipt["blockNumber"], 16) >= confirmations
