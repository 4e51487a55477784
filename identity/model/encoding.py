"""base64url and JSON as the credential formats need them: strict, bounded and quick.

Rules:
 - base64url has no padding, no foreign character and no stray bits, so that one value has one text;
 - a JSON text nests at most `MAX_DEPTH` deep and holds at most `MAX_CONTAINERS` objects and arrays,
   which is known before it is parsed;
 - no object repeats a member, because parsers disagree on which one counts (RFC 8259 §4).
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import Any

import orjson

from identity.errors import MalformedToken

MAX_DEPTH = 32
MAX_CONTAINERS = 10_000  # objects and arrays in one text: more cost more to build than to refuse

_TO_URL = bytes.maketrans(b"+/", b"-_")
# `+`, `/` and `=` are no base64url characters: they become one that the decoder refuses.
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# By length modulo four and last character: the zero bits that fill up the last group of four. A
# last character that is not there has stray bits of its own.
_FILL: tuple[dict[str, str], ...] = (
    dict.fromkeys(_ALPHABET, ""),
    {},
    dict.fromkeys(_ALPHABET[::16], "AA"),
    dict.fromkeys(_ALPHABET[::4], "A"),
)
_FILL_BYTES = (b"", b"\0\0", b"\0")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACES_AS_BRACKETS = bytes.maketrans(b"{}", b"[]")
_TOO_MANY_OPEN = b"[" * (MAX_DEPTH + 1)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def b64u(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def b64u_each(items: Sequence[bytes]) -> list[str]:
    """Return the base64url text of each item, all encoded in one call.

    Zero bytes fill each item up to a multiple of three; the characters they become are cut off.
    """
    text = b64u(b"".join([item + _FILL_BYTES[len(item) % 3] for item in items]))
    texts, start = [], 0
    for item in items:
        size = len(item)
        texts.append(text[start : start + (size * 4 + 2) // 3])
        start += (size + 2) // 3 * 4
    return texts


def b64u_digests(digests: Sequence[bytes]) -> list[str]:
    """Return the base64url text of each 32-byte digest; quicker than `b64u_each`."""
    text = b64u(b"\0".join([*digests, b""]))
    return [text[start : start + 43] for start in range(0, len(text), 44)]


def from_b64u(text: str) -> bytes:
    """Return the bytes of unpadded base64url text.

    Raises:
        MalformedToken: the text has other characters, padding or stray bits.
    """
    return from_b64u_each((text,))[0] if text else b""


def from_b64u_each(texts: Sequence[str]) -> list[bytes]:
    """Return the bytes of each base64url text, none of them empty, all decoded in one call.

    Raises:
        MalformedToken: a text is empty or has other characters, padding or stray bits.
    """
    try:
        filled = [text + _FILL[len(text) & 3][text[-1]] for text in texts]
        data = a2b_base64("".join(filled).encode("ascii").translate(_FROM_URL), strict_mode=True)
    except (LookupError, ValueError) as error:
        raise MalformedToken(
            "found text that is not base64url in its one canonical form"
        ) from error
    items, start = [], 0
    for text, whole in zip(texts, filled, strict=True):
        items.append(data[start : start + len(text) * 3 // 4])
        start += len(whole) * 3 // 4
    return items


def parse_json(data: bytes, what: str) -> Any:
    """Return the JSON value in UTF-8 data.

    Raises:
        MalformedToken: it is not JSON, is too deep or too large, or repeats a member; the
            message names what it was.
    """
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH:
        _require_bounded(data, what)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedToken(f"the {what} is not JSON") from error
    # The same text again proves that no member was dropped; other spellings need a slower look.
    if orjson.dumps(value) != data:
        _require_distinct_members(data, what)
    return value


def parse_json_object(data: bytes, what: str) -> dict[str, Any]:
    """Return the JSON object in data; raises MalformedToken as `parse_json`, or for no object."""
    value = parse_json(data, what)
    if not isinstance(value, dict):
        raise MalformedToken(f"the {what} is not a JSON object")
    return value


def _require_bounded(data: bytes, what: str) -> None:
    """Strip one level of brackets at a time, each at the speed of a byte search."""
    brackets = _STRING.sub(b"", data).translate(_BRACES_AS_BRACKETS, _NOT_BRACKETS)
    if brackets.count(b"[") > MAX_CONTAINERS:
        raise MalformedToken(f"the {what} has over {MAX_CONTAINERS} objects and arrays")
    for _ in range(MAX_DEPTH):
        if _TOO_MANY_OPEN in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise MalformedToken(f"the {what} nests deeper than {MAX_DEPTH} levels, or is not JSON")


def _require_distinct_members(data: bytes, what: str) -> None:
    def members(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) != len(pairs):
            raise MalformedToken(f"the {what} has an object that repeats a member")

    # Integers are not wanted here, and Python refuses to convert those of over 4,300 digits.
    json.loads(data, object_pairs_hook=members, parse_int=float)
