"""What an offline verification says: steps with outcomes and reasons, and one verdict.

Reasons are codes; their texts, in Chinese and English, are in `messages.json`, which the page uses
too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from identity.model.verification import Outcome

STEPS = (
    "structure",
    "issuer_signature",
    "blocks",
    "inclusion",
    "issuer_key",
    "accreditation",
    "validity",
    "status",
    "holder_binding",
)
ABOUT_CONTENT = frozenset({"structure", "issuer_signature", "validity"})


class Verdict(StrEnum):
    """The answer; `cannot_check` is never confused with `invalid`."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_CHECK = "cannot_check"


class Wrong(Exception):
    """A step failed, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unknown(Exception):
    """A step cannot be checked, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Step:
    """One step's outcome and the code of its reason; `number` is its place in `STEPS`."""

    name: str
    outcome: Outcome
    reason: str

    @property
    def number(self) -> int:
        """The step's number, from 1."""
        return STEPS.index(self.name) + 1


@dataclass(frozen=True)
class CredentialReport:
    """The steps of one credential, and the facts that were read from it (times in UTC seconds).

    `scope` is `credential`, or `digest` where the content was not shown.
    """

    scope: str
    steps: tuple[Step, ...]
    facts: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def verdict(self) -> Verdict:
        """Valid if every step that is required passed; invalid if any failed."""
        if any(step.outcome is Outcome.FAILED for step in self.steps):
            return Verdict.INVALID
        passed = all(step.outcome is Outcome.PASSED for step in self._required)
        return Verdict.VALID if passed else Verdict.CANNOT_CHECK

    @property
    def _required(self) -> list[Step]:
        optional = ABOUT_CONTENT if self.scope == "digest" else frozenset()
        return [step for step in self.steps if step.name not in optional]

    @property
    def decisive(self) -> Step | None:
        """The first step that failed; without one the first required that could not be checked."""
        if self.verdict is Verdict.INVALID:
            return next(step for step in self.steps if step.outcome is Outcome.FAILED)
        return next((s for s in self._required if s.outcome is Outcome.CANNOT_CHECK), None)


@dataclass(frozen=True)
class Report:
    """The verification of a bundle, as judged for a time (UTC epoch seconds)."""

    at: int
    credentials: Sequence[CredentialReport]

    @property
    def verdict(self) -> Verdict:
        """The worst of the credentials' verdicts; a bundle of none cannot be checked."""
        found = {credential.verdict for credential in self.credentials}
        for verdict in (Verdict.INVALID, Verdict.CANNOT_CHECK, Verdict.VALID):
            if verdict in found:
                return verdict
        return Verdict.CANNOT_CHECK


@cache
def messages() -> dict[str, Any]:
    """Return the texts: kind → code → (Chinese, English, …)."""
    path = Path(__file__).with_name("messages.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def say(kind: str, code: str, language: str) -> str:
    """Return a text in a language (`zh` or `en`)."""
    return str(messages()[kind][code][1 if language == "en" else 0])
