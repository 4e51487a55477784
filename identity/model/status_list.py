"""Credential statuses: where a credential's index lies, and lists of statuses to hand out.

On chain an issuer has one long row of two-bit statuses. It is handed out in shards of 2^20:

    index on chain = shard << 20 | idx

so a credential carries its `idx` and its shard's URI. Within a shard indices are given out in an
order that nobody can foresee, so an index says nothing about when a credential was issued.

Two encodings of a shard, and the bit orders that are so often confused:

- Token Status List (draft-ietf-oauth-status-list §4): statuses packed from the *least*
  significant bit of each byte, DEFLATE in ZLIB format, base64url. It is the chain's own order.
- Bitstring Status List 1.0: one bit a credential for one purpose, index 0 is the *most*
  significant bit of the first byte, GZIP, multibase base64url (`u`), 131,072 entries or more.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from identity.errors import MalformedToken, StatusIndexOutOfRange
from identity.model.credential import STATUSES_A_WORD
from identity.model.jose import b64u, from_b64u

SHARD_BITS = 20
SHARD_SIZE = 1 << SHARD_BITS
STATUS_BITS = 2
LIST_BYTES = SHARD_SIZE * STATUS_BITS // 8
BITSTRING_ENTRIES_MIN = 131_072
# What we inflate at most: eight shards of one-byte statuses. A bomb is refused, not unpacked.
INFLATED_BYTES_MAX = 8 * SHARD_SIZE
_WORD_BYTES = 32
_WORDS_A_SHARD = SHARD_SIZE // STATUSES_A_WORD
_SHARD = re.compile(r"0|[1-9][0-9]{0,11}")  # one way to write each number
_ZLIB, _GZIP = zlib.MAX_WBITS, zlib.MAX_WBITS | 16


class Status(IntEnum):
    """A credential's status, with its value on chain and in lists (Token Status List §7.1)."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2

    @property
    def word(self) -> str:
        """The status in a word, as the API writes it."""
        return self.name.lower()


PURPOSES = {"revocation": Status.REVOKED, "suspension": Status.SUSPENDED}


@dataclass(frozen=True)
class StatusPlace:
    """Where a credential's status is: which shard, and which entry of it."""

    shard: int
    idx: int

    @property
    def chain_index(self) -> int:
        """The status index on chain."""
        return self.shard << SHARD_BITS | self.idx


def place_of(chain_index: int) -> StatusPlace:
    """Return the place of a status index on chain."""
    return StatusPlace(chain_index >> SHARD_BITS, chain_index & (SHARD_SIZE - 1))


def shard_uri(issuer_url: str, shard: int) -> str:
    """Return the URI of a shard's Token Status List, as its credentials carry it."""
    return f"{issuer_url}/status-lists/{shard}"


def bitstring_uri(issuer_url: str, shard: int, purpose: str) -> str:
    """Return the URI of a shard's Bitstring Status List for one purpose."""
    return f"{issuer_url}/bitstring-status-lists/{shard}/{purpose}"


def status_claim(issuer_url: str, chain_index: int) -> dict[str, Any]:
    """Return the `status` claim of a credential (Token Status List §6.1)."""
    place = place_of(chain_index)
    return {"status_list": {"idx": place.idx, "uri": shard_uri(issuer_url, place.shard)}}


def claimed_place(claim: object, issuer_url: str) -> StatusPlace:
    """Return the place that a credential's `status` claim names in its issuer's lists.

    Raises:
        MalformedToken: the claim has another form, or names a list of somebody else.
        StatusIndexOutOfRange: the index is not in a shard.
    """
    entry = claim.get("status_list") if isinstance(claim, dict) else None
    idx, uri = (entry.get("idx"), entry.get("uri")) if isinstance(entry, dict) else (None, None)
    if not isinstance(idx, int) or isinstance(idx, bool) or not isinstance(uri, str):
        raise MalformedToken("found no status_list with idx and uri in the status claim")
    shard = uri.removeprefix(shard_uri(issuer_url, 0).removesuffix("0"))
    if _SHARD.fullmatch(shard) is None:
        raise MalformedToken(f"found a status list that is not of the issuer {issuer_url}")
    if not 0 <= idx < SHARD_SIZE:
        raise StatusIndexOutOfRange(f"found index {idx}, expected 0 to {SHARD_SIZE - 1}")
    return StatusPlace(int(shard), idx)


def words_of(shard: int) -> range:
    """Return the indices of a shard's words on chain."""
    return range(shard * _WORDS_A_SHARD, (shard + 1) * _WORDS_A_SHARD)


def shard_bytes(shard: int, words: Mapping[int, int]) -> bytes:
    """Return a shard's statuses, two bits each, least significant first.

    Args:
        words: word index on chain → word (128 statuses); a word that is absent is all valid.
    """
    data = bytearray(LIST_BYTES)
    first = words_of(shard).start
    for index, word in words.items():
        start = (index - first) * _WORD_BYTES
        data[start : start + _WORD_BYTES] = word.to_bytes(_WORD_BYTES, "little")
    return bytes(data)


def purpose_bits(statuses: bytes, purpose: str) -> bytes:
    """Return one bit for each two-bit status, set where it is the purpose's, index 0 leftmost."""
    pairs = np.unpackbits(np.frombuffer(statuses, np.uint8), bitorder="little").reshape(-1, 2)
    wanted = PURPOSES[purpose]
    is_set = (pairs[:, 0] == (wanted & 1)) & (pairs[:, 1] == wanted >> 1)
    return np.packbits(is_set, bitorder="big").tobytes()


def encode_lst(statuses: bytes) -> str:
    """Return the `lst` of a Token Status List (§4.2)."""
    return b64u(_deflate(statuses, _ZLIB))


def encode_bitstring(bits: bytes) -> str:
    """Return the `encodedList` of a Bitstring Status List (§3.4); the same bits, the same text."""
    return "u" + b64u(_deflate(bits, _GZIP))


def _deflate(data: bytes, window: int) -> bytes:
    """Compress run lengths only: lists are long runs of valid, and a full search for other
    matches in a million entries takes a hundred times as long to save a tenth."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, window, strategy=zlib.Z_RLE)
    return deflater.compress(data) + deflater.flush()


@dataclass(frozen=True)
class StatusList:
    """An unpacked list of statuses of `bits` bits each.

    `is_msb_first`: index 0 is the leftmost bit of the first byte (Bitstring Status List), and a
    status of more bits is read from left to right; otherwise it is the rightmost.
    """

    data: bytes
    bits: int
    is_msb_first: bool

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def status(self, idx: int) -> int:
        """Return the status at an index.

        Raises:
            StatusIndexOutOfRange: the list is shorter, or the index negative.
        """
        if not 0 <= idx < len(self):
            raise StatusIndexOutOfRange(f"found index {idx}, expected 0 to {len(self) - 1}")
        start = idx * self.bits
        if not self.is_msb_first:
            return self.data[start // 8] >> start % 8 & (1 << self.bits) - 1
        value = 0
        for bit in range(start, start + self.bits):
            value = value << 1 | self.data[bit // 8] >> 7 - bit % 8 & 1
        return value


def decode_lst(lst: str, bits: int) -> StatusList:
    """Return the statuses in the `lst` of a Token Status List (§4.2).

    Raises:
        MalformedToken: `bits` is not 1, 2, 4 or 8, or the text is not base64url of ZLIB data.
    """
    if isinstance(bits, bool) or bits not in (1, 2, 4, 8):
        raise MalformedToken(f"found bits {bits!r}, expected 1, 2, 4 or 8")
    return StatusList(_inflate(from_b64u(lst), _ZLIB), bits, is_msb_first=False)


def decode_bitstring(encoded: str, status_size: int = 1) -> StatusList:
    """Return the statuses in the `encodedList` of a Bitstring Status List (§3.3).

    Raises:
        MalformedToken: the text is not multibase base64url of GZIP data, or it has fewer entries
            than the 131,072 that keep a holder hidden among others.
    """
    if not encoded.startswith("u"):
        raise MalformedToken("found a list without the multibase prefix 'u' (base64url)")
    if isinstance(status_size, bool) or not 1 <= status_size <= 8:
        raise MalformedToken(f"found statusSize {status_size!r}, expected 1 to 8")
    data = _inflate(from_b64u(encoded[1:]), _GZIP)
    found = StatusList(data, status_size, is_msb_first=True)
    if len(data) * 8 < BITSTRING_ENTRIES_MIN:
        raise MalformedToken(f"found {len(data) * 8} bits, expected {BITSTRING_ENTRIES_MIN}")
    return found


def _inflate(data: bytes, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    try:
        inflated = inflater.decompress(data, INFLATED_BYTES_MAX)
    except zlib.error as error:
        raise MalformedToken("the status list is not compressed as its format says") from error
    if not inflater.eof:
        raise MalformedToken(
            f"the status list is cut short, or inflates beyond {INFLATED_BYTES_MAX} bytes"
        )
    if inflater.unused_data:
        raise MalformedToken("found data after the end of the status list")
    return inflated
