"""Invented persons: recognisable as invented, well formed all the same."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2

from authorities.model.person import AREA_NEVER_ASSIGNED, identity_number, person

AS_OF = date(2020, 3, 1)


def test_a_published_example_has_its_check_character() -> None:
    assert identity_number(date(1949, 12, 31), 2)[-1] != ""
    assert mod_11_2.calc_check_digit("11010519491231002") == "X"  # GB 11643-1999


@given(st.text(min_size=1, max_size=30))
def test_persons_are_adults_with_a_marked_name_and_number(subject: str) -> None:
    found = person(subject, "legal representative", AS_OF)
    assert found == person(subject, "legal representative", AS_OF)
    assert found.name[1] == "拟"
    assert found.id_no.startswith(AREA_NEVER_ASSIGNED)
    assert mod_11_2.is_valid(found.id_no)
    assert found.id_no[6:14] == f"{found.birth_date:%Y%m%d}"
    assert (int(found.id_no[16]) % 2 == 1) == (found.gender == "male")
    assert 26 <= (AS_OF - found.birth_date).days / 365.25 <= 65
    assert found.id_from < AS_OF


def test_the_area_is_one_that_was_never_assigned() -> None:
    assert not ric.is_valid(person("x", "legal representative", AS_OF).id_no)
