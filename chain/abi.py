"""Between JSON values and ABI values (Solidity ABI specification).

In JSON, bytes are 0x-hex text, addresses are checksummed hex text, integers are integers (or
decimal text), structs and arrays are lists in the order of the ABI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import EncodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain.errors import ItemNotEncodable

Entry = Mapping[str, Any]


def type_of(parameter: Entry) -> str:
    """Return a parameter's canonical type, structs written out as ``(type,…)``."""
    written = str(parameter["type"])
    if not written.startswith("tuple"):
        return written
    inner = ",".join(type_of(part) for part in parameter["components"])
    return f"({inner}){written[len('tuple') :]}"


def signature_of(entry: Entry) -> str:
    """Return ``name(type,…)`` of a function, error or event."""
    return f"{entry['name']}({','.join(type_of(part) for part in entry['inputs'])})"


def selector_of(entry: Entry) -> bytes:
    """Return the four bytes that name a function or an error."""
    return bytes(keccak(text=signature_of(entry))[:4])


def to_json(value: Any) -> Any:
    """Return a value of ABI kinds as JSON: bytes become 0x-hex, tuples lists, mappings objects."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "0x" + bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(part) for part in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise ItemNotEncodable(f"{type(value).__name__} has no place in a chain item")


def from_json(value: Any, parameter: Entry) -> Any:
    """Return a JSON value as the Python value that the ABI encoder takes for the parameter.

    Raises:
        ItemNotEncodable: the value does not fit the parameter; says where.
    """
    kind, name = str(parameter["type"]), str(parameter.get("name") or "value")
    try:
        if kind.endswith("]"):
            element = {**parameter, "type": kind[: kind.rindex("[")]}
            return [from_json(part, element) for part in _listed(value)]
        if kind == "tuple":
            parts = _listed(value)
            return tuple(
                from_json(part, component)
                for part, component in zip(parts, parameter["components"], strict=True)
            )
        return _atom(value, kind)
    except ItemNotEncodable:
        raise
    except (ValueError, TypeError) as error:
        raise ItemNotEncodable(f"{name} must be {type_of(parameter)}: {error}") from error


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"a list was expected, found {type(value).__name__}")
    return value


def _atom(value: Any, kind: str) -> Any:
    if kind.startswith("bytes"):
        return value if isinstance(value, bytes) else _unhex(value)
    if kind.startswith(("uint", "int")):
        if isinstance(value, bool):
            raise ValueError("an integer was expected, found a boolean")
        return int(value, 0) if isinstance(value, str) else value
    if kind == "address":
        return to_checksum_address(value)
    return value


def _unhex(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError("0x-hex text was expected")
    return bytes.fromhex(value[2:])


def as_json(value: Any, parameter: Entry) -> Any:
    """Return a decoded value of a parameter as JSON, its addresses checksummed."""
    kind = str(parameter["type"])
    if kind.endswith("]"):
        element = {**parameter, "type": kind[: kind.rindex("[")]}
        return [as_json(part, element) for part in value]
    if kind == "tuple":
        return [
            as_json(part, component)
            for part, component in zip(value, parameter["components"], strict=True)
        ]
    return to_checksum_address(value) if kind == "address" else to_json(value)


@dataclass(frozen=True)
class Function:
    """A contract function: its selector, and its call data for arguments."""

    entry: Entry

    @cached_property
    def selector(self) -> bytes:
        """The function's four bytes."""
        return selector_of(self.entry)

    @property
    def inputs(self) -> Sequence[Entry]:
        """The parameters, as the ABI describes them."""
        return tuple(self.entry["inputs"])

    def call_data(self, args: Sequence[Any]) -> str:
        """Return the call data, as 0x-hex, for arguments given as JSON values.

        Raises:
            ItemNotEncodable: the arguments do not fit.
        """
        return "0x" + (self.selector + encode_arguments(self.inputs, args)).hex()

    def batch_call_data(self, items: Sequence[Sequence[Any]]) -> str:
        """Return the call data for a function that takes one array: an item per element.

        For any other function, one item is its arguments.

        Raises:
            ItemNotEncodable: the function takes no array of items, or an item does not fit.
        """
        if len(self.inputs) != 1 or not str(self.inputs[0]["type"]).endswith("[]"):
            if len(items) == 1:
                return self.call_data(items[0])
            found = signature_of(self.entry)
            raise ItemNotEncodable(f"a batch function takes one array; {found} does not")
        structs = self.inputs[0]["type"] == "tuple[]"
        return self.call_data([[item if structs else _only(item) for item in items]])


def _only(item: Sequence[Any]) -> Any:
    if len(item) != 1:
        raise ItemNotEncodable(f"the array holds single values; the item has {len(item)}")
    return item[0]


def encode_arguments(inputs: Sequence[Entry], args: Sequence[Any]) -> bytes:
    """Return ABI-encoded arguments given as JSON values.

    Raises:
        ItemNotEncodable: their number, a type or a range does not fit.
    """
    if len(inputs) != len(args):
        raise ItemNotEncodable(f"{len(inputs)} arguments were expected, found {len(args)}")
    values = [from_json(value, part) for value, part in zip(args, inputs, strict=True)]
    try:
        return bytes(encode([type_of(part) for part in inputs], values))
    except (EncodingError, ValueError, TypeError) as error:
        raise ItemNotEncodable(f"the arguments do not fit: {error}") from error


def decode_arguments(inputs: Sequence[Entry], data: bytes) -> tuple[Any, ...]:
    """Return ABI-encoded arguments as JSON values."""
    values = decode([type_of(part) for part in inputs], data)
    return tuple(as_json(value, part) for value, part in zip(values, inputs, strict=True))
