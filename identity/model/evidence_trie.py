"""The Merkle-Patricia trie in which a block keeps its receipts (Yellow Paper, Appendix D).

A node is the RLP of 17 items (a branch), or of two: a path in hex-prefix form (Appendix C), and a
value (a leaf) or a child (an extension). A child is named by the keccak-256 of its node, and put
in place where the node has fewer than 32 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from identity.errors import EvidenceMismatch, MalformedEvidence
from identity.model import evidence_rlp as rlp
from identity.model.merkle import keccak

EMPTY_ROOT = keccak(rlp.encode(b""))

_Pairs = list[tuple[tuple[int, ...], bytes]]
_HASH_BYTES = 32
_LEAF_FLAG = 2


def root_of(values: Mapping[bytes, bytes]) -> bytes:
    """Return the root of the trie of values, none of them empty, by key."""
    return proofs(values, ())[0]


def proofs(
    values: Mapping[bytes, bytes], keys: Sequence[bytes]
) -> tuple[bytes, dict[bytes, list[bytes]]]:
    """Return the trie's root, and for each key the nodes on the way to it, root first."""
    if not values:
        return EMPTY_ROOT, {}
    pairs = sorted((_nibbles(key), value) for key, value in values.items())
    trie = _Trie()
    top = trie.node(pairs, 0)
    found = {key: trie.path(top, _nibbles(key)) for key in keys}
    return keccak(rlp.encode(top)), found


def value_at(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes:
    """Return the value that a proof shows for a key under a root.

    Raises:
        EvidenceMismatch: a node is not the one that its parent names, or is not on the way.
        MalformedEvidence: a node is none.
    """
    path, left = _nibbles(key), list(nodes)
    child, is_value = _take(left, root), False
    while not is_value:
        if isinstance(child, bytes):
            child = _take(left, child)
        path, child, is_value = _descend(child, path)
    if left or not isinstance(child, bytes) or not child:
        raise EvidenceMismatch("the proof shows no value, or has nodes that are not on the way")
    return child


def _nibbles(key: bytes) -> tuple[int, ...]:
    return tuple(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _hex_prefix(path: Sequence[int], *, is_leaf: bool) -> bytes:
    flag = _LEAF_FLAG if is_leaf else 0
    padded = [flag + 1, *path] if len(path) % 2 else [flag, 0, *path]
    return bytes(a << 4 | b for a, b in zip(padded[::2], padded[1::2], strict=True))


def _from_hex_prefix(item: rlp.Item) -> tuple[tuple[int, ...], bool]:
    """Return the path of a leaf or an extension, and whether it is a leaf's."""
    if not isinstance(item, bytes) or not item or item[0] >> 4 > 3:
        raise MalformedEvidence("found a trie node without a path in hex-prefix form")
    path = _nibbles(item)
    return path[1 if path[0] & 1 else 2 :], bool(path[0] & _LEAF_FLAG)


def _descend(item: rlp.Item, path: tuple[int, ...]) -> tuple[tuple[int, ...], rlp.Item, bool]:
    """Return the path that is left below a node, what is there, and whether it is the value."""
    if isinstance(item, bytes) or len(item) not in (2, 17):
        raise MalformedEvidence("found a trie node that is not of 2 or 17 items")
    if len(item) == 17:
        return (path[1:], item[path[0]], False) if path else ((), item[16], True)
    own, is_leaf = _from_hex_prefix(item[0])
    if path[: len(own)] != own or (is_leaf and own != path):
        raise EvidenceMismatch("the proof is for another place in the trie")
    return path[len(own) :], item[1], is_leaf


def _take(left: list[bytes], wanted: bytes) -> rlp.Item:
    if not left:
        raise EvidenceMismatch("the proof ends before its value")
    data = left.pop(0)
    if len(wanted) != _HASH_BYTES or keccak(data) != wanted:
        raise EvidenceMismatch("the proof has a node that its parent does not name")
    return rlp.decode(data)


class _Trie:
    """Builds nodes from sorted pairs of path and value."""

    def __init__(self) -> None:
        self._by_hash: dict[bytes, list[rlp.Item]] = {}

    def node(self, pairs: _Pairs, depth: int) -> list[rlp.Item]:
        """Return the node of pairs that share their first `depth` nibbles."""
        if len(pairs) == 1:
            path, value = pairs[0]
            return [_hex_prefix(path[depth:], is_leaf=True), value]
        shared = _shared(pairs[0][0], pairs[-1][0])  # sorted: what these share, all share
        if shared > depth:
            below = self._reference(self.node(pairs, shared))
            return [_hex_prefix(pairs[0][0][depth:shared], is_leaf=False), below]
        branch: list[rlp.Item] = [b""] * 17
        if len(pairs[0][0]) == depth:
            branch[16], pairs = pairs[0][1], pairs[1:]
        for nibble in range(16):
            inside = [pair for pair in pairs if pair[0][depth] == nibble]
            if inside:
                branch[nibble] = self._reference(self.node(inside, depth + 1))
        return branch

    def path(self, top: list[rlp.Item], path: tuple[int, ...]) -> list[bytes]:
        """Return the encoded nodes on the way to a path that is in the trie."""
        nodes = [rlp.encode(top)]
        path, child, is_value = _descend(top, path)
        while not is_value:
            if isinstance(child, bytes):
                child = self._by_hash[child]
                nodes.append(rlp.encode(child))
            path, child, is_value = _descend(child, path)
        return nodes

    def _reference(self, node: list[rlp.Item]) -> rlp.Item:
        encoded = rlp.encode(node)
        if len(encoded) < _HASH_BYTES:
            return node
        digest = keccak(encoded)
        self._by_hash[digest] = node
        return digest


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many nibbles two paths share at their start."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
