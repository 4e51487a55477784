"""Tables of `filing`: cases with their fields as one document, events, declared facts.

What an enterprise or its people said is sealed under the enterprise's data key. In clear are what
queues list and sort by: identifiers, states, times, counts, and the name and code by which the
public register knows the enterprise.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class CaseRow(db.Model):  # type: ignore[name-defined, misc]
    """A case; `version` guards each change.

    `document` (sealed) holds fields, conflicts, signature and decision; `steps` (sealed) the
    verification of the presentation, written once; `meter` only counts.
    """

    __tablename__ = "filing_case"
    __table_args__ = (
        Index("ix_filing_case_bank_queue", "bank_id", "state", "submitted_at"),
        Index("ix_filing_case_enterprise", "enterprise_id", "opened_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    use_case: Mapped[str] = mapped_column(String(40))
    enterprise_id: Mapped[str] = mapped_column(String(36))
    enterprise_name: Mapped[str] = mapped_column(String(200))
    enterprise_code: Mapped[str] = mapped_column(String(18))
    bank_id: Mapped[str] = mapped_column(String(36))
    bank_code: Mapped[str] = mapped_column(String(40))
    bank_name_zh: Mapped[str] = mapped_column(String(200))
    bank_name_en: Mapped[str] = mapped_column(String(200))
    presentation_id: Mapped[str] = mapped_column(String(36), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    submitted_at: Mapped[int | None] = mapped_column(BigInteger)
    meter: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    steps: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class EventRow(db.Model):  # type: ignore[name-defined, misc]
    """Something that happened to a case; `detail` is sealed, it may quote a reason."""

    __tablename__ = "filing_event"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("filing_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[str] = mapped_column(String(36))
    organisation_id: Mapped[str] = mapped_column(String(36))
    detail: Mapped[bytes] = mapped_column(LargeBinary)


class DeclaredRow(db.Model):  # type: ignore[name-defined, misc]
    """A fact that an enterprise declared once, sealed; the newest declaration is kept."""

    __tablename__ = "filing_declared"

    enterprise_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    declared_at: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[str] = mapped_column(String(36))
