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
    assert merkle.root_of_proof(leaves[index], merkle.proof(tree, index)) == tree[-1][0]


@given(leaf_lists, st.binary(min_size=32, max_size=32), st.data())
def test_a_foreign_leaf_has_none(leaves: list[bytes], other: bytes, data: st.DataObject) -> None:
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    reached = merkle.root_of_proof(other, merkle.proof(tree, index))
    assert (reached == tree[-1][0]) == (other == leaves[index])


def test_no_leaves_no_tree() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
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
