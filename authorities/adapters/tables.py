"""The authorities' tables: records, invoice ledgers, staged imports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import db, new_id


class RecordRow(db.Model):
    """One record of one authority's register."""

    __tablename__ = "authority_record"
    __table_args__ = (
        UniqueConstraint("authority_code", "record_type", "uscc", "key"),
        Index("ix_authority_record_uscc", "uscc"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    authority_code: Mapped[str] = mapped_column(String(20))
    record_type: Mapped[str] = mapped_column(String(40))
    uscc: Mapped[str] = mapped_column(String(18))
    key: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class LedgerRow(db.Model):
    """One enterprise's invoice ledger: canonical bytes, compressed, and their digest."""

    __tablename__ = "authority_ledger"

    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    rows: Mapped[int]


class CityRow(db.Model):
    """Which city was loaded; there is at most one row."""

    __tablename__ = "authority_city"

    origin: Mapped[str] = mapped_column(String(16), primary_key=True)
    companies: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[int] = mapped_column(BigInteger)


class ImportRow(db.Model):
    """A spreadsheet after its check, waiting to be committed; rows are cleared by then."""

    __tablename__ = "authority_import"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    authority_code: Mapped[str] = mapped_column(String(20), index=True)
    record_type: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    row_count: Mapped[int]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON)
    created_at: Mapped[int] = mapped_column(BigInteger)
    saved: Mapped[dict[str, int] | None] = mapped_column(db.JSON)


class JobRow(db.Model):
    """An issuance job and how far it got; the row is written with every chunk."""

    __tablename__ = "authority_job"
    __table_args__ = (
        Index("ix_authority_job_source", "authority_code", "record_type", "source", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    authority_code: Mapped[str] = mapped_column(String(20))
    record_type: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[int] = mapped_column(BigInteger)
    touched_at: Mapped[int] = mapped_column(BigInteger)
    runner: Mapped[str] = mapped_column(String(36))
    cursor: Mapped[str | None] = mapped_column(String(2000))
    fingerprint: Mapped[str | None] = mapped_column(String(200))
    batch_id: Mapped[str | None] = mapped_column(String(36))
    batches: Mapped[list[str]] = mapped_column(db.JSON)
    counts: Mapped[dict[str, int]] = mapped_column(db.JSON)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON)
    reason: Mapped[str | None] = mapped_column(String(60))
    detail: Mapped[str | None] = mapped_column(String(400))
