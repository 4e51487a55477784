"""A compiled contract, as the rest of the package needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_utils.crypto import keccak

from chain.abi import Entry, Function
from chain.errors import ItemNotEncodable


@dataclass(frozen=True)
class Artifact:
    """ABI and code of one contract.

    Attributes:
        bytecode: creation code.
        runtime_code: code after deployment, with zeros where immutable values go.
        immutable_ranges: (start, length) in bytes of those places.
    """

    name: str
    abi: tuple[Entry, ...]
    bytecode: bytes
    runtime_code: bytes
    immutable_ranges: tuple[tuple[int, int], ...] = ()

    @cached_property
    def _functions(self) -> dict[str, Function]:
        return {e["name"]: Function(e) for e in self.abi if e.get("type") == "function"}

    @property
    def constructor_inputs(self) -> Sequence[Entry]:
        """The constructor's parameters; none when it has no constructor."""
        for entry in self.abi:
            if entry.get("type") == "constructor":
                return tuple(entry["inputs"])
        return ()

    def function(self, name: str) -> Function:
        """Return a function by name.

        Raises:
            ItemNotEncodable: the contract has no such function.
        """
        try:
            return self._functions[name]
        except KeyError:
            raise ItemNotEncodable(f"{self.name} has no function {name}") from None

    def code_hash(self, code: bytes) -> str:
        """Return the keccak-256 of deployed code with its immutable values blanked, as 0x-hex.

        Two deployments of the same source with other constructor arguments hash the same.
        """
        blanked = bytearray(code)
        for start, length in self.immutable_ranges:
            blanked[start : start + length] = bytes(len(blanked[start : start + length]))
        return "0x" + bytes(keccak(bytes(blanked))).hex()

    @cached_property
    def runtime_hash(self) -> str:
        """The ``code_hash`` that a deployment of this artifact must have."""
        return self.code_hash(self.runtime_code)


ArtifactSource = Callable[[str], Artifact]


def artifact_from_json(name: str, compiled: Mapping[str, Any]) -> Artifact:
    """Return the artifact in a compiler's output for one contract (standard JSON, or flattened).

    Takes ``{abi, evm: {bytecode, deployedBytecode}}`` and ``{abi, bytecode, deployedBytecode}``,
    where code is 0x-hex, plain hex, or an object with ``object`` and ``immutableReferences``.
    """
    code = compiled.get("evm", compiled)
    runtime = code.get("deployedBytecode", "")
    references = compiled.get("immutableReferences") or {}
    if isinstance(runtime, Mapping):
        references = runtime.get("immutableReferences") or references
    places = [place for group in references.values() for place in group]
    return Artifact(
        name=name,
        abi=tuple(compiled["abi"]),
        bytecode=_code(code["bytecode"]),
        runtime_code=_code(runtime),
        immutable_ranges=tuple(sorted((place["start"], place["length"]) for place in places)),
    )


def _code(value: Any) -> bytes:
    text = value["object"] if isinstance(value, Mapping) else value
    return bytes.fromhex(str(text).removeprefix("0x"))
