"""A feature: one measured fact about the applicant, with where it came from.

Rules:
- Missing is not zero: a feature that cannot be measured has ``value = None``.
- Values are whole numbers or short codes, so that a decision replays bit for bit.
- A window of n months is the calendar month of the cut date and the n - 1 before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Value = int | str | None


@dataclass(frozen=True)
class FeatureSpec:
    """What a feature is called and how it is measured."""

    name: str
    unit: str
    window: str
    source: str
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class Feature:
    """A measured feature; ``lineage`` holds the digests of the credentials it came from."""

    name: str
    value: Value
    unit: str
    window: str
    lineage: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the members that the decision bundle keeps under the feature's name."""
        return {
            "value": self.value,
            "unit": self.unit,
            "window": self.window,
            "lineage": list(self.lineage),
        }
