"""Which instructions of which contract ran, as the node traces them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

PLAIN = {"disableStorage": True, "disableStack": True, "enableMemory": False}
LAST_PRECOMPILE = 0xFF
JUMPI_SIZE = 1


class Requests(Protocol):
    """Sends a JSON-RPC request to a node."""

    def __call__(self, method: str, *params: Any) -> Any: ...


class Trace:
    """Steps seen, by code: a contract's name, and whether its creation or its runtime code ran."""

    def __init__(self) -> None:
        self.ran: dict[tuple[str, bool], set[int]] = defaultdict(set)
        self.jumped: dict[tuple[str, bool], set[tuple[int, bool]]] = defaultdict(set)

    def call(self, request: Requests, transaction: Any, names: Mapping[str, str]) -> None:
        """Trace a call; `names` gives a contract's name by its address in lower case."""
        steps = request("debug_traceCall", transaction, "latest", PLAIN)["structLogs"]
        tree = request("debug_traceCall", transaction, "latest", {"tracer": "callTracer"})
        self._add(steps, [names.get(address) for address in _callees(tree)], False)

    def creation(self, request: Requests, transaction: Any, name: str) -> None:
        """Trace the transaction that deployed a contract."""
        steps = request("debug_traceCall", transaction, "latest", PLAIN)["structLogs"]
        own = [step for step in steps if step["depth"] == 1]
        self._add(own, [name], True)

    def _add(self, steps: list[Any], callees: list[str | None], is_creation: bool) -> None:
        following = iter(callees)
        running: list[str | None] = []
        for number, step in enumerate(steps):
            depth = step["depth"]
            if depth > len(running):
                running.append(next(following))
            del running[depth:]
            name = running[-1]
            if name is None:
                continue
            code, pc = (name, is_creation), step["pc"]
            self.ran[code].add(pc)
            if step["op"] == "JUMPI" and number + 1 < len(steps):
                self.jumped[code].add((pc, steps[number + 1]["pc"] != pc + JUMPI_SIZE))


def _callees(call: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses whose code ran, in order of entry."""
    if int(call["to"], 16) > LAST_PRECOMPILE:
        yield call["to"].lower()
    for inner in call.get("calls", ()):
        yield from _callees(inner)
