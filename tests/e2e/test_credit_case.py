"""A credit officer reads a loan case: points, reasons, limit and where each feature comes from."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.people import People


def test_a_loan_case_shows_points_and_reasons(people: People) -> None:
    officer = people.sign_in("credit@bank-a")
    officer.goto("/bank/loans")
    officer.locator("tbody a").first.click()
    for heading in ("决定与理由", "评分明细", "额度与利率"):
        expect(officer.get_by_role("heading", name=heading)).to_be_visible()
    reasons = officer.locator("section", has=officer.get_by_role("heading", name="决定与理由"))
    assert reasons.locator("tbody tr").count() >= 1
    points = officer.get_by_role("row", name="近12月有效开票额").first
    expect(points).to_contain_text("/ 70")
    officer.get_by_text("全部特征").click()
    expect(officer.get_by_role("row", name="近12月进项额")).to_contain_text("发票台账")


def test_a_declined_enterprise_reads_why_and_how_to_improve(people: People) -> None:
    officer = people.sign_in("credit@bank-a")
    officer.goto("/bank/loans")
    declined = officer.locator("tbody tr", has_text="未批准")
    expect(declined.first).to_be_visible()
    declined.first.get_by_role("link").click()
    expect(officer.get_by_role("columnheader", name="如何改善")).to_be_visible()
