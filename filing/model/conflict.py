"""Two sources that say different things about one field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

REGISTERING_AUTHORITY_WINS = "registering_authority_wins"
PERSON_CHOSE = "person_chose"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one source says, and which credential says it."""

    value: Any
    claim: str
    issuer: str
    issuer_name_zh: str
    issuer_name_en: str
    credential_digest: str
    issued_at: int
    verified_at: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field whose sources differ, the rule that decides, and what was chosen.

    `chosen` is the index of the candidate in force; None when the enterprise wrote
    something that no source says.
    """

    field: str
    candidates: tuple[Candidate, ...]
    rule: str
    explanation_zh: str
    explanation_en: str
    chosen: int | None

    def decided(self, value: Any) -> Conflict:
        """Return the conflict after a person settled on a value."""
        index = next((n for n, c in enumerate(self.candidates) if c.value == value), None)
        rule = REGISTERING_AUTHORITY_WINS if index == 0 else PERSON_CHOSE
        return replace(self, chosen=index, rule=rule)

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as a JSON object."""
        return {**asdict(self), "candidates": [asdict(item) for item in self.candidates]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Conflict:
        """Return the conflict that `to_json` wrote."""
        candidates = tuple(Candidate(**item) for item in data["candidates"])
        return cls(**{**data, "candidates": candidates})
