"""A person's values: all are taken or none, and each keeps what it stands over."""

from __future__ import annotations

from typing import Any

import pytest

from filing.catalogue import bundle
from filing.errors import FieldErrors
from filing.model.derivation import derive
from filing.model.facts import Credentials
from filing.model.filling import Filled, fill, fill_by_bank
from filing.model.prefill import prefill
from filing.model.value import Source
from tests.filing.fakes import wallet

OPENING = bundle("account-opening")
LOAN = bundle("loan-application")


def start(forms=OPENING, **claims: Any) -> Filled:
    first = prefill(forms, Credentials(wallet(**claims)), declared={}, by_bank={})
    return Filled(derive(forms, first.fields, {}), first.conflicts, ())


def put(state: Filled, values: dict[str, Any], forms=OPENING) -> Filled:
    return fill(forms, state.fields, state.conflicts, values)


BAD = [
    ("an unknown field", {"no_such_field": "x"}, "an unknown field", "a field of this form"),
    ("a letter in a number", {"employees": "3O"}, "“3O” with a letter in it", "a whole number"),
    ("digits as text", {"employees": "35"}, "“35”", "a whole number"),
    ("true as a number", {"employees": True}, "“True”", "a whole number"),
    ("a decimal number", {"callback_threshold": 1.5}, "“1.5”", "an amount in whole fen"),
    ("a negative number", {"employees": -1}, "“-1”", "a whole number from 0 to 10000000"),
    ("too much money", {"registered_capital": 2**53}, "“9007199254740992”", "a whole number"),
    ("too long", {"account_purpose": "长" * 201}, "201 characters", "at most 200 characters"),
    ("an empty text", {"account_purpose": "  "}, "an empty text", "text that is not empty"),
    ("a line break", {"account_purpose": "a\nb"}, "a control character", "one line of text"),
    ("a number as text", {"account_purpose": 7}, "a number", "one line of text"),
    ("a date of another form", {"mandate_validity": "2027/1/1"}, "“2027/1/1”", "a date such as"),
    ("a day that is not", {"mandate_validity": "2027-02-30"}, "does not exist", "a date such as"),
    ("a far year", {"mandate_validity": "0001-01-01"}, "“0001-01-01”", "a year from 1900"),
    ("an unknown choice", {"account_nature": "gold"}, "“gold”", "one of basic, general"),
    ("a list for a choice", {"account_nature": ["basic"]}, "a list of 1 entries", "one of basic"),
    ("no telephone", {"phone": "call me"}, "“call me”", "a telephone number"),
    ("a short mobile", {"cfo_mobile": "1380013800"}, "a text of 10 characters", "an 11-digit"),
    ("one of two at least", {"callback_type": "all", "callback_persons": ["cfo"]}, "1 chosen", "2"),
    ("twice the same", {"service_package": ["sms", "sms"]}, "the same choice twice", "once"),
    ("an unaccepted statement", {"truth_statement": False}, "“False”", "true"),
    ("a text for yes or no", {"truth_statement": "yes"}, "“yes”", "true or false"),
    ("no list", {"bo_address": "北京"}, "a text of 2 characters", "a list of 1 to 50 entries"),
    ("an empty list", {"bo_address": []}, "a list of 0 entries", "a list of 1 to 50 entries"),
    ("a share above the whole", {"share_ratio": [10_001]}, "“10001”", "from 0 to 10000"),
    ("the bank's field", {"account_no": "123456789012"}, "a value", "nothing: the bank fills it"),
    ("a signature", {"application_signature": "x"}, "a text of 1", "signing the case fills it"),
    ("a verified code", {"uscc": "91110000100006202G"}, "“91110000100006202G”", "check character"),
    ("a field not asked", {"temp_account_expiry": "2027-01-01"}, "a value", "does not apply"),
    ("clearing a verified value", {"depositor_name": None}, "null over", "a value that corrects"),
]


@pytest.mark.parametrize(
    ("values", "found", "expected"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_a_bad_value_is_named(values: dict[str, Any], found: str, expected: str) -> None:
    with pytest.raises(FieldErrors) as caught:
        put(start(), values)
    problem = caught.value.problems[0]
    assert problem.field in values
    assert found in problem.found
    assert expected in problem.expected
    assert problem.expected_zh


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(FieldErrors) as caught:
        put(start(), {"employees": "x", "phone": "010-62345678", "mandate_validity": "soon"})
    assert [p.field for p in caught.value.problems] == ["employees", "mandate_validity"]
    assert len(caught.value.extra["errors"]) == 2


def test_a_problem_never_repeats_a_sensitive_value() -> None:
    with pytest.raises(FieldErrors) as caught:
        put(start(), {"legal_rep_id_no": "110101199001011237" * 3, "bo_birth_date": ["1990-13-01"]})
    assert "1990" not in str(caught.value.extra)


def test_another_uscc_is_refused_even_if_valid() -> None:
    with pytest.raises(FieldErrors, match="the verified value"):
        put(start(), {"uscc": "911000001000013428"})


def test_typed_and_chosen() -> None:
    state = put(start(), {"phone": "010-62345678", "account_nature": "basic"})
    assert state.fields["phone"].source is Source.TYPED
    assert state.fields["account_nature"].source is Source.CHOSEN


def test_typing_what_is_there_changes_nothing() -> None:
    state = start()
    assert put(state, {"depositor_name": "北京启明科技有限公司"}).changed == ()


def test_an_edit_keeps_what_it_stands_over_and_can_be_undone() -> None:
    state = start()
    edited = put(state, {"business_scope": "软件开发"})
    found = edited.fields["business_scope"]
    assert found.source is Source.EDITED
    assert found.replaced == state.fields["business_scope"]
    again = put(edited, {"business_scope": "贸易"})
    assert again.fields["business_scope"].replaced == state.fields["business_scope"]
    assert put(again, {"business_scope": None}).fields == state.fields
    assert put(again, {"business_scope": "技术开发；软件开发。"}).fields == state.fields


def test_choosing_the_other_source_settles_the_conflict() -> None:
    state = start(taxpayer={"registered_address": "北京市朝阳区建国路88号"})
    settled = put(state, {"registered_address": "北京市朝阳区建国路88号"})
    found = settled.fields["registered_address"]
    assert (found.source, found.issuer) == (Source.CHOSEN, "tax")
    conflict = next(c for c in settled.conflicts if c.field == "registered_address")
    assert (conflict.chosen, conflict.rule) == (1, "person_chose")
    assert settled.fields["registered_area_code"].value == "110105"
    back = put(settled, {"registered_address": "北京市海淀区中关村大街1号"})
    assert back.fields == state.fields


def test_a_third_value_leaves_the_conflict_open_to_the_bank() -> None:
    state = start(taxpayer={"registered_address": "北京市朝阳区建国路88号"})
    other = put(state, {"registered_address": "北京市西城区金融大街1号"})
    assert other.fields["registered_address"].source is Source.EDITED
    assert next(c for c in other.conflicts if c.field == "registered_address").chosen is None


def test_what_follows_is_worked_out_again() -> None:
    state = put(start(), {"office_address": "北京市西城区金融大街1号"})
    assert state.fields["recon_address"].value == "北京市西城区金融大街1号"
    assert state.fields["recon_postcode"].value == "100032"
    moved = put(state, {"office_address": "北京市朝阳区建国路88号"})
    assert moved.fields["recon_postcode"].value == "100020"
    gone = put(moved, {"office_address": None})
    assert gone.fields["recon_postcode"].source is Source.MISSING


def test_a_typed_value_is_not_overwritten_by_a_rule() -> None:
    own = put(start(), {"recon_address": "北京市丰台区丰台路1号"})
    moved = put(own, {"office_address": "北京市朝阳区建国路88号"})
    assert moved.fields["recon_address"].value == "北京市丰台区丰台路1号"


def test_a_copy_follows_its_edited_original() -> None:
    edited = put(start(), {"depositor_name": "北京启明发展有限公司"})
    copied = edited.fields["entity_name_cn"]
    assert (copied.value, copied.source) == ("北京启明发展有限公司", Source.DERIVED)
    assert put(edited, {"depositor_name": None}).fields == start().fields


def test_the_representative_as_agent_brings_their_document() -> None:
    state = put(start(), {"agent_name": "张明"})
    assert state.fields["agent_id_no"].value == "110101199001011237"


def test_a_field_that_no_longer_applies_keeps_its_value_aside() -> None:
    temporary = {"account_nature": "temporary", "temp_account_expiry": "2027-01-01"}
    state = put(start(), temporary)
    basic = put(state, {"account_nature": "basic"})
    assert basic.fields["temp_account_expiry"].source is Source.NOT_APPLICABLE
    again = put(basic, {"account_nature": "temporary"})
    assert again.fields["temp_account_expiry"].value == "2027-01-01"


def test_a_group_is_checked_cell_by_cell() -> None:
    pledge = {"security_type": "pledge", "collateral_type": "receivable"}
    rows = [{"amount": 100, "due_date": "2026-09-30"}]
    state = put(start(LOAN), pledge | {"receivable_amount_due": rows}, LOAN)
    assert state.fields["receivable_amount_due"].value == rows
    bad = [{"amount": "1OO", "due_date": "2026-09-30"}]
    with pytest.raises(FieldErrors, match="letter"):
        put(start(LOAN), pledge | {"receivable_amount_due": bad}, LOAN)
    with pytest.raises(FieldErrors, match="a row with amount, due_date"):
        put(start(LOAN), pledge | {"receivable_amount_due": [{"amount": 1}]}, LOAN)


def test_the_bank_fills_its_own_fields_only() -> None:
    filled = fill_by_bank(OPENING, start().fields, {"account_no": "110012345678"})
    assert filled["account_no"].source is Source.BANK
    with pytest.raises(FieldErrors, match="does not fill"):
        fill_by_bank(OPENING, start().fields, {"depositor_name": "x"})
    with pytest.raises(FieldErrors, match="12 to 30 digits"):
        fill_by_bank(OPENING, start().fields, {"account_no": "A1"})
