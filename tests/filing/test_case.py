"""The states of a case and what may follow which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from filing.catalogue import bundle
from filing.errors import WrongState
from filing.model.case import Case, CaseState, Party
from filing.model.value import MISSING

ALLOWED = {
    ("draft", "draft"),
    ("draft", "signed"),
    ("signed", "draft"),
    ("signed", "signed"),
    ("signed", "in_review"),
    ("in_review", "returned"),
    ("in_review", "approved"),
    ("in_review", "refused"),
    ("returned", "draft"),
    ("returned", "signed"),
}
CASE = Case(
    id="case",
    use_case="account-opening",
    forms={},
    enterprise=Party("e", "USCC", "甲", "A"),
    bank=Party("b", "bank-a", "乙", "B"),
    presentation_id="p",
    consent_id="c",
    state=CaseState.DRAFT,
    version=1,
    fields=dict.fromkeys(bundle("account-opening").by_key, MISSING),
    conflicts=(),
    opened_at=1,
    updated_at=1,
)


@pytest.mark.parametrize("after", CaseState)
@pytest.mark.parametrize("before", CaseState)
def test_transitions(before: CaseState, after: CaseState) -> None:
    case = replace(CASE, state=before)
    if (before.value, after.value) in ALLOWED:
        moved = case.moved(after, 7)
        assert (moved.state, moved.updated_at) == (after, 7)
    else:
        with pytest.raises(WrongState, match=before.value):
            case.moved(after, 7)


def test_missing_fields_have_no_value() -> None:
    assert CASE.values == {}
    assert CASE.bank_code == "bank-a"
