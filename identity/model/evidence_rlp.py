"""Recursive-length prefix encoding (Ethereum Yellow Paper, Appendix B), in its one canonical form.

An item is bytes, or a list of items. Decoding refuses every text that encoding would not give, so
that one item has one hash.
"""

from __future__ import annotations

from typing import TypeAlias

from identity.errors import MalformedEvidence

Item: TypeAlias = "bytes | list[Item]"

MAX_DEPTH = 16
_SHORT = 55  # the longest payload whose length stands in the prefix itself
_TEXT, _LIST = 0x80, 0xC0


def encode(item: Item) -> bytes:
    """Return the encoding of an item."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _TEXT:
            return item
        return _prefix(len(item), _TEXT) + item
    payload = b"".join(encode(part) for part in item)
    return _prefix(len(payload), _LIST) + payload


def encode_number(number: int) -> bytes:
    """Return a number as RLP takes it: big-endian without leading zeros, zero as no bytes."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode(data: bytes) -> Item:
    """Return the item that data encodes.

    Raises:
        MalformedEvidence: the data is cut short, goes on behind the item, is not in the canonical
            form or nests deeper than `MAX_DEPTH` lists.
    """
    item, end = _decode_at(data, 0, 0)
    if end != len(data):
        raise MalformedEvidence(f"found {len(data) - end} bytes behind an RLP item")
    return item


def _prefix(length: int, kind: int) -> bytes:
    if length <= _SHORT:
        return bytes([kind + length])
    size = encode_number(length)
    return bytes([kind + _SHORT + len(size)]) + size


def _decode_at(data: bytes, start: int, depth: int) -> tuple[Item, int]:
    if start >= len(data) or depth > MAX_DEPTH:
        raise MalformedEvidence("found RLP that is cut short or nests too deep")
    first = data[start]
    if first < _TEXT:
        return data[start : start + 1], start + 1
    kind = _LIST if first >= _LIST else _TEXT
    begin, end = _payload(data, start, first - kind)
    if kind == _TEXT:
        if end - begin == 1 and data[begin] < _TEXT:
            raise MalformedEvidence("found a single RLP byte with a prefix it does not need")
        return data[begin:end], end
    parts: list[Item] = []
    while begin < end:
        part, begin = _decode_at(data[:end], begin, depth + 1)
        parts.append(part)
    return parts, end


def _payload(data: bytes, start: int, length: int) -> tuple[int, int]:
    """Return where the payload of an item begins and ends; `length` is what its prefix says."""
    begin = start + 1
    if length > _SHORT:
        size = data[begin : begin + length - _SHORT]
        begin += length - _SHORT
        length = int.from_bytes(size, "big")
        if length <= _SHORT or size[:1] == b"\0":
            raise MalformedEvidence("found an RLP length that is not in its shortest form")
    if begin + length > len(data):
        raise MalformedEvidence("found an RLP item that is cut short")
    return begin, begin + length
