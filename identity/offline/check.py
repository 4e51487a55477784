"""The verification of one credential: what is given, what is expected, what was found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from identity.model import sd_jwt
from identity.model.verification import Outcome
from identity.offline.chain_facts import ChainFacts, ProvedEvent
from identity.offline.report import Unknown, Wrong
from identity.offline.trust import Trust

TIME_MAX = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True)
class Judgement:
    """For what time a bundle is judged (UTC epoch seconds), and what a presentation must name.

    `status_age_s_max` is the oldest status list relied on; None: as long as the list itself says.
    """

    at: int
    status_age_s_max: int | None = None
    nonce: str | None = None
    audience: str | None = None


@dataclass
class Check:
    """The verification of one credential of a bundle, and what its steps have found so far.

    Attributes:
        item: the credential's part of the bundle, unchecked.
        outcomes: of the steps taken, by name.
        token: the credential, once its structure is right.
        signed_by: the key (Multikey) that signed it; `proved_key`: the one found on chain.
        anchor: the event that anchored it, once proved.
    """

    item: Any
    chain: ChainFacts
    trust: Trust
    expected: Judgement
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    token: sd_jwt.SDJWT | None = None
    signed_by: bytes | None = None
    anchor: ProvedEvent | None = None
    proved_key: bytes | None = None

    @property
    def _presentation(self) -> object:
        return self.item.get("presentation") if isinstance(self.item, Mapping) else None

    @property
    def scope(self) -> str:
        """What is shown: the `credential`, or its `digest` alone."""
        return "digest" if self._presentation is None else "credential"

    @property
    def has_binding(self) -> bool:
        """Whether there is a key binding to check, or one is expected."""
        shown = self._presentation
        is_bound = isinstance(shown, str) and not shown.endswith("~")
        return is_bound or self.expected.nonce is not None or self.expected.audience is not None

    def shown(self) -> sd_jwt.SDJWT:
        """Return the credential; raises Unknown where it is not shown, or is broken."""
        if self.token is None:
            raise Unknown("digest_only" if self.scope == "digest" else "earlier_step")
        return self.token

    def require(self, step: str) -> None:
        """Raise Unknown unless an earlier step passed."""
        if self.outcomes.get(step) is not Outcome.PASSED:
            raise Unknown("earlier_step")


def to_time(value: object, reason: str) -> int:
    """Return a time in UTC epoch seconds; raises Wrong with a reason where it is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= TIME_MAX:
        raise Wrong(reason)
    return value
