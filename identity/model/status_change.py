"""A change of a credential's status: what was asked, by whom, why, and how far it has got."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from identity.errors import RevokedIsFinal
from identity.model.status_list import Status


class ChangeState(StrEnum):
    """How far a change has got; verifiers see it once it is on chain."""

    QUEUED = "queued"
    MINED = "mined"
    FAILED = "failed"


@dataclass(frozen=True)
class StatusChange:
    """One change of one credential's status.

    `actor` is the login of the person who asked; `at` is when, UTC epoch seconds.
    """

    id: str
    issuer_id: str
    credential_digest: str
    status_index: int
    status: Status
    reason: str
    actor: str
    at: int
    state: ChangeState = ChangeState.QUEUED


def require_change_allowed(digest: str, current: Status, wanted: Status) -> None:
    """Raise RevokedIsFinal where a revoked credential is to have another status."""
    if current is Status.REVOKED and wanted is not Status.REVOKED:
        raise RevokedIsFinal(
            f"credential {digest} is revoked and cannot become {wanted.word}; issue a new one",
            digest=digest,
        )
