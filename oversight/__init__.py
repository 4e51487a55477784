"""Oversight: what the regulator sees, orders, reviews and replays."""

from __future__ import annotations

from oversight.errors import (
    AlreadyInState,
    AlreadyReviewed,
    IssuerNotFound,
    NotAttested,
    OversightError,
    ReplayNotFound,
)
from oversight.facade import Oversight, build_oversight
from oversight.model.records import (
    AttestationView,
    Issuer,
    IssuerView,
    Replay,
    Review,
    ReviewOutcome,
    Standing,
    Suspension,
)

__all__ = [
    "AlreadyInState",
    "AlreadyReviewed",
    "AttestationView",
    "Issuer",
    "IssuerNotFound",
    "IssuerView",
    "NotAttested",
    "Oversight",
    "OversightError",
    "Replay",
    "ReplayNotFound",
    "Review",
    "ReviewOutcome",
    "Standing",
    "Suspension",
    "build_oversight",
]
