"""The tables of status changes and signed status lists; rows never leave the adapters."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class StatusChangeRow(db.Model):
    """A change of a credential's status: who asked for what, when and why."""

    __tablename__ = "identity_status_change"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"), index=True)
    credential_digest: Mapped[str] = mapped_column(String(64))
    status_index: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(300))
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_identity_status_change_credential", "credential_digest", "id"),)


class SignedStatusListRow(db.Model):
    """The status list signed last for a shard; `kind` is token, revocation or suspension."""

    __tablename__ = "identity_signed_status_list"
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"), primary_key=True)
    shard: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
