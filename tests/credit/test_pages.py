"""Credit's pages: what the officer and the enterprise read and do."""

from __future__ import annotations

import pytest

from tests.credit.harness import INVOICE, World

REASONS = {
    "zh": "缺少近12个月发票数据",
    "en": "The invoices of the last 12 months are missing",
}


def test_the_officer_works_through_a_case(world: World) -> None:
    application_id = world.received()
    officer, path = world["officer-a"], f"/bank/loans/{application_id}"
    assert path in officer.get("/bank/loans?lang=zh").text
    assert "按现有证据作出决定" in officer.get(f"{path}?lang=zh").text
    assert officer.submit(f"{path}/decision").status_code == 303
    page = officer.get(f"{path}?lang=zh").text
    for text in ("评分明细", "特征与来源", "近12月有效开票额", "额度与利率", "¥500,000.00"):
        assert text in page
    assert "/api/v1/decisions/" in page
    assert "Few" in officer.get(f"{path}?lang=en").text


def test_reasons_are_read_in_both_languages(world: World) -> None:
    application_id = world.received(credentials=world.withhold("invoice-ledger"))
    world["officer-a"].submit(f"/bank/loans/{application_id}/decision")
    for login, path in (("officer-a", "/bank/loans"), ("enterprise", "/enterprise/loans")):
        for language, reason in REASONS.items():
            page = world[login].get(f"{path}/{application_id}?lang={language}").text
            assert reason in page


def test_the_enterprise_accepts_and_the_officer_pledges(world: World) -> None:
    application_id = world.received()
    world["officer-a"].submit(f"/bank/loans/{application_id}/decision")
    accepted = world["enterprise"].submit(f"/enterprise/loans/{application_id}/acceptance")
    assert accepted.status_code == 303
    loan = world["officer-a"].get(f"/api/v1/loan-applications/{application_id}").json["loan"]
    form = {"loan_id": loan["id"], "credential_digest": INVOICE.credential_digest}
    path = f"/bank/loans/{application_id}"
    assert world["officer-a"].submit(f"{path}/pledge", **form).status_code == 303
    world.outbox.taken_bps["0x" + "05" * 32] = 10_000
    world.outbox.mine()
    page = world["officer-a"].get(f"{path}?lang=en").text
    assert "The receivable is already pledged" in page


def test_the_enterprise_asks_for_review_and_reads_the_answer(world: World) -> None:
    application_id = world.received(credentials=())
    world["officer-a"].submit(f"/bank/loans/{application_id}/decision")
    path = f"/enterprise/loans/{application_id}"
    assert "申请人工复核" in world["enterprise"].get(f"{path}?lang=zh").text
    asked = world["enterprise"].submit(f"{path}/review-request", statement="请复核")
    assert asked.status_code == 303
    answer = {"answer": "upheld", "note": "资料仍缺"}
    world["approver-a"].submit(f"/bank/loans/{application_id}/review-answer", **answer)
    assert "资料仍缺" in world["enterprise"].get(path).text


def test_a_withdrawn_consent_leaves_the_loan_readable_for_its_bank(world: World) -> None:
    loan = world.granted()
    world.identity.revoked.add(world["enterprise"].actor.organisation_id)
    page = world["officer-a"].get(f"/bank/loans/{loan['application_id']}?lang=en")
    assert page.status_code == 200
    assert "withdrew its consent" in page.text
    body = {"loan_id": loan["id"], "credential_digest": INVOICE.credential_digest}
    assert world["officer-a"].post("/pledges", body).json["code"] == "consent_revoked"


def test_a_review_without_a_statement_is_refused(world: World) -> None:
    application_id = world.received(credentials=())
    world["officer-a"].submit(f"/bank/loans/{application_id}/decision")
    path = f"/enterprise/loans/{application_id}/review-request"
    assert world["enterprise"].submit(path, statement="  ").status_code == 422


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("officer-b", "/bank/loans/{id}"),
        ("stranger", "/enterprise/loans/{id}"),
    ],
)
def test_to_others_the_page_does_not_exist(world: World, login: str, path: str) -> None:
    application_id = world.received()
    assert world[login].get(path.format(id=application_id)).status_code == 404


def test_empty_lists_say_so(world: World) -> None:
    assert "尚无贷款申请" in world["stranger"].get("/enterprise/loans?lang=zh").text
    assert world["officer-b"].get("/bank/loans").status_code == 200
