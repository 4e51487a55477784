"""Issuers, suspensions, reviews and replays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from credit.model.records import ChainStatus, LoanView


class Standing(StrEnum):
    """Where an issuer stands on chain; CANNOT_CHECK is not "suspended"."""

    ACCREDITED = "accredited"
    SUSPENDED = "suspended"
    NOT_ACCREDITED = "not_accredited"
    CANNOT_CHECK = "cannot_check"


class ReviewOutcome(StrEnum):
    """What the regulator says of an attestation."""

    ACCEPTED = "accepted"
    QUESTIONED = "questioned"


@dataclass(frozen=True)
class Issuer:
    """An organisation that issues credentials, and the types it issues."""

    code: str
    name_zh: str
    name_en: str
    address: str
    type_codes: tuple[str, ...]


@dataclass(frozen=True)
class Suspension:
    """A suspension (or its end) that the regulator ordered; the reason stays off chain."""

    id: str
    issuer_code: str
    suspended: bool
    reason: str
    salt: str
    reason_digest: str
    ordered_by: str
    ordered_at: int


@dataclass(frozen=True)
class IssuerView:
    """An issuer with its standing and the latest order, with how far that got on chain."""

    issuer: Issuer
    standing: Standing
    latest: Suspension | None
    status: ChainStatus | None


@dataclass(frozen=True)
class Review:
    """A review of a loan attestation."""

    id: str
    loan_id: str
    outcome: ReviewOutcome
    reason: str
    salt: str
    reason_digest: str
    reviewed_by: str
    reviewed_at: int


@dataclass(frozen=True)
class AttestationView:
    """A loan attestation with the regulator's latest review of it."""

    loan: LoanView
    review: Review | None
    status: ChainStatus | None


@dataclass(frozen=True)
class Replay:
    """A replay of a decision and what came of it; ``differences`` are plain values."""

    id: str
    decision_id: str | None
    mode: str
    equal: bool
    bundle_sha256: str
    differences: tuple[dict[str, Any], ...]
    replayed_by: str
    replayed_at: int
