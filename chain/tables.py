"""Tables of the chain package: what is to be written, what was sent, what was read.

Times are UTC epoch seconds, digests and addresses 0x-hex text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import db

# SQLite numbers rows by itself only for INTEGER keys.
Sequence64 = BigInteger().with_variant(Integer, "sqlite")


class SignerRow(db.Model):  # type: ignore[name-defined,misc]
    """One sending address: its next nonce, and which worker may sign for it until when."""

    __tablename__ = "chain_signer"

    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    next_nonce: Mapped[int] = mapped_column(BigInteger)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    leased_until: Mapped[int] = mapped_column(BigInteger, default=0)


class TransactionRow(db.Model):  # type: ignore[name-defined,misc]
    """One signed transaction, stored before it is sent; ``state`` is a ``TransactionState``."""

    __tablename__ = "chain_transaction"
    __table_args__ = (UniqueConstraint("address", "nonce", name="uq_chain_transaction_nonce"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    signer: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(42))
    nonce: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(160))
    raw_tx: Mapped[str] = mapped_column(Text)
    tx_hash: Mapped[str] = mapped_column(String(66), unique=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    touched_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    block_number: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(String(66))
    gas_used: Mapped[int | None] = mapped_column(BigInteger)


class IntentRow(db.Model):  # type: ignore[name-defined,misc]
    """One wanted write; ``state`` is an ``IntentState``; ``seq`` is the order of asking."""

    __tablename__ = "chain_intent"
    __table_args__ = (Index("ix_chain_intent_state_seq", "state", "seq"),)

    seq: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    signer: Mapped[str] = mapped_column(String(80))
    contract: Mapped[str] = mapped_column(String(80))
    function: Mapped[str] = mapped_column(String(80))
    item: Mapped[list[Any]] = mapped_column(db.JSON)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    tx_id: Mapped[str | None] = mapped_column(ForeignKey("chain_transaction.id"), index=True)
    error_name: Mapped[str | None] = mapped_column(String(120))
    error_args: Mapped[list[Any] | None] = mapped_column(db.JSON)
    created_at: Mapped[int] = mapped_column(BigInteger)


class DeploymentRow(db.Model):  # type: ignore[name-defined,misc]
    """One finished or begun step of the deployment: a contract, or a call that wires it."""

    __tablename__ = "chain_deployment"

    step: Mapped[str] = mapped_column(String(200), primary_key=True)
    contract: Mapped[str] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(42))
    tx_id: Mapped[str] = mapped_column(ForeignKey("chain_transaction.id"))
    block_number: Mapped[int | None] = mapped_column(BigInteger)
    code_hash: Mapped[str | None] = mapped_column(String(66))


class CheckpointRow(db.Model):  # type: ignore[name-defined,misc]
    """The chain this database was made with, and the last block it relies on (one row)."""

    __tablename__ = "chain_checkpoint"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    genesis_hash: Mapped[str] = mapped_column(String(66))
    block_number: Mapped[int] = mapped_column(BigInteger)
    block_hash: Mapped[str] = mapped_column(String(66))


class CursorRow(db.Model):  # type: ignore[name-defined,misc]
    """How far the follower has read (one row); locked while blocks are applied."""

    __tablename__ = "chain_cursor"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_block: Mapped[int] = mapped_column(BigInteger)


class BlockRow(db.Model):  # type: ignore[name-defined,misc]
    """A block that was read: its hash, by which a replaced block is noticed."""

    __tablename__ = "chain_block"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(66), unique=True)
    parent_hash: Mapped[str] = mapped_column(String(66))


class EventRow(db.Model):  # type: ignore[name-defined,misc]
    """A decoded log of one of our contracts, kept so that derived rows can be made again."""

    __tablename__ = "chain_event"
    __table_args__ = (
        UniqueConstraint("block_hash", "log_index", name="uq_chain_event_log"),
        Index("ix_chain_event_kind", "contract", "event"),
    )

    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_hash: Mapped[str] = mapped_column(String(66))
    block_at: Mapped[int] = mapped_column(BigInteger)
    tx_hash: Mapped[str] = mapped_column(String(66))
    address: Mapped[str] = mapped_column(String(42))
    contract: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(db.JSON)
