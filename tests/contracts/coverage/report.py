"""What of the sources the traced steps covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .source import JUMPI, STATEMENTS, Node, Place, Sources, by_place
from .trace import Trace


@dataclass
class Report:
    """Lines and branches, covered and not, by source."""

    lines: dict[tuple[str, int], bool] = field(default_factory=dict)
    branches: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    missed_branches: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether every line and every branch was covered."""
        return not self.missed

    def __str__(self) -> str:
        return "\n".join(self._rows())

    def _rows(self) -> Iterator[str]:
        yield f"{'':40}{'lines':>12}{'branches':>12}"
        paths = sorted({path for path, _ in self.lines})
        for path in [*paths, "all"]:
            lines = [hit for (of, _), hit in self.lines.items() if path in (of, "all")]
            every = self.branches[path] if path != "all" else self.branches.total()
            missed = self.missed_branches[path] if path != "all" else self.missed_branches.total()
            counted = f"{sum(lines)}/{len(lines)}", f"{every - missed}/{every}"
            yield f"{path:40}{counted[0]:>12}{counted[1]:>12}"
        yield from self.missed


def report(trace: Trace) -> Report:
    """Compare what ran with what there is."""
    sources = Sources()
    there = {place for code in sources.codes for _, _, place in code.instructions}
    ran = {
        place
        for code in sources.codes
        for pc, _, place in code.instructions
        if pc in trace.ran[code.name, code.is_creation]
    }
    jumps = by_place(sources.codes, JUMPI)
    made = Report()
    for node in sources.nodes():
        if node.kind in STATEMENTS:
            _add_statement(made, node, there, ran)
        else:
            _add_branch(made, node, jumps.get(node.place, []), trace)
    return made


def _add_statement(made: Report, node: Node, there: set[Place], ran: set[Place]) -> None:
    judged = next(
        (
            place
            for place in (node.place, *node.neighbours)
            if any(place.holds(other) for other in there)
        ),
        node.place,
    )
    is_hit = any(judged.holds(place) for place in ran)
    line = (node.path, node.line)
    made.lines[line] = made.lines.get(line, True) and is_hit
    if not is_hit:
        made.missed.append(f"{node.path}:{node.line} never ran: {node.text}")


def _add_branch(made: Report, node: Node, jumps: list[tuple[str, bool, int]], trace: Trace) -> None:
    made.branches[node.path] += 2
    ways = {
        is_taken
        for name, is_creation, pc in jumps
        for at, is_taken in trace.jumped[name, is_creation]
        if at == pc
    }
    missing = 2 - len(ways)
    if missing:
        made.missed_branches[node.path] += missing
        why = "has no jump in the bytecode" if not jumps else f"went {len(ways)} of 2 ways"
        made.missed.append(f"{node.path}:{node.line} {node.kind} {why}: {node.text}")
