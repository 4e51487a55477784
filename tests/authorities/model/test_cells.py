"""A cell is one claim or a clear refusal, however it is nested."""

from __future__ import annotations

import pytest

from authorities.adapters.record_types import load_record_types
from authorities.model.cells import DEPTH_MAX, CellRefused, read_cell

SHAREHOLDERS = load_record_types()["equity-structure"].fields["shareholders"]


@pytest.mark.parametrize(
    "cell",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "[" * 1000 + "]" * 1000,
        "[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1),
        "not json",
        '[{"name": NaN}]',
    ],
)
def test_deep_or_broken_json_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_cell(cell, SHAREHOLDERS)
    assert refused.value.code == "not_json"


def test_a_list_of_objects_is_read() -> None:
    cell = '[{"name": "测试甲", "kind": "person", "share_bps": 10000}]'
    assert read_cell(cell, SHAREHOLDERS)[0]["share_bps"] == 10000
