"""JSON items and ABI values stand for the same thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.abi import Function, decode_arguments, encode_arguments, signature_of, to_json, type_of
from chain.errors import ItemNotEncodable
from tests.chain.ledger import ledger_artifact

WRITE = ledger_artifact().function("writeBatch")
NESTED: list[dict[str, Any]] = [
    {
        "name": "trees",
        "type": "tuple[2][]",
        "components": [
            {"name": "root", "type": "bytes32"},
            {"name": "leaves", "type": "bytes[]"},
            {"name": "owner", "type": "address"},
            {"name": "balance", "type": "int128"},
            {"name": "label", "type": "string"},
            {"name": "live", "type": "bool"},
        ],
    }
]

addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
trees = st.tuples(
    st.binary(min_size=32, max_size=32),
    st.lists(st.binary(max_size=40), max_size=3),
    addresses,
    st.integers(-(2**127), 2**127 - 1),
    st.text(max_size=20),
    st.booleans(),
)


@given(st.lists(st.tuples(trees, trees), max_size=3))
def test_decoding_what_was_encoded_gives_the_same_json(value: list[Any]) -> None:
    wanted = to_json(value)
    (found,) = decode_arguments(NESTED, encode_arguments(NESTED, [wanted]))
    assert _lower_addresses(found) == wanted


def _lower_addresses(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower_addresses(part) for part in value]
    return value.lower() if isinstance(value, str) and len(value) == 42 else value


def test_signatures_write_structs_out() -> None:
    assert signature_of(WRITE.entry) == "writeBatch((bytes32,uint256,address,bytes)[])"
    assert type_of(NESTED[0]) == "(bytes32,bytes[],address,int128,string,bool)[2][]"
    assert WRITE.selector.hex() == WRITE.batch_call_data([])[2:10]


ITEM = ["0x" + "01" * 32, 5, "0x" + "ab" * 20, "0x"]


@pytest.mark.parametrize(
    "item",
    [
        [],
        ITEM[:3],
        [*ITEM, 1],
        ["01" * 32, *ITEM[1:]],
        ["0x" + "01" * 33, *ITEM[1:]],
        [ITEM[0], -1, *ITEM[2:]],
        [ITEM[0], 2**256, *ITEM[2:]],
        [ITEM[0], "five", *ITEM[2:]],
        [ITEM[0], True, *ITEM[2:]],
        [ITEM[0], 1.5, *ITEM[2:]],
        [ITEM[0], None, *ITEM[2:]],
        [*ITEM[:2], "0x12", ITEM[3]],
        [*ITEM[:3], "0xzz"],
        "not a list",
    ],
)
def test_an_item_that_does_not_fit_is_refused(item: Any) -> None:
    with pytest.raises(ItemNotEncodable):
        WRITE.batch_call_data([item])


def test_large_integers_may_be_decimal_text() -> None:
    as_text = [ITEM[0], str(2**255), *ITEM[2:]]
    as_number = [ITEM[0], 2**255, *ITEM[2:]]
    assert WRITE.batch_call_data([as_text]) == WRITE.batch_call_data([as_number])


def test_a_function_without_an_array_takes_one_item_a_transaction() -> None:
    allow: Function = ledger_artifact().function("allow")
    item = ["0x" + "ab" * 20, True]
    assert allow.batch_call_data([item]) == allow.call_data(item)
    for items in ([], [item, item]):
        with pytest.raises(ItemNotEncodable, match="takes one array"):
            allow.batch_call_data(items)
    with pytest.raises(ItemNotEncodable, match="2 arguments were expected, found 1"):
        allow.batch_call_data([item[:1]])


@pytest.mark.parametrize("value", [1.5, {1, 2}, object()])
def test_what_has_no_place_in_json_is_refused(value: object) -> None:
    with pytest.raises(ItemNotEncodable):
        to_json([value])
