"""Districts from addresses, area codes, pinyin."""

from __future__ import annotations

import pytest

from filing.model.divisions import district_of, is_division
from filing.model.enterprise_size import size_class
from filing.model.pinyin import address_in_pinyin, name_in_pinyin


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("北京市海淀区中关村大街1号", "110108"),
        ("朝阳区建国路88号", "110105"),
        ("北京市北京经济技术开发区科创街1号", "110115"),
        ("北京市通州区朝阳区路1号", "110112"),
        ("上海市浦东新区世纪大道1号", None),
        ("长春市朝阳区人民大街1号", None),
        ("", None),
    ],
)
def test_district_of_an_address(address: str, code: str | None) -> None:
    found = district_of(address)
    assert (found.area_code if found else None) == code


@pytest.mark.parametrize(("code", "known"), [("110108", True), ("119999", False), ("abc", False)])
def test_divisions(code: str, known: bool) -> None:
    assert is_division(code) is known


@pytest.mark.parametrize(
    ("industry", "employees", "revenue_wan", "expected"),
    [
        ("C39", 1000, 40_000, "large"),
        ("C39", 1000, 39_999, "medium"),
        ("C39", 20, 300, "small"),
        ("C39", 19, 300, "micro"),
        ("I65", 35, 1_200, "small"),
        ("F51", 200, 40_000, "large"),
        ("K70", None, 200_000, "large"),
        ("L72", 300, None, "large"),
        ("L72", 9, None, "micro"),
        ("C39", None, 300, None),
        ("C39", 20, None, None),
        ("", 5, None, "micro"),
    ],
)
def test_size_classes(industry, employees, revenue_wan, expected) -> None:
    revenue_fen = None if revenue_wan is None else revenue_wan * 1_000_000
    assert size_class(industry, employees, revenue_fen) == expected


def test_pinyin() -> None:
    assert address_in_pinyin("朝阳区建国路88号") == "Chao Yang Qu Jian Guo Lu 88 Hao"
    assert name_in_pinyin("张明") == "Zhang Ming"
    assert name_in_pinyin("欧阳菲菲") == "Ouyang Feifei"
    assert name_in_pinyin("John Smith") == "John Smith"
