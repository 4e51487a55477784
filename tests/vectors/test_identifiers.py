"""Published identifiers: unified social credit codes, LEIs and administrative divisions."""

from __future__ import annotations

import csv
import re

import pytest
from stdnum import lei

from filing.model.divisions import is_division
from identity.errors import InvalidUSCC
from identity.model.party import parse_uscc

from . import files

pytestmark = files.present("identifiers")
USED = ["cn_admin_division_codes.dat", "lei_valid.csv", "uscc.csv"]


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files.text("identifiers", name).splitlines()))


def test_every_file_is_used() -> None:
    assert files.names("identifiers") == USED


def test_social_credit_codes_are_judged_as_published() -> None:
    found = rows("uscc.csv")
    assert len(found) == 205
    for row in found:
        if row["verdict"] == "valid":
            assert parse_uscc(row["code"]) == row["code"]
        else:
            with pytest.raises(InvalidUSCC):
                parse_uscc(row["code"])


def test_leis_are_valid_and_no_other_check_digits_are() -> None:
    found = [row["lei"] for row in rows("lei_valid.csv")]
    assert len(found) == 100
    for code in found:
        assert lei.is_valid(code)
        assert not lei.is_valid(f"{code[:-2]}{(int(code[-2:]) + 1) % 100:02d}")


def test_every_listed_county_is_a_division() -> None:
    counties, province = 0, ""
    for line in files.text("identifiers", "cn_admin_division_codes.dat").splitlines():
        top = re.match(r"(\d{2}) province=", line)
        if top:
            province = top[1]
        county = re.match(r" +(\d{4}) county=", line)
        if county:
            counties += 1
            assert is_division(province + county[1])
    assert counties > 6_000
    assert not is_division("990101")
