"""Merkle trees of credentials, in the form the CredentialRegistry contract checks.

A leaf is keccak256(keccak256(abi.encode(digest, type, status index, asset fingerprint))): hashed
twice, so that no inner node (64 bytes, hashed once) can pass for a leaf. Inner nodes hash their
children in sorted order, as OpenZeppelin's MerkleProof does.
"""

from __future__ import annotations

from collections.abc import Sequence

from sha3 import keccak_256

NO_ASSET = bytes(32)


def keccak(data: bytes) -> bytes:
    """Return keccak-256 of data."""
    return bytes(keccak_256(data).digest())


def leaf(
    credential_digest: bytes, credential_type: bytes, status_index: int, asset: bytes = NO_ASSET
) -> bytes:
    """Return the 32-byte leaf that binds a credential, its type, status index and asset."""
    packed = credential_digest + credential_type + status_index.to_bytes(32, "big") + asset
    return keccak(keccak(packed))


def _parent(left: bytes, right: bytes) -> bytes:
    return keccak(left + right if left < right else right + left)


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return all levels, leaves first and the root alone last; an odd node moves up unhashed.

    Raises:
        ValueError: there are no leaves.
    """
    if not leaves:
        raise ValueError("a Merkle tree needs at least one leaf")
    tree = [list(leaves)]
    while len(tree[-1]) > 1:
        below = tree[-1]
        above = [_parent(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        tree.append(above + below[-1:] if len(below) % 2 else above)
    return tree


def proof(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """Return the siblings from leaf `index` up to the root."""
    siblings = []
    for level in tree[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            siblings.append(level[sibling])
        index //= 2
    return siblings


def root_of_proof(start: bytes, siblings: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its proof lead to."""
    node = start
    for sibling in siblings:
        node = _parent(node, sibling)
    return node
