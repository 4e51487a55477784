"""Oversight's records in the database; model objects in, model objects out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import select

from db import db
from oversight.adapters.tables import ReplayRow, ReviewRow, SuspensionRow
from oversight.model.records import Replay, Review, ReviewOutcome, Suspension


class SQLOversightStore:
    """The oversight store on the request's session; it never commits."""

    def add_suspension(self, suspension: Suspension) -> None:
        """Keep an order."""
        self._add(SuspensionRow(**asdict(suspension)))

    def latest_suspensions(self) -> dict[str, Suspension]:
        """Return the newest order for each issuer that ever had one."""
        rows = db.session.scalars(select(SuspensionRow).order_by(SuspensionRow.id))
        return {row.issuer_code: Suspension(**_values(row, Suspension)) for row in rows}

    def add_review(self, review: Review) -> None:
        """Keep a review."""
        self._add(ReviewRow(**asdict(review) | {"outcome": str(review.outcome)}))

    def latest_reviews(self, loan_ids: Sequence[str]) -> dict[str, Review]:
        """Return the newest review of each of the loans that has one."""
        query = select(ReviewRow).where(ReviewRow.loan_id.in_(loan_ids)).order_by(ReviewRow.id)
        found = {}
        for row in db.session.scalars(query):
            values = _values(row, Review) | {"outcome": ReviewOutcome(row.outcome)}
            found[row.loan_id] = Review(**values)
        return found

    def add_replay(self, replay: Replay) -> None:
        """Keep a replay."""
        self._add(ReplayRow(**asdict(replay) | {"differences": list(replay.differences)}))

    def replay(self, replay_id: str) -> Replay | None:
        """Return a replay by id."""
        row = db.session.get(ReplayRow, replay_id)
        return _replay(row) if row else None

    def replays(self, limit: int) -> list[Replay]:
        """Return the latest replays, newest first."""
        query = select(ReplayRow).order_by(ReplayRow.id.desc()).limit(limit)
        return [_replay(row) for row in db.session.scalars(query)]

    def _add(self, row: Any) -> None:
        db.session.add(row)
        db.session.flush()


def _values(row: Any, model: type) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in fields(model)}


def _replay(row: ReplayRow) -> Replay:
    return Replay(**_values(row, Replay) | {"differences": tuple(row.differences)})
