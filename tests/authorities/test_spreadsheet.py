"""Spreadsheets in: every bad input named by row and column, every good row kept."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from authorities import Record
from authorities.adapters.record_types import load_record_types
from authorities.adapters.table_files import BYTES_MAX, ROWS_MAX, read_table
from authorities.city import City
from authorities.errors import SpreadsheetTooLarge, UnreadableSpreadsheet
from authorities.model.record import RecordType
from authorities.spreadsheet import CheckedTable, check_table

TYPES = load_record_types()
SOCIAL = TYPES["social-insurance"]
HEADER = ["uscc", "as_of", "insured_headcount", "social_paid_12m_fen"]
USCC = "91100000100005204H"
OTHER = "91100000100003962T"
GOOD = [USCC, "2020-03-01", "12", "3400000"]


def _csv(*rows: Sequence[Any]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _xlsx(*rows: Sequence[Any]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(list(row))  # type: ignore[union-attr]
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _check(data: bytes, record_type: RecordType = SOCIAL, name: str = "rows.csv") -> CheckedTable:
    return check_table(read_table(data, name), record_type)


def _only_error(checked: CheckedTable) -> tuple[int, str, str]:
    (error,) = checked.errors
    assert error.detail_en
    assert error.detail_zh
    return error.row, error.column, error.code


def test_a_good_file_gives_claims_of_the_types_of_the_schema() -> None:
    checked = _check(_csv(HEADER, GOOD))
    assert checked.errors == ()
    assert checked.good == (
        {
            "uscc": USCC,
            "as_of": "2020-03-01",
            "insured_headcount": 12,
            "social_paid_12m_fen": 3_400_000,
        },
    )


def test_a_workbook_gives_the_same_claims() -> None:
    data = _xlsx(HEADER, [USCC, date(2020, 3, 1), 12, 3400000.0])
    assert _check(data, name="rows.xlsx").good == _check(_csv(HEADER, GOOD)).good


def test_labels_of_both_languages_name_columns() -> None:
    header = ["统一社会信用代码", "As of", "参保人数", "social_paid_12m_fen"]
    assert _check(_csv(header, GOOD)).good == _check(_csv(HEADER, GOOD)).good


def test_an_empty_cell_is_an_unknown_claim_not_a_zero() -> None:
    checked = _check(_csv(HEADER, [*GOOD[:3], ""]))
    assert "social_paid_12m_fen" not in checked.good[0]
    assert checked.errors == ()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("uscc", "91100000100005204J", "uscc_check"),
        ("uscc", "91100000100005204h", "uscc_check"),
        ("uscc", "911000001000052", "uscc_check"),
        ("uscc", "", "missing_required"),
        ("as_of", "2020-02-30", "broken_date"),
        ("as_of", "2020年3月1日", "broken_date"),
        ("as_of", "43891", "broken_date"),
        ("as_of", "2020-3/1", "broken_date"),
        ("insured_headcount", "1O", "not_a_number"),
        ("insured_headcount", "1,200", "not_a_number"),
        ("insured_headcount", "１２", "not_a_number"),
        ("insured_headcount", "12.5", "not_a_number"),
        ("insured_headcount", "1e3", "not_a_number"),
        ("insured_headcount", "-1", "out_of_range"),
        ("insured_headcount", "99999999999", "out_of_range"),
        ("insured_headcount", "=1+1", "formula"),
        ("insured_headcount", "  ", "missing_required"),
    ],
)
def test_a_bad_cell_is_named_and_the_other_rows_are_kept(
    column: str, value: str, code: str
) -> None:
    bad = [value if name == column else cell for name, cell in zip(HEADER, GOOD, strict=True)]
    checked = _check(_csv(HEADER, [OTHER, *GOOD[1:]], bad))
    assert _only_error(checked) == (3, column, code)
    assert [claims["uscc"] for claims in checked.good] == [OTHER]
    assert value.strip() == "" or value not in checked.errors[0].detail_en


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (12.5, "not_a_number"),
        (True, "not_a_number"),
        (date(2020, 1, 1), "not_a_number"),
        (1e16, "digits_lost"),
        ("=SUM(A1:A2)", "formula"),
        ("12人", "not_a_number"),
    ],
)
def test_a_bad_workbook_cell_is_named(value: Any, code: str) -> None:
    checked = _check(_xlsx(HEADER, [USCC, "2020-03-01", value, None]), name="rows.xlsx")
    assert _only_error(checked) == (2, "insured_headcount", code)


def test_a_long_number_kept_as_number_has_lost_digits() -> None:
    kind = TYPES["account-certificate"]
    row = {"uscc": USCC, "account_no": 1234567890123456789, "bank_name": "京华银行(模拟)"}
    rest = {"bank_code": "JHB", "open_date": "2020-03-01", "account_nature": "基本存款账户"}
    data = _xlsx(list(row | rest), list((row | rest).values()))
    assert _only_error(_check(data, kind, "a.xlsx")) == (2, "account_no", "digits_lost")


def test_an_enumeration_takes_codes_and_labels_only() -> None:
    kind = TYPES["tax-credit"]
    checked = _check(
        _csv(
            ["uscc", "year", "tax_credit_grade"],
            [USCC, "2019", "A级"],
            [OTHER, "2019", "E"],
        ),
        kind,
    )
    assert checked.good[0]["tax_credit_grade"] == "A"
    assert _only_error(checked) == (3, "tax_credit_grade", "not_in_list")
    assert "A, B, M, C, D" in checked.errors[0].detail_en


def test_an_unknown_column_is_reported_and_not_read() -> None:
    checked = _check(_csv([*HEADER, "password"], [*GOOD, "x"]))
    assert _only_error(checked) == (1, "password", "unknown_column")
    assert "password" not in checked.good[0]


def test_a_repeated_column_is_reported() -> None:
    checked = _check(_csv([*HEADER, "参保人数"], [*GOOD, "13"]))
    assert _only_error(checked) == (1, "insured_headcount", "duplicate_column")
    assert checked.good[0]["insured_headcount"] == 12


def test_a_missing_required_column_refuses_every_row() -> None:
    checked = _check(_csv(HEADER[:2], GOOD[:2]))
    assert _only_error(checked) == (1, "insured_headcount", "missing_column")
    assert checked.good == ()
    assert checked.row_count == 1


def test_the_second_row_about_the_same_record_is_a_duplicate() -> None:
    checked = _check(_csv(HEADER, GOOD, [*GOOD[:2], "99", "1"]))
    assert _only_error(checked) == (3, "uscc", "duplicate")
    assert "row 2" in checked.errors[0].detail_en
    assert checked.good[0]["insured_headcount"] == 12


def test_two_keys_of_one_enterprise_are_two_records() -> None:
    header = ["uscc", "year", "tax_credit_grade"]
    checked = _check(_csv(header, [USCC, "2018", "A"], [USCC, "2019", "B"]), TYPES["tax-credit"])
    assert len(checked.good) == 2


def test_surplus_cells_are_named() -> None:
    assert _only_error(_check(_csv(HEADER, [*GOOD, "extra"]))) == (2, "", "surplus_cells")


def test_empty_rows_are_skipped() -> None:
    checked = _check(_csv(HEADER, [], ["", "", ""], GOOD))
    assert (checked.row_count, len(checked.good), checked.errors) == (1, 1, ())


@pytest.mark.parametrize("text", ["[", "{}", '"x"', '[{"name": 1}]', "[NaN]", "[" * 100_000])
def test_a_broken_list_is_refused(text: str) -> None:
    data = _csv(["uscc", "as_of", "shareholders"], [USCC, "2020-03-01", text])
    assert _only_error(_check(data, TYPES["equity-structure"]))[1] == "shareholders"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "rows.csv"),
        (b" \n ", "rows.csv"),
        ("统一社会信用代码,参保人数\n".encode("gb18030"), "rows.csv"),
        ("uscc\n".encode("utf-16"), "rows.csv"),
        (b"uscc\n\0\n", "rows.csv"),
        (b'uscc\n"unclosed\n', "rows.csv"),
        (b"\nuscc\n", "rows.csv"),
        (b"not a workbook", "rows.xlsx"),
        (b"\xd0\xcf\x11\xe0 old workbook", "rows.xls"),
        (b"PK\x03\x04 cut short", "rows.xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableSpreadsheet) as caught:
        read_table(data, name)
    assert caught.value.detail


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(UnreadableSpreadsheet):
        read_table(file.getvalue(), "rows.xlsx")


def test_a_workbook_that_unpacks_to_much_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", b"0" * 70_000_000)
    with pytest.raises(SpreadsheetTooLarge):
        read_table(file.getvalue(), "rows.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        b"u" * (BYTES_MAX + 1),
        b"uscc\n" + b"1\n" * (ROWS_MAX + 1),
        b",".join([b"c"] * 101),
    ],
)
def test_a_huge_file_is_refused(data: bytes) -> None:
    with pytest.raises(SpreadsheetTooLarge):
        read_table(data, "rows.csv")


def test_every_record_of_the_city_survives_a_spreadsheet(city: City) -> None:
    groups: dict[str, list[Record]] = {}
    for record in city.records():
        groups.setdefault(record.record_type, []).append(record)
    for code, records in groups.items():
        names = list(TYPES[code].fields)
        rows = [[_cell(record.claims.get(name)) for name in names] for record in records]
        checked = _check(_csv(names, *rows), TYPES[code])
        assert checked.errors == ()
        assert list(checked.good) == [dict(record.claims) for record in records]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if not isinstance(value, list) else str(value).replace("'", '"')


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with contextlib.suppress(UnreadableSpreadsheet, SpreadsheetTooLarge):
        _check(data)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.text(max_size=12),
                st.integers(),
                st.floats(),
                st.booleans(),
                st.dates(),
                st.sampled_from([USCC, "2020-03-01", "12"]),
            ),
            min_size=4,
            max_size=4,
        ),
        max_size=6,
    )
)
def test_good_rows_satisfy_the_type_whatever_the_cells(rows: list[list[Any]]) -> None:
    from_cells = check_table(
        type(read_table(b"a\n", "a.csv"))(HEADER, list(enumerate(rows, start=2))), SOCIAL
    )
    for claims in from_cells.good:
        assert list(SOCIAL.broken_claims(claims)) == []
    filled = [row for row in rows if any(cell not in (None, "") for cell in row)]
    bad = {error.row for error in from_cells.errors}
    assert len(from_cells.good) + len(bad) == len(filled)
