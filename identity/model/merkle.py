"""Merkle trees of credentials, in the form the CredentialRegistry contract checks.

A leaf is keccak256(keccak256(abi.encode(digest, type, status index, asset fingerprint))): hashed
twice, so that no inner node (64 bytes, hashed once) can pass for a leaf. Inner nodes hash their
children in sorted order, as OpenZeppelin's MerkleProof does.

A level is one bytes object, its nodes of 32 bytes side by side: a tree of a million leaves is 64 MB
and is stored and read as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sha3 import keccak_256

NODE_BYTES = 32
NO_ASSET = bytes(NODE_BYTES)
_PAIR_BYTES = 2 * NODE_BYTES
_BLOCK_BYTES = 2_048 * _PAIR_BYTES  # stays in a processor's cache from sorting to hashing


def keccak(data: bytes) -> bytes:
    """Return keccak-256 of data."""
    return bytes(keccak_256(data).digest())


def leaf(
    credential_digest: bytes, credential_type: bytes, status_index: int, asset: bytes = NO_ASSET
) -> bytes:
    """Return the 32-byte leaf that binds a credential, its type, status index and asset."""
    packed = credential_digest + credential_type + status_index.to_bytes(32, "big") + asset
    return keccak(keccak(packed))


def levels(leaves: Iterable[bytes]) -> list[bytes]:
    """Return all levels, leaves first and the root alone last; an odd node moves up unhashed.

    Args:
        leaves: of 32 bytes each, or several side by side in one bytes object.

    Raises:
        ValueError: there are no leaves, or they are not of 32 bytes.
    """
    tree = [b"".join(leaves)]
    if not tree[0] or len(tree[0]) % NODE_BYTES:
        raise ValueError(f"a Merkle tree needs leaves, of {NODE_BYTES} bytes each")
    while len(tree[-1]) > NODE_BYTES:
        tree.append(_level_above(tree[-1]))
    return tree


def _level_above(below: bytes) -> bytes:
    paired = len(below) - len(below) % _PAIR_BYTES
    nodes = memoryview(below)[:paired]
    blocks = (nodes[start : start + _BLOCK_BYTES] for start in range(0, paired, _BLOCK_BYTES))
    return b"".join(map(_parents, blocks)) + below[paired:]


def _parents(nodes: memoryview) -> bytes:
    hashed = keccak_256  # a local name: a million look-ups of a global one cost a few per cent
    pairs = np.frombuffer(_sorted_pairs(nodes), f"V{_PAIR_BYTES}").tolist()
    return b"".join([hashed(pair).digest() for pair in pairs])


def _sorted_pairs(nodes: memoryview) -> bytes:
    """Return an even number of nodes with the smaller of each pair first."""
    # As S32 nodes compare like bytes: NumPy ignores NULs at the end, and shorter is smaller.
    pairs = np.frombuffer(nodes, f"S{NODE_BYTES}").reshape(-1, 2)
    is_swapped = pairs[:, 0] > pairs[:, 1]
    octets = np.frombuffer(nodes, np.uint8).reshape(-1, 2, NODE_BYTES)
    return np.where(is_swapped[:, None, None], octets[:, ::-1], octets).tobytes()


def proof(tree: Sequence[bytes], index: int) -> list[bytes]:
    """Return the siblings from leaf `index` up to the root."""
    siblings = []
    for level in tree[:-1]:
        start = (index ^ 1) * NODE_BYTES
        if start < len(level):
            siblings.append(level[start : start + NODE_BYTES])
        index >>= 1
    return siblings


def sibling_places(leaf_count: int, index: int) -> list[tuple[int, int]]:
    """Return (level, node) of each sibling on the way from leaf `index` to the root.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < leaf_count:
        raise ValueError(f"found leaf {index}, expected 0 to {leaf_count - 1}")
    places, level, width = [], 0, leaf_count
    while width > 1:
        if index ^ 1 < width:
            places.append((level, index ^ 1))
        level, width, index = level + 1, (width + 1) // 2, index >> 1
    return places


def root_of_proof(start: bytes, siblings: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its proof lead to."""
    node = start
    for sibling in siblings:
        node = keccak(node + sibling if node < sibling else sibling + node)
    return node
