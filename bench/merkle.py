"""How near a Merkle tree of a million leaves comes to the bare hash calls it cannot do without."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable

from sha3 import keccak_256

from bench.row import Row
from identity.model import merkle

LEAVES = 1_000_000
ROUNDS = 5
PROOFS = 20_000


def rows() -> list[Row]:
    """Measure the tree beside as many bare digests of 64 bytes, in turns, and then proofs."""
    leaves = [keccak_256(number.to_bytes(32, "big")).digest() for number in range(LEAVES)]
    bare, built = [], []
    for _ in range(ROUNDS):
        bare.append(_timed(_bare_hashes))
        built.append(_timed(lambda: merkle.levels(leaves)))
    ratios = [mine / limit for mine, limit in zip(built, bare, strict=True)]
    tree = merkle.levels(leaves)
    proof_us = _proof_us(tree)
    return [
        Row(
            "merkle.million_leaves_s",
            statistics.median(built),
            "s",
            ratio=statistics.median(ratios),
            to="the bare keccak-256 calls",
            ci_low=min(built),
            ci_high=max(built),
            n=ROUNDS,
        ),
        Row("merkle.proof_us", proof_us, "us", n=PROOFS),
    ]


def _timed(call: Callable[[], object]) -> float:
    """Return the processor time of a call, in seconds: one core, whoever else uses the machine."""
    started = time.process_time()
    call()
    return time.process_time() - started


def _bare_hashes() -> None:
    pair, hashed = os.urandom(64), keccak_256
    for _ in range(LEAVES - 1):
        hashed(pair).digest()


def _proof_us(tree: list[bytes]) -> float:
    chosen = [random.randrange(LEAVES) for _ in range(PROOFS)]
    took = _timed(lambda: [merkle.proof(tree, index) for index in chosen])
    return took / PROOFS * 1e6
