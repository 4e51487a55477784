"""Oversight's tables; rows never leave the repository."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class SuspensionRow(db.Model):  # type: ignore[name-defined,misc]
    """An order to suspend or reinstate an issuer."""

    __tablename__ = "oversight_suspension"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_code: Mapped[str] = mapped_column(String(64), index=True)
    suspended: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(64))
    reason_digest: Mapped[str] = mapped_column(String(66))
    ordered_by: Mapped[str] = mapped_column(String(36))
    ordered_at: Mapped[int] = mapped_column(BigInteger)


class ReviewRow(db.Model):  # type: ignore[name-defined,misc]
    """A review of a loan attestation."""

    __tablename__ = "oversight_review"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    loan_id: Mapped[str] = mapped_column(String(36), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(64))
    reason_digest: Mapped[str] = mapped_column(String(66))
    reviewed_by: Mapped[str] = mapped_column(String(36))
    reviewed_at: Mapped[int] = mapped_column(BigInteger)


class ReplayRow(db.Model):  # type: ignore[name-defined,misc]
    """A replay of a decision."""

    __tablename__ = "oversight_replay"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    decision_id: Mapped[str | None] = mapped_column(String(36), index=True)
    mode: Mapped[str] = mapped_column(String(20))
    equal: Mapped[bool] = mapped_column(Boolean)
    bundle_sha256: Mapped[str] = mapped_column(String(64))
    differences: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON)
    replayed_by: Mapped[str] = mapped_column(String(36))
    replayed_at: Mapped[int] = mapped_column(BigInteger)
