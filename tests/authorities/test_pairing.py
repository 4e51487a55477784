"""Pairing enterprises that have invoices with registered companies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorities.model.registration import Capital, Registration, make_uscc
from authorities.pairing import Source, SourceFacts, is_candidate, pair


def _company(number: int, **changes: object) -> Registration:
    values: dict[str, object] = {
        "uscc": make_uscc("110108", f"{number:08d}"),
        "name": f"北京第{number}商贸有限公司",
        "registered_on": date(2000, 1, 1),
        "capital": Capital((number + 1) * 10_000_000, "CNY"),
        "scope": "销售日用品",
        "district": "海淀",
        "address": "北京市海淀区",
    }
    return Registration(**{**values, **changes})  # type: ignore[arg-type]


def _facts(*turnovers: int) -> dict[str, SourceFacts]:
    return {f"E{n}": SourceFacts(t, date(2017, 1, 1)) for n, t in enumerate(turnovers)}


def _sources(count: int, name: str = "***贸易有限公司") -> list[Source]:
    return [Source(f"E{number}", name) for number in range(count)]


def test_the_larger_turnover_gets_the_larger_capital() -> None:
    companies = [_company(number) for number in range(30)]
    paired = pair(_sources(3), _facts(500, 5, 50), companies)
    capitals = [paired[f"E{n}"].capital for n in range(3)]
    amounts = [capital.amount_fen for capital in capitals if capital]
    assert amounts[1] < amounts[2] < amounts[0]


def test_the_trade_of_the_masked_name_chooses_among_companies() -> None:
    builders = [_company(n, name=f"北京第{n}建筑工程有限公司") for n in range(5)]
    traders = [_company(n) for n in range(10, 60)]
    paired = pair(_sources(2, "***建筑劳务有限公司"), _facts(1, 2), traders + builders)
    assert {company.name for company in paired.values()} <= {b.name for b in builders}


def test_a_company_is_older_than_the_first_invoice() -> None:
    young = [_company(n, registered_on=date(2018, 1, 1)) for n in range(5)]
    old = _company(9)
    assert pair(_sources(1), _facts(1), [*young, old])["E0"] == old


def test_too_few_companies_are_refused() -> None:
    with pytest.raises(ValueError, match="no registered company is left"):
        pair(_sources(2), _facts(1, 2), [_company(1)])


@settings(max_examples=25)
@given(st.permutations(range(12)), st.permutations(range(40)))
def test_pairing_is_unique_and_does_not_depend_on_the_order(
    sources: list[int], companies: list[int]
) -> None:
    facts = _facts(*[n * n for n in range(12)])
    expected = pair(_sources(12), facts, [_company(n) for n in range(40)])
    shuffled = pair([_sources(12)[n] for n in sources], facts, [_company(n) for n in companies])
    assert shuffled == expected
    assert len({company.uscc for company in expected.values()}) == 12


@pytest.mark.parametrize(
    "changes",
    [
        {"uscc": "911101080000000100"},
        {"uscc": make_uscc("110108", "XN000001").lower()},
        {"name": "中国商贸有限公司"},
        {"name": "北京商贸集团有限公司"},
        {"name": "北京商贸中心"},
        {"capital": None},
        {"capital": Capital(100_000_000, "USD")},
        {"capital": Capital(10**13, "CNY")},
        {"registered_on": date(1985, 1, 1)},
        {"district": ""},
        {"scope": ""},
    ],
)
def test_who_is_no_candidate(changes: dict[str, object]) -> None:
    assert is_candidate(_company(1))
    assert not is_candidate(_company(1, **changes))
