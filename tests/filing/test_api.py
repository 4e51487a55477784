"""The API: a case from opening to decision, and everything that is refused on the way."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

import pytest

from db import db
from filing import CaseRepository
from filing.catalogue import bundle
from filing.context import meter_of
from tests.filing.answers import answers
from tests.filing.conftest import World
from tests.filing.fakes import USCC, wallet

APPROVAL = {"decision": "approve", "bank_values": {"will_verification": "passed"}}


def problem(answer, status: int, code: str):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == code
    return answer.json


def test_from_opening_to_account(world: World) -> None:
    case = world.submitted()
    assert case["state"] == "in_review"
    found = world.bank.call("GET", f"/cases/{case['id']}")
    assert found.json["signature"]["application_hash"] == case["signature"]["application_hash"]
    decided = world.bank.call("POST", f"/cases/{case['id']}/decision", APPROVAL).json
    assert decided["state"] == "approved"
    values = {field["key"]: field["value"] for field in decided["fields"]}
    assert values["open_channel"] == "online"
    issuer, type_code, enterprise_id, claims = world.identity.issued[0]
    assert (issuer, type_code) == ("bank-a", "account-certificate")
    assert enterprise_id == world.enterprise.organisation_id
    assert claims["uscc"] == USCC
    assert claims["account_no"] == values["account_no"]
    assert claims["basic_account_no"].startswith("J")
    assert decided["decision"]["certificate_digest"]
    assert [event["kind"] for event in decided["events"]][-3:] == [
        "signed",
        "submitted",
        "approved",
    ]


def test_every_field_names_its_source(world: World) -> None:
    case = world.open_case()
    assert len(case["fields"]) == 151
    fields = {field["key"]: field for field in case["fields"]}
    name = fields["depositor_name"]
    assert (name["value"], name["source"], name["issuer"]) == (
        "北京启明科技有限公司",
        "prefilled",
        "samr",
    )
    assert name["label"] == {"zh": "存款人名称", "en": "Depositor name"}
    assert fields["phone"]["source"] == "missing"
    assert fields["parent_name"]["source"] == "not_applicable"
    assert fields["bank_name"]["source"] == "bank"
    progress = case["progress"]
    assert "office_address" in progress["missing"]
    assert "recon_address" not in progress["missing"]  # follows from the office address
    assert progress["filled"] + len(progress["missing"]) <= progress["required"]


def test_a_returned_case_is_corrected_and_signed_again(world: World) -> None:
    case = world.submitted()
    body = {"decision": "return", "reasons": ["联系电话有误"]}
    returned = world.bank.call("POST", f"/cases/{case['id']}/decision", body).json
    assert returned["decision"]["reasons"] == ["联系电话有误"]
    change = {"values": {"phone": "010-88888888"}, "version": returned["version"]}
    draft = world.enterprise.call("PATCH", f"/cases/{case['id']}/fields", change).json
    assert draft["state"] == "draft"
    assert draft["signature"] is None
    problem(world.bank.call("GET", f"/cases/{case['id']}"), 404, "case_not_found")
    problem(
        world.enterprise.call("POST", f"/cases/{case['id']}/submission"), 409, "case_wrong_state"
    )
    for step in ("signature", "submission"):
        world.enterprise.call("POST", f"/cases/{case['id']}/{step}", {})
    again = world.bank.call("GET", f"/cases/{case['id']}").json
    assert again["state"] == "in_review"
    assert again["signature"]["application_hash"] != case["signature"]["application_hash"]


def test_declared_facts_are_asked_once(world: World) -> None:
    first = world.fill_all(world.open_case())
    world.enterprise.call("POST", f"/cases/{first['id']}/signature", {})
    second = world.fill_all(world.open_case())
    declared = [f["key"] for f in second["fields"] if f["source"] == "declared"]
    assert {"phone", "agent_name", "office_address", "finance1_name"} <= set(declared)
    assert second["meter"]["typed_now"] < first["meter"]["typed_now"] // 2
    assert second["meter"]["reduction"] > 0.9


def test_facts_of_an_unsigned_case_are_not_kept(world: World) -> None:
    world.fill_all(world.open_case())
    assert not [f for f in world.open_case()["fields"] if f["source"] == "declared"]


def test_a_loan_application(world: World) -> None:
    case = world.submitted("loan-application")
    assert len(case["fields"]) == 116
    problem(
        world.bank.call("POST", f"/cases/{case['id']}/decision", {"decision": "approve"}),
        403,
        "decision_not_allowed",
    )
    approved = world.officer.call("POST", f"/cases/{case['id']}/decision", {"decision": "approve"})
    assert approved.json["state"] == "approved"
    assert world.identity.issued == []


def test_lists_show_each_side_its_own(world: World) -> None:
    draft, filed = world.open_case(), world.submitted()
    own = world.enterprise.call("GET", "/cases").json
    assert {case["id"] for case in own["cases"]} == {draft["id"], filed["id"]}
    queue = world.bank.call("GET", "/cases?form=account-opening").json
    assert [case["id"] for case in queue["cases"]] == [filed["id"]]
    assert queue["total"] == 1
    assert world.other_bank.call("GET", "/cases").json["total"] == 0
    assert world.other_enterprise.call("GET", "/cases").json["total"] == 0
    assert world.bank.call("GET", "/cases?state=draft").json["total"] == 0


def test_other_tenants_find_nothing(world: World) -> None:
    draft, filed = world.open_case(), world.submitted()
    for person in (world.other_enterprise, world.other_bank):
        problem(person.call("GET", f"/cases/{filed['id']}"), 404, "case_not_found")
    problem(world.bank.call("GET", f"/cases/{draft['id']}"), 404, "case_not_found")
    change = {"values": {"phone": "010-88888888"}, "version": 1}
    path = f"/cases/{draft['id']}/fields"
    problem(world.other_enterprise.call("PATCH", path, change), 404, "case_not_found")
    problem(world.bank.call("PATCH", path, change), 403, "role_required")
    decision = f"/cases/{filed['id']}/decision"
    problem(world.other_bank.call("POST", decision, APPROVAL), 404, "case_not_found")
    problem(world.enterprise.call("POST", decision, APPROVAL), 403, "role_required")


def test_reads_by_the_bank_are_logged(world: World) -> None:
    case = world.submitted()
    world.enterprise.call("GET", f"/cases/{case['id']}")
    assert world.identity.reads == []
    world.bank.call("GET", f"/cases/{case['id']}")
    entry = world.identity.reads[0]
    assert entry["reader_id"] == world.bank.organisation_id
    assert entry["purpose"] == "account-opening"
    assert entry["consent_id"] == case["consent_id"]
    assert "legal_rep_id_no" in entry["fields"]
    assert "parent_name" not in entry["fields"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"shoe_size": 42}, "shoe_size"),
        ({"employees": "3O"}, "employees"),
        ({"mandate_validity": "2027-02-30"}, "mandate_validity"),
        ({"phone": "010-88888888", "account_nature": "gold"}, "account_nature"),
    ],
)
def test_a_bad_value_changes_nothing(world: World, values, named: str) -> None:
    case = world.open_case()
    path = f"/cases/{case['id']}"
    body = {"values": values, "version": case["version"]}
    found = problem(world.enterprise.call("PATCH", f"{path}/fields", body), 422, "field_errors")
    assert [error["field"] for error in found["errors"]] == [named]
    assert found["errors"][0]["pointer"] == f"/values/{named}"
    after = world.enterprise.call("GET", path).json
    assert after["version"] == case["version"]
    assert after["fields"] == case["fields"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"values": {"phone": "010-88888888"}},
        {"values": {}, "version": 1},
        {"values": {"phone": "010-88888888"}, "version": "1"},
        {"values": {"phone": "010-88888888"}, "version": 1, "force": True},
        {"values": {"k" * 61: "x"}, "version": 1},
        {"values": ["phone"], "version": 1},
    ],
)
def test_a_malformed_change(world: World, body) -> None:
    case = world.open_case()
    answer = world.enterprise.call("PATCH", f"/cases/{case['id']}/fields", body)
    problem(answer, 422, "validation_failed")


def test_a_stale_version_is_refused(world: World) -> None:
    case = world.open_case()
    body = {"values": {"phone": "010-88888888"}, "version": case["version"]}
    path = f"/cases/{case['id']}/fields"
    assert world.enterprise.call("PATCH", path, body).status_code == 200
    other = {"values": {"phone": "010-99999999"}, "version": case["version"]}
    found = problem(world.enterprise.call("PATCH", path, other), 409, "case_version_conflict")
    assert found["version"] == case["version"] + 1


def test_an_incomplete_case_is_not_signed(world: World) -> None:
    case = world.open_case()
    answer = world.enterprise.call("POST", f"/cases/{case['id']}/signature", {})
    found = problem(answer, 422, "case_incomplete")
    assert set(case["progress"]["missing"]) <= set(found["missing"])


def test_a_change_after_signing_takes_the_signature_away(world: World) -> None:
    case = world.fill_all(world.open_case())
    path = f"/cases/{case['id']}"
    signed = world.enterprise.call("POST", f"{path}/signature", {}).json
    assert signed["state"] == "signed"
    body = {"values": {"phone": "010-99999999"}, "version": signed["version"]}
    draft = world.enterprise.call("PATCH", f"{path}/fields", body).json
    assert (draft["state"], draft["signature"]) == ("draft", None)
    fields = {field["key"]: field for field in draft["fields"]}
    assert fields["application_signature"]["source"] == "missing"
    assert fields["sign_date"]["source"] == "missing"


def test_a_case_in_review_is_not_changed(world: World) -> None:
    case = world.submitted()
    body = {"values": {"phone": "010-99999999"}, "version": case["version"]}
    answer = world.enterprise.call("PATCH", f"/cases/{case['id']}/fields", body)
    problem(answer, 409, "case_wrong_state")


def test_a_tampered_application_is_not_decided(world: World) -> None:
    case = world.submitted()
    with world.app.app_context():
        cases = CaseRepository(db.session, world.identity)
        stored = cases.get(case["id"])
        phone = replace(stored.fields["phone"], value="010-00000000")
        cases.save(replace(stored, fields={**stored.fields, "phone": phone}), meter_of(stored))
        db.session.commit()
    answer = world.bank.call("POST", f"/cases/{case['id']}/decision", APPROVAL)
    problem(answer, 409, "application_signature_mismatch")
    assert world.identity.issued == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "approve"}, "decision_invalid"),
        (
            {"decision": "approve", "bank_values": {"will_verification": "failed"}},
            "decision_invalid",
        ),
        ({"decision": "refuse"}, "decision_invalid"),
        ({"decision": "return", "reasons": [" "]}, "decision_invalid"),
        ({"decision": "perhaps"}, "validation_failed"),
        (
            {"decision": "approve", "bank_values": {"will_verification": "passed", "phone": "1"}},
            "field_errors",
        ),
    ],
)
def test_an_incomplete_decision(world: World, body, code: str) -> None:
    case = world.submitted()
    problem(world.bank.call("POST", f"/cases/{case['id']}/decision", body), 422, code)
    assert world.bank.call("GET", f"/cases/{case['id']}").json["state"] == "in_review"


def test_a_decision_is_final(world: World) -> None:
    case = world.submitted()
    path = f"/cases/{case['id']}/decision"
    assert world.bank.call("POST", path, APPROVAL).status_code == 200
    problem(world.bank.call("POST", path, APPROVAL), 409, "case_wrong_state")


def test_a_presentation_opens_one_case(world: World) -> None:
    case = world.open_case()
    body = {
        "form": "account-opening",
        "bank_code": "bank-a",
        "presentation_id": case["presentation_id"],
    }
    found = problem(world.enterprise.call("POST", "/cases", body), 409, "presentation_used")
    assert found["case_id"] == case["id"]


def test_a_presentation_that_does_not_fit(world: World) -> None:
    own = world.identity.present_as(
        world.enterprise.organisation_id, "bank-a", "account-opening", wallet()
    )
    good = {"form": "account-opening", "bank_code": "bank-a", "presentation_id": own}
    cases = [
        (world.other_enterprise, good, 422, "presentation_unfit"),
        (world.enterprise, good | {"form": "loan-application"}, 422, "presentation_unfit"),
        (world.enterprise, good | {"form": "passport"}, 422, "unknown_form"),
        (world.enterprise, good | {"bank_code": "tax"}, 422, "unknown_bank"),
        (world.enterprise, good | {"bank_code": "bank-b"}, 404, "refused"),
        (world.enterprise, good | {"presentation_id": "x"}, 422, "validation_failed"),
        (world.bank, good, 403, "role_required"),
    ]
    for person, body, status, code in cases:
        problem(person.call("POST", "/cases", body), status, code)
    assert world.enterprise.call("GET", "/cases").json["total"] == 0


def test_the_meter_by_use_case(world: World) -> None:
    opening, loan = world.submitted(), world.submitted("loan-application")
    with world.app.app_context():
        filing = world.app.extensions["qilian.filing"]
        found, one = filing.meter(), filing.meter([loan["id"]])
        case = filing.case(loan["id"])
    assert set(found) == {"account-opening", "loan-application"}
    assert found["account-opening"].to_json() == opening["meter"]
    assert one == {"loan-application": found["loan-application"]}
    assert found["account-opening"].to_type == 0
    assert case.values["loan_amount"] == 100_000_000
    assert case.enterprise_id == world.enterprise.organisation_id
    assert (case.bank_id, case.presentation_id) == (
        world.bank.organisation_id,
        loan["presentation_id"],
    )


def test_a_prefilled_form_is_read_quickly(world: World) -> None:
    case = world.open_case()
    times = []
    for _ in range(21):
        start = time.perf_counter()
        assert world.enterprise.call("GET", f"/cases/{case['id']}").status_code == 200
        times.append(time.perf_counter() - start)
    assert statistics.median(times) <= 0.05


def test_answers_cover_every_required_field(world: World) -> None:
    fields = bundle("account-opening").by_key
    required = [k for k, f in fields.items() if f.required and not f.by_bank]
    assert set(answers(fields, required)) == set(required)
