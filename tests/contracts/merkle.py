"""The sorted-pair tree of credential leaves, written plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_abi import encode
from eth_utils import keccak


@dataclass(frozen=True)
class Leaf:
    """What a leaf binds."""

    digest: bytes
    credential_type: bytes
    index: int
    asset: bytes = bytes(32)

    @property
    def hash(self) -> bytes:
        """The leaf's place in the tree: hashed twice."""
        return keccak(keccak(self.inner))

    @property
    def inner(self) -> bytes:
        """The bytes under the two hashes."""
        return encode(
            ["bytes32", "bytes32", "uint256", "bytes32"],
            [self.digest, self.credential_type, self.index, self.asset],
        )


def pair(left: bytes, right: bytes) -> bytes:
    """Return the parent of two nodes, the smaller hashed first."""
    return keccak(min(left, right) + max(left, right))


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return every level from the leaves to the root; a last node without a sibling moves up."""
    tree = [list(leaves)]
    while len(tree[-1]) > 1:
        below = tree[-1]
        pairs = [pair(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        tree.append(pairs + below[len(below) - len(below) % 2 :])
    return tree


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root."""
    return levels(leaves)[-1][0]


def proof_of(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """Return the siblings from a leaf up."""
    proof = []
    for level in levels(leaves)[:-1]:
        sibling = position ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        position //= 2
    return proof
