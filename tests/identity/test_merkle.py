"""Merkle trees: every proof leads to the root, nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.model import merkle

leaf_lists = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True)


@given(leaf_lists, st.data())
def test_every_leaf_has_a_proof_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert merkle.root_of_proof(leaves[index], merkle.proof(tree, index)) == tree[-1]


@given(leaf_lists, st.binary(min_size=32, max_size=32), st.data())
def test_a_foreign_leaf_has_none(leaves: list[bytes], other: bytes, data: st.DataObject) -> None:
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    reached = merkle.root_of_proof(other, merkle.proof(tree, index))
    assert (reached == tree[-1]) == (other == leaves[index])


def test_no_leaves_no_tree() -> None:
    with pytest.raises(ValueError, match="needs leaves"):
        merkle.levels([])


def test_a_leaf_binds_each_of_its_four_parts() -> None:
    base = (bytes(32), b"\x01" * 32, 7, b"\x02" * 32)
    others = [
        (b"\x09" * 32, *base[1:]),
        (base[0], b"\x09" * 32, *base[2:]),
        (*base[:2], 8, base[3]),
        (*base[:3], b"\x09" * 32),
    ]
    assert len({merkle.leaf(*base), *(merkle.leaf(*other) for other in others)}) == 5


@given(leaf_lists, st.data())
def test_the_places_of_siblings_are_the_proof(leaves: list[bytes], data: st.DataObject) -> None:
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    nodes = [
        tree[level][32 * node : 32 * node + 32]
        for level, node in merkle.sibling_places(len(leaves), index)
    ]
    assert nodes == merkle.proof(tree, index)


@given(leaf_lists)
def test_levels_side_by_side_are_the_same_tree(leaves: list[bytes]) -> None:
    assert merkle.levels([b"".join(leaves)]) == merkle.levels(leaves)


def test_known_root() -> None:
    """Three leaves, hashed by hand: the odd one moves up."""
    first, second, third = (bytes([n]) * 32 for n in (2, 1, 3))
    pair = merkle.keccak(second + first)
    assert merkle.levels([first, second, third])[-1] == merkle.keccak(
        min(pair, third) + max(pair, third)
    )


@pytest.mark.parametrize("index", [-1, 5])
def test_no_place_outside_the_tree(index: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 4"):
        merkle.sibling_places(5, index)


def test_leaves_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        merkle.levels([bytes(31)])
