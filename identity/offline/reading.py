"""Read the parts of an untrusted JSON document; say whether a part is absent or of another form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from identity.errors import MalformedEvidence

_HEX = re.compile(r"0x(?:[0-9a-f]{2})*")
INTEGER_MAX = (1 << 53) - 1  # the largest that every JSON reader keeps exactly (RFC 8785 §3.2.2.3)


class Absent(Exception):
    """A part of the document is not there; this is no contradiction."""


def part(document: object, name: str) -> Any:
    """Return a member.

    Raises:
        Absent: there is no such member, or it is null.
        MalformedEvidence: the document is no object.
    """
    if not isinstance(document, Mapping):
        raise MalformedEvidence(f"expected an object with {name!r}")
    if document.get(name) is None:
        raise Absent(name)
    return document[name]


def octets(document: object, name: str, size: int | None = None) -> bytes:
    """Return a member that is lower-case 0x-hex; raises as `part`."""
    return to_octets(part(document, name), name, size)


def to_octets(value: object, name: str, size: int | None = None) -> bytes:
    """Return the bytes of lower-case 0x-hex; raises MalformedEvidence."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise MalformedEvidence(f"expected {name!r} to be lower-case 0x-hex")
    data = bytes.fromhex(value[2:])
    if size is not None and len(data) != size:
        raise MalformedEvidence(f"found {len(data)} bytes in {name!r}, expected {size}")
    return data


def integer(document: object, name: str) -> int:
    """Return a member that is a whole number from 0 to 2^53 - 1; raises as `part`."""
    value = part(document, name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= INTEGER_MAX:
        raise MalformedEvidence(f"expected {name!r} to be a whole number")
    return value


def text(document: object, name: str) -> str:
    """Return a member that is a text; raises as `part`."""
    value = part(document, name)
    if not isinstance(value, str):
        raise MalformedEvidence(f"expected {name!r} to be a text")
    return value


def items(document: object, name: str) -> list[Any]:
    """Return a member that is a list; raises as `part`."""
    value = part(document, name)
    if not isinstance(value, list):
        raise MalformedEvidence(f"expected {name!r} to be a list")
    return value
