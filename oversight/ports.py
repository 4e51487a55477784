"""What the oversight use cases need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from credit import ChainStatus, Decision, LoanView, ReplayResult
from credit.ports import Actor
from oversight.model.records import Issuer, Replay, Review, Standing, Suspension

__all__ = ["Actor", "ChainOrders", "Clock", "CreditPort", "Issuers", "OversightStore", "ReadLog"]


class Clock(Protocol):
    """Tells the time in UTC epoch seconds."""

    def __call__(self) -> int: ...


class Issuers(Protocol):
    """Who issues what, and where each stands on chain."""

    def all(self) -> list[Issuer]: ...
    def standing(self, issuer: Issuer) -> Standing: ...


class CreditPort(Protocol):
    """What oversight asks of credit; ``credit.Credit`` has these methods."""

    def decision(self, decision_id: str, *, actor: Actor) -> Decision: ...
    def replay_offline(self, bundle: bytes, signature: str) -> ReplayResult: ...
    def replay_from_evidence(self, decision_id: str, *, actor: Actor) -> ReplayResult: ...
    def attested_loans(self, *, limit: int, offset: int = 0) -> list[LoanView]: ...
    def attested_loan(self, loan_id: str) -> LoanView: ...


@dataclass(frozen=True)
class Activity:
    """The platform's writes: what waits, what failed, what is on chain and the gas it used."""

    waiting: int
    failed: int
    transactions: int
    gas_used: int


class ChainActivity(Protocol):
    """Tells what the platform wrote to the chain."""

    def __call__(self) -> Activity: ...


class ReadLog(Protocol):
    """The log of reads of enterprises' data; ``identity.Identity`` has this method."""

    def log_read(
        self,
        *,
        reader_id: str,
        enterprise_id: str,
        purpose: str,
        fields: Sequence[str],
        consent_id: str | None,
        outcome: str,
    ) -> None: ...


class ChainOrders(Protocol):
    """Queues the regulator's writes in the caller's transaction."""

    def set_suspended(self, order: Suspension, issuer: Issuer, *, regulator_code: str) -> None: ...
    def review(self, review: Review, chain_id: str, *, regulator_code: str) -> None: ...
    def suspension_status(self, suspension_id: str) -> ChainStatus | None: ...
    def review_status(self, review_id: str) -> ChainStatus | None: ...


class OversightStore(Protocol):
    """Orders, reviews and replays, as stored."""

    def add_suspension(self, suspension: Suspension) -> None: ...
    def latest_suspensions(self) -> dict[str, Suspension]: ...
    def add_review(self, review: Review) -> None: ...
    def latest_reviews(self, loan_ids: Sequence[str]) -> dict[str, Review]: ...
    def add_replay(self, replay: Replay) -> None: ...
    def replay(self, replay_id: str) -> Replay | None: ...
    def replays(self, limit: int) -> list[Replay]: ...
