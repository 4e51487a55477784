"""Whether an issuer was accredited, from the AccreditationRegistry's events alone.

It repeats the contract's `isAccredited` (`History.sol`, `Jurisdictions.sol`): every node on the way
up to the regulator covers type, jurisdiction and time, and none was suspended then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from identity.model.evidence_events import Accredited, SuspensionChanged

REGULATOR = bytes(20)
DEPTH_MAX = 4


class Standing(StrEnum):
    """What the events say of an issuer; each value is also the reason a step gives."""

    ACCREDITED = "accredited"
    UNKNOWN = "issuer_unknown"
    SUSPENDED = "issuer_suspended"
    OUT_OF_SCOPE = "issuer_out_of_scope"


class TimedEvent(NamedTuple):
    """An event and its block's time (UTC epoch seconds)."""

    at: int
    event: Accredited | SuspensionChanged


class _Scope(NamedTuple):
    begins: int
    until: int
    jurisdictions: tuple[int, ...]


@dataclass
class _Node:
    """A node of the tree for one credential type, with the versions of its scope."""

    parent: bytes
    scopes: list[_Scope] = field(default_factory=list)
    is_suspended: bool = False

    def add(self, scope: _Scope, at: int) -> None:
        """Set the next version; one that was never in force is replaced."""
        if self.scopes and (self.scopes[-1].begins > at or self.scopes[-1].begins >= scope.begins):
            self.scopes.pop()
        self.scopes.append(scope)

    def covers(self, jurisdiction: int, at: int) -> bool:
        in_force = [scope for scope in self.scopes if scope.begins <= at]
        if not in_force or in_force[-1].until <= at:
            return False
        return any(_covers(wide, jurisdiction) for wide in in_force[-1].jurisdictions)


def _covers(wide: int, code: int) -> bool:
    """Tell whether a GB/T 2260 code is another, its city, its province or the whole country (0)."""
    return (
        wide in (0, code)
        or (wide % 10_000 == 0 and wide // 10_000 == code // 10_000)
        or (wide % 100 == 0 and wide // 100 == code // 100)
    )


def path_of(events: Iterable[TimedEvent], issuer: bytes, credential_type: bytes) -> list[bytes]:
    """Return the accounts from an issuer up to the one below the regulator, as far as known."""
    nodes = _nodes(events, credential_type)
    path: list[bytes] = []
    while issuer in nodes and issuer not in path:
        path.append(issuer)
        issuer = nodes[issuer].parent
    return path


def standing(
    events: Iterable[TimedEvent], issuer: bytes, credential_type: bytes, jurisdiction: int, at: int
) -> Standing:
    """Return how an issuer stood at a time, after events in chain order up to that time."""
    nodes = _nodes(events, credential_type)
    for _ in range(DEPTH_MAX):
        node = nodes.get(issuer)
        if node is None:
            return Standing.UNKNOWN
        if node.is_suspended:
            return Standing.SUSPENDED
        if not node.covers(jurisdiction, at):
            return Standing.OUT_OF_SCOPE
        if node.parent == REGULATOR:
            return Standing.ACCREDITED
        issuer = node.parent
    return Standing.UNKNOWN


def _nodes(events: Iterable[TimedEvent], credential_type: bytes) -> dict[bytes, _Node]:
    nodes: dict[bytes, _Node] = {}
    suspended: dict[bytes, bool] = {}  # of the node, whatever the type and its order
    for at, event in events:
        if isinstance(event, SuspensionChanged):
            suspended[event.issuer] = event.is_suspended
        elif event.credential_type == credential_type:
            node = nodes.setdefault(event.issuer, _Node(event.parent))
            node.add(_Scope(event.valid_from, event.valid_until, event.jurisdictions), at)
    for issuer, node in nodes.items():
        node.is_suspended = suspended.get(issuer, False)
    return nodes
