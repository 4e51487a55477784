"""AccreditationRegistry, and who may anchor, beside a model. Invariants 3, 4 and 5.

The model keeps every version with the time it was recorded, and answers by definition: of the
versions that had begun and that nothing had replaced before they began, the last one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..calls import Receipt
from ..world import INVOICE, NOBODY, TAX_CREDIT, ZERO, digest
from .machine import ContractMachine, first

PEOPLE = ("tax", "department", "office", "bank_a", "stranger")
ACCREDITORS = ("regulator", "regulator", *PEOPLE)
REGIONS = ((0,), (110000,), (110100, 310000), (110108,), ())
CODES = (0, 110000, 110100, 110108, 110200, 310000, 310115)
NEVER = 2**40 - 1
MAX_DEPTH = 4
ERROR = "AccreditationRegistry_"
people = st.sampled_from(PEOPLE)
accreditors = st.sampled_from(ACCREDITORS)
kinds = st.sampled_from((TAX_CREDIT, TAX_CREDIT, INVOICE))
codes = st.sampled_from(CODES)


@dataclass(frozen=True)
class Scope:
    """One version of what a node may issue of a type."""

    recorded_at: int
    begins: int
    ends: int
    regions: tuple[int, ...]


@dataclass
class Node:
    """A node of the tree with all its versions."""

    parent: str
    suspensions: list[tuple[int, bool]]
    scopes: dict[str, list[Scope]] = field(default_factory=dict)

    def is_suspended(self, at: int) -> bool:
        return [state for since, state in self.suspensions if since <= at][-1]

    def scope(self, kind: str, at: int) -> Scope | None:
        versions = self.scopes.get(kind, [])
        lived = [
            version
            for version, following in zip_longest(versions, versions[1:])
            if following is None or self._lived(version, following)
        ]
        begun = [version for version in lived if version.begins <= at]
        return begun[-1] if begun else None

    @staticmethod
    def _lived(version: Scope, following: Scope) -> bool:
        return version.begins <= following.recorded_at and version.begins < following.begins


def is_within(code: int, region: int) -> bool:
    """Whether a code's significant digits begin with those of a region's."""
    digits = f"{region:06d}"
    while digits.endswith("00"):
        digits = digits[:-2]
    return f"{code:06d}".startswith(digits)


class AccreditationMachine(ContractMachine):
    """A regulator and five others who accredit, suspend and anchor."""

    contracts = ("AccreditationRegistry", "CredentialRegistry")

    @initialize()
    def begin(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.roots = 0
        self.epoch = self.world.credentials.epoch().read()
        self.answers: list[tuple[tuple[str, str, int, int], bool]] = []
        self.accredit("regulator", "tax", TAX_CREDIT, (110000,), None, None)
        self.accredit("tax", "department", TAX_CREDIT, (110108,), None, None)

    def _now(self) -> int:
        return self.world.node.now()

    def is_standing(self, who: str) -> bool:
        while who != NOBODY:
            node = self.nodes.get(who)
            if node is None or node.suspensions[-1][1]:
                return False
            who = node.parent
        return True

    def is_accredited(self, who: str, kind: str, code: int, at: int) -> bool:
        while who != NOBODY:
            node = self.nodes.get(who)
            if node is None or node.suspensions[0][0] > at or node.is_suspended(at):
                return False
            scope = node.scope(kind, at)
            if scope is None or scope.ends <= at:
                return False
            if not any(is_within(code, region) for region in scope.regions):
                return False
            who = node.parent
        return True

    def _depth(self, who: str) -> int:
        return 0 if who == NOBODY else 1 + self._depth(self.nodes[who].parent)

    @rule(
        by=accreditors,
        who=people,
        kind=kinds,
        regions=st.sampled_from(REGIONS),
        begins=st.sampled_from((None, None, None, 0, 1)),
        ends=st.sampled_from((None, None, None, -1, 0, 2)),
    )
    def accredit(
        self,
        by: str,
        who: str,
        kind: str,
        regions: tuple[int, ...],
        begins: int | None,
        ends: int | None,
    ) -> None:
        parent = NOBODY if by == "regulator" else by
        node = self.nodes.get(who)
        window = tuple(
            0 if end is None else self.time_of(self.tick + end) for end in (begins, ends)
        )
        is_empty = ends is not None and (ends < 0 or (begins is not None and ends <= begins))
        known = parent == NOBODY or parent in self.nodes
        refusal = first(
            (parent != NOBODY and not self.is_standing(parent), ERROR + "NotAccreditor"),
            (who == by, ERROR + "BadIssuer"),
            (known and self._depth(parent) + 1 > MAX_DEPTH, ERROR + "TooDeep"),
            (node is not None and node.parent != parent, ERROR + "OtherParent"),
            (is_empty, ERROR + "BadWindow"),
            (
                not all(self.is_accredited(parent, kind, code, self._now()) for code in regions),
                ERROR + "BeyondScope",
            ),
        )
        item = [getattr(self.world, who), [kind], list(regions), *window]
        call = self.world.accreditations.accreditBatch([item])
        if done := self.attempt(call, getattr(self.world, by), refusal):
            self._record(done, who, parent, kind, Scope(done.at, window[0], window[1], regions))

    def _record(self, done: Receipt, who: str, parent: str, kind: str, given: Scope) -> None:
        node = self.nodes.setdefault(who, Node(parent, [(done.at, False)]))
        versions = node.scopes.setdefault(kind, [])
        self.epoch += bool(versions)
        begins = max(given.begins, done.at)
        versions.append(Scope(done.at, begins, given.ends or NEVER, given.regions))
        self._check_epoch()

    @rule(by=accreditors, who=people, suspended=st.booleans())
    def suspend(self, by: str, who: str, suspended: bool) -> None:
        node = self.nodes.get(who)
        may = by == "regulator" or (node is not None and node.parent == by and self.is_standing(by))
        refusal = first(
            (node is None, ERROR + "Unknown"),
            (not may, ERROR + "NotParent"),
            (node is not None and node.suspensions[-1][1] == suspended, ERROR + "SameState"),
        )
        item = [getattr(self.world, who), suspended, ZERO]
        call = self.world.accreditations.setSuspendedBatch([item])
        if done := self.attempt(call, getattr(self.world, by), refusal):
            assert node is not None
            node.suspensions.append((done.at, suspended))
            self.epoch += suspended
            self._check_epoch()

    def _check_epoch(self) -> None:
        """Whatever narrows the tree voids every permit at once, and nothing else does."""
        assert self.world.credentials.epoch().read() == self.epoch

    @rule(by=people, kind=kinds, code=codes)
    def anchor(self, by: str, kind: str, code: int) -> None:
        """Also with a permit kept from before: it never outlives the accreditation."""
        self.roots += 1
        is_accredited = self.is_accredited(by, kind, code, self._now())
        refusal = None if is_accredited else "CredentialRegistry_NotAccredited"
        call = self.world.credentials.anchor([digest(f"root {self.roots}"), kind, code])
        self.attempt(call, getattr(self.world, by), refusal)
        self._check_epoch()

    @rule(who=people, kind=kinds, code=codes, back=st.integers(0, 4))
    def ask(self, who: str, kind: str, code: int, back: int) -> None:
        now = self._now()
        at = now - back * 7_919
        question = (getattr(self.world, who), kind, code, at)
        answer = self.world.accreditations.isAccredited(*question).read()
        assert answer is self.is_accredited(who, kind, code, at)
        until = self.world.accreditations.accreditedUntil(*question[:3]).read()
        assert (until > now) is self.is_accredited(who, kind, code, now)
        standing = self.world.accreditations.isStanding(question[0]).read()
        assert standing is self.is_standing(who)
        if at < now:
            self.answers.append((question, answer))

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """What was answered about a past time is answered so for ever."""
        if self.answers:
            question, answer = data.draw(st.sampled_from(self.answers))
            assert self.world.accreditations.isAccredited(*question).read() is answer
