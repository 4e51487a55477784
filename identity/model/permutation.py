"""Status indices in an order that nobody can foresee and that repeats none, from a counter alone.

An issuer's n-th credential gets index `shard << 20 | place`: the shard is n >> 20, the place a
keyed permutation of the 2^20 places. So an index is unique because n is, tells nothing of when the
credential was issued, and no list of used indices is kept or searched.

The permutation is a balanced Feistel network of eight rounds over two halves of ten bits, its round
functions tables drawn from SHAKE-256 of a secret seed (Luby and Rackoff 1988; four rounds suffice
against whoever asks for both directions, and nobody here can ask at all).
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property

from identity.model.status_list import SHARD_BITS

_HALF_BITS = SHARD_BITS // 2
_HALF = 1 << _HALF_BITS
_ROUNDS = 8


@dataclass(frozen=True)
class ShardPermutation:
    """A permutation of the places of one shard, chosen by a secret seed."""

    seed: bytes

    @cached_property
    def _tables(self) -> list[list[int]]:
        drawn = hashlib.shake_256(self.seed).digest(2 * _HALF * _ROUNDS)
        values = [value % _HALF for value in struct.unpack(f">{_HALF * _ROUNDS}H", drawn)]
        return [values[start : start + _HALF] for start in range(0, len(values), _HALF)]

    def place(self, number: int) -> int:
        """Return the place of the shard's `number`-th credential, both from 0 to 2^20 - 1."""
        left, right = number >> _HALF_BITS, number & (_HALF - 1)
        for table in self._tables:
            left, right = right, left ^ table[right]
        return left << _HALF_BITS | right
