"""Replay credit decisions, from their evidence or from a bundle alone, and keep the result."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from credit import ReplayResult
from db import new_id
from oversight.errors import ReplayNotFound
from oversight.model.records import Replay
from oversight.ports import Actor, Clock, CreditPort, OversightStore, ReadLog

PURPOSE = "supervision"
LIST_MAX = 100


@dataclass(frozen=True)
class ReplayDesk:
    """The regulator's replays; every one that reads an enterprise's data is logged."""

    store: OversightStore
    credit: CreditPort
    reads: ReadLog
    clock: Clock

    def from_evidence(self, decision_id: str, *, actor: Actor) -> Replay:
        """Recompute a bank's decision from the claims it used and the ledger fetched again.

        Raises:
            credit's DecisionNotFound, LedgerMissing, LedgerMismatch.
        """
        decision = self.credit.decision(decision_id, actor=actor)
        result = self.credit.replay_from_evidence(decision_id, actor=actor)
        self.reads.log_read(
            reader_id=actor.organisation_id,
            enterprise_id=decision.enterprise_id,
            purpose=PURPOSE,
            fields=[f"{c.type_code}.{name}" for c in decision.evidence for name in c.claims],
            consent_id=None,
            outcome="read",
        )
        return self._keep(result, decision_id, actor)

    def from_bundle(self, bundle: bytes, signature: str, *, actor: Actor) -> Replay:
        """Recompute a decision from its bundle alone; raises credit's BundleMalformed."""
        return self._keep(self.credit.replay_offline(bundle, signature), None, actor)

    def get(self, replay_id: str) -> Replay:
        """Return a replay made before."""
        found = self.store.replay(replay_id)
        if found is None:
            raise ReplayNotFound("no replay of that id was made")
        return found

    def list(self) -> list[Replay]:
        """Return the latest replays, newest first."""
        return self.store.replays(LIST_MAX)

    def _keep(self, result: ReplayResult, decision_id: str | None, actor: Actor) -> Replay:
        replay = Replay(
            id=new_id(),
            decision_id=decision_id,
            mode=result.mode,
            equal=result.equal,
            bundle_sha256=result.bundle_sha256,
            differences=tuple(
                asdict(difference) | {"cause": str(difference.cause)}
                for difference in result.differences
            ),
            replayed_by=actor.user_id,
            replayed_at=self.clock(),
        )
        self.store.add_replay(replay)
        return replay
