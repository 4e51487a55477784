"""Deterministic draws: the same subject and topic give the same value on every machine.

A draw is SHA-256 of a fixed salt, the subject and the topic. So a rate ("6 % lack social
insurance") holds over many subjects, and no subject's values depend on which others exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

_SALT = "qilian sandbox city 1"
T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """Draws for one subject, usually an enterprise's code."""

    subject: str

    def share(self, topic: str) -> float:
        """Return a number in [0, 1)."""
        digest = sha256(f"{_SALT}|{self.subject}|{topic}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def chance(self, topic: str, rate_bps: int) -> bool:
        """Return whether an event of this rate happens."""
        return self.share(topic) * 10_000 < rate_bps

    def between(self, topic: str, low: int, high: int) -> int:
        """Return an integer in ``low..high``, both included."""
        return low + int(self.share(topic) * (high - low + 1))

    def pick(self, topic: str, choices: Sequence[T]) -> T:
        """Return one of the choices; repeat a choice to weigh it."""
        return choices[int(self.share(topic) * len(choices))]

    def digits(self, topic: str, count: int) -> str:
        """Return that many decimal digits."""
        return f"{int(self.share(topic) * 10**count):0{count}d}"
