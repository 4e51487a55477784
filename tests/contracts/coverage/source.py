"""What there is to cover in the sources, and where the compiler put it in the bytecode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chain.compile import load_artifact

from ..compiler import OUTPUT, compile_sources, our_sources

STATEMENTS = {
    "EmitStatement",
    "ExpressionStatement",
    "Return",
    "RevertStatement",
    "VariableDeclarationStatement",
}
BRANCHES = {"Conditional", "DoWhileStatement", "ForStatement", "IfStatement", "WhileStatement"}
PUSH1, PUSH32, JUMPI = 0x60, 0x7F, 0x57
MAPS = ("evm.bytecode.sourceMap", "evm.deployedBytecode.sourceMap")


@dataclass(frozen=True)
class Place:
    """A range of characters of one source."""

    file: int
    start: int
    end: int

    def holds(self, other: Place) -> bool:
        return self.file == other.file and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Node:
    """A statement, or something that branches."""

    kind: str
    place: Place
    path: str
    line: int
    text: str
    neighbours: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Code:
    """The instructions of one bytecode: program counter, opcode, place in the sources."""

    name: str
    is_creation: bool
    instructions: tuple[tuple[int, int, Place], ...]


class Sources:
    """Our sources compiled as the committed artifacts were, with maps and syntax trees."""

    def __init__(self) -> None:
        self._texts = our_sources()
        wanted = {"": ["ast"], "*": [*OUTPUT, *MAPS]}
        output = compile_sources(self._texts, {"*": wanted})
        self._trees = {path: output["sources"][path] for path in self._texts}
        self.codes = tuple(self._codes(output["contracts"]))

    def _codes(self, contracts: Any) -> Iterator[Code]:
        for path in self._texts:
            name = path.removesuffix(".sol")
            if "/" in path:
                continue
            compiled = contracts[path][name]["evm"]
            committed = load_artifact(name)
            for kind, code in (("bytecode", committed.bytecode), ("deployedBytecode", None)):
                found = bytes.fromhex(compiled[kind]["object"])
                if code is not None:
                    assert found == code, f"{name}: not the committed bytecode"
                yield Code(
                    name,
                    kind == "bytecode",
                    tuple(_instructions(found, compiled[kind]["sourceMap"])),
                )

    def nodes(self) -> Iterator[Node]:
        """Yield every statement and branch in our function bodies."""
        for path, tree in self._trees.items():
            blocks = _blocks(tree["ast"])
            for node in _inside_functions(tree["ast"]):
                kind = node["nodeType"]
                if kind == "VariableDeclarationStatement" and not node.get("initialValue"):
                    continue  # declares and does nothing
                if kind == "BinaryOperation" and node["operator"] in ("&&", "||"):
                    kind = node["operator"]
                elif kind not in STATEMENTS | BRANCHES:
                    continue
                yield self._node(path, kind, node, blocks.get(node["id"], ()))

    def _node(self, path: str, kind: str, node: Any, neighbours: tuple[Place, ...]) -> Node:
        place = _place(node)
        raw = self._texts[path].encode()
        text = raw[place.start : place.end].decode()
        return Node(
            kind,
            place,
            path,
            raw[: place.start].count(b"\n") + 1,
            " ".join(text.split())[:90],
            neighbours,
        )


def _place(node: Any) -> Place:
    start, length, file = map(int, node["src"].split(":"))
    return Place(file, start, start + length)


def _blocks(tree: Any) -> dict[int, tuple[Place, ...]]:
    """Return for each statement the places of the others in its block, the nearest first."""
    found: dict[int, tuple[Place, ...]] = {}
    for node in _inside_functions(tree):
        if node["nodeType"] != "Block":
            continue
        statements = node["statements"]
        for number, statement in enumerate(statements):
            others = [*statements[number + 1 :], *reversed(statements[:number])]
            found[statement["id"]] = tuple(map(_place, others))
    return found


def _inside_functions(node: Any, is_inside: bool = False) -> Iterator[Any]:
    if isinstance(node, list):
        for part in node:
            yield from _inside_functions(part, is_inside)
    elif isinstance(node, dict):
        if is_inside and "nodeType" in node:
            yield node
        inside = is_inside or node.get("nodeType") == "FunctionDefinition"
        for name, part in node.items():
            if isinstance(part, (list, dict)):
                yield from _inside_functions(part, is_inside or (inside and name == "body"))


def _instructions(code: bytes, source_map: str) -> Iterator[tuple[int, int, Place]]:
    """Yield the instructions of a bytecode with their places (Solidity, Source Mappings)."""
    fields = ["0", "0", "-1", "-", "0"]
    pc = 0
    for entry in source_map.split(";"):
        for position, value in enumerate(entry.split(":")):
            if value:
                fields[position] = value
        start, length, file = int(fields[0]), int(fields[1]), int(fields[2])
        yield pc, code[pc], Place(file, start, start + length)
        is_push = PUSH1 <= code[pc] <= PUSH32
        pc += 1 + (code[pc] - PUSH1 + 1 if is_push else 0)


def by_place(codes: tuple[Code, ...], opcode: int) -> dict[Place, list[tuple[str, bool, int]]]:
    """Return where an opcode stands for each place of the sources."""
    found: dict[Place, list[tuple[str, bool, int]]] = defaultdict(list)
    for code in codes:
        for pc, op, place in code.instructions:
            if op == opcode:
                found[place].append((code.name, code.is_creation, pc))
    return found
