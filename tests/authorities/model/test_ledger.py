"""The canonical bytes of a ledger: parse and write are inverse, order does not matter."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities.model.ledger import HEADER, Ledger, ledger_of, parse_canonical, unpack

ROW = st.tuples(
    st.sampled_from(["input", "output"]),
    st.text("0123456789", min_size=1, max_size=8),
    st.dates(date(2016, 1, 1), date(2020, 2, 29)),
    st.from_regex(r"\A[A-D][0-9]{5}\Z"),
    st.integers(-(10**12), 10**12),
    st.integers(-(10**11), 10**11),
    st.integers(-(10**12), 10**12),
    st.booleans(),
)
NAMES = (
    "side",
    "invoice_no",
    "date",
    "counterparty",
    "net_fen",
    "vat_fen",
    "gross_fen",
    "voided",
)


def _ledger(rows: list[tuple[object, ...]]) -> Ledger:
    columns = zip(*rows, strict=True) if rows else ([] for _ in NAMES)
    return ledger_of(dict(zip(NAMES, map(list, columns), strict=True)))


def test_canonical_bytes_are_as_documented() -> None:
    ledger = _ledger(
        [
            ("output", "00000002", date(2019, 5, 2), "B00001", 1000, 130, 1130, True),
            ("input", "7", date(2019, 5, 3), "A00001", -500, -65, -565, False),
        ]
    )
    expected = (
        f"{HEADER}\n"
        "input,2019-05-03,7,A00001,-500,-65,-565,0\n"
        "output,2019-05-02,00000002,B00001,1000,130,1130,1\n"
    ).encode()
    assert ledger.canonical == expected
    assert ledger.digest == sha256(expected).hexdigest()


@given(st.lists(ROW, max_size=30))
def test_parse_is_the_inverse_of_canonical(rows: list[tuple[object, ...]]) -> None:
    ledger = _ledger(rows)
    assert parse_canonical(ledger.canonical).canonical == ledger.canonical
    assert unpack(ledger.packed()).digest == ledger.digest


@given(st.lists(ROW, max_size=12), st.randoms())
def test_the_digest_does_not_depend_on_the_order(
    rows: list[tuple[object, ...]], random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _ledger(shuffled).digest == _ledger(rows).digest


@given(ROW)
def test_an_identical_row_counts_again(row: tuple[object, ...]) -> None:
    assert len(_ledger([row, row])) == 2
    assert _ledger([row, row]).digest != _ledger([row]).digest


def test_an_empty_ledger_has_columns_and_a_digest() -> None:
    empty = parse_canonical(_ledger([]).canonical)
    assert len(empty) == 0
    assert empty.output.date.dtype == np.dtype("datetime64[D]")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not the canonical bytes"),
        (b"x", "not the canonical bytes"),
        (HEADER.encode(), "not the canonical bytes"),
        (f"{HEADER}\na,b\n".encode(), "not enough values"),
    ],
)
def test_other_bytes_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_canonical(data)
