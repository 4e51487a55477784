"""Credit's tables; rows never leave the repositories.

What a decision was made from, and what an enterprise wrote to have it reviewed, is sealed under
the enterprise's data key. In clear are identifiers, states, times and the headline figures that
queues and books list: what was asked for, the outcome, the loan's terms, the pledged receivable.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class ApplicationRow(db.Model):  # type: ignore[name-defined,misc]
    """A loan application; one per case; `review` is sealed."""

    __tablename__ = "credit_application"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), unique=True)
    enterprise_id: Mapped[str] = mapped_column(String(36), index=True)
    enterprise_name: Mapped[str] = mapped_column(String(200))
    bank_id: Mapped[str] = mapped_column(String(36), index=True)
    bank_code: Mapped[str] = mapped_column(String(40))
    presentation_id: Mapped[str] = mapped_column(String(36))
    request: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    state: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[int] = mapped_column(BigInteger)
    review: Mapped[bytes | None] = mapped_column(LargeBinary)


class DecisionRow(db.Model):  # type: ignore[name-defined,misc]
    """A decision; never changed, never deleted.

    `sealed` holds the bundle's text, the claims it was made from and the bank's signature, whose
    digests of single members would let one guess them.
    """

    __tablename__ = "credit_decision"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("credit_application.id"), index=True)
    enterprise_id: Mapped[str] = mapped_column(String(36))
    bank_id: Mapped[str] = mapped_column(String(36))
    bank_code: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    points: Mapped[int] = mapped_column(Integer)
    limit_fen: Mapped[int] = mapped_column(BigInteger)
    rate_bps: Mapped[int | None] = mapped_column(Integer)
    bundle_sha256: Mapped[str] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_by: Mapped[str] = mapped_column(String(36))
    decided_at: Mapped[int] = mapped_column(BigInteger)


class LoanRow(db.Model):  # type: ignore[name-defined,misc]
    """A granted loan; one per application."""

    __tablename__ = "credit_loan"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("credit_application.id"), unique=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("credit_decision.id"))
    enterprise_id: Mapped[str] = mapped_column(String(36))
    enterprise_name: Mapped[str] = mapped_column(String(200))
    bank_id: Mapped[str] = mapped_column(String(36))
    bank_code: Mapped[str] = mapped_column(String(40))
    principal_fen: Mapped[int] = mapped_column(BigInteger)
    rate_bps: Mapped[int] = mapped_column(Integer)
    term_months: Mapped[int] = mapped_column(Integer)
    bundle_sha256: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    subject_address: Mapped[str] = mapped_column(String(42))
    evidence_digest: Mapped[str] = mapped_column(String(66))
    chain_id: Mapped[str] = mapped_column(String(66), unique=True)
    acceptance: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[int] = mapped_column(BigInteger)


class PledgeRow(db.Model):  # type: ignore[name-defined,misc]
    """An intent to pledge a receivable to a loan."""

    __tablename__ = "credit_pledge"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    loan_id: Mapped[str] = mapped_column(ForeignKey("credit_loan.id"), index=True)
    enterprise_id: Mapped[str] = mapped_column(String(36))
    bank_id: Mapped[str] = mapped_column(String(36))
    bank_code: Mapped[str] = mapped_column(String(40))
    credential_digest: Mapped[str] = mapped_column(String(66))
    invoice_no: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    asset_fingerprint: Mapped[str] = mapped_column(String(66), index=True)
    share_bps: Mapped[int] = mapped_column(Integer)
    salt: Mapped[str] = mapped_column(String(64))
    lien_id: Mapped[str] = mapped_column(String(66))
    created_at: Mapped[int] = mapped_column(BigInteger)
