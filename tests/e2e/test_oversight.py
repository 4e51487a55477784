"""The regulator looks at issuers and attestations, replays a decision, suspends an issuer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import People


@pytest.fixture
def reviewer(people: People) -> Page:
    """The regulator's reviewer, on the list of issuers."""
    return people.sign_in("reviewer@bj-finance")


def test_a_decision_replays_equal(reviewer: Page) -> None:
    reviewer.get_by_role("link", name="贷款存证").click()
    expect(reviewer.locator("tbody tr").first).to_contain_text("(模拟)")
    reviewer.locator("tbody a").first.click()
    reviewer.get_by_role("button", name="按证据重放该决定").click()
    expect(reviewer.get_by_text("逐位一致").first).to_be_visible()


def test_a_suspended_issuer_is_shown_as_suspended(reviewer: Page) -> None:
    row = reviewer.locator("tbody tr", has_text="海关(模拟)")
    expect(row).to_contain_text("海关备案")
    expect(row).to_contain_text("已认可")
    row.locator("summary").click()
    row.get_by_label("理由").fill("例行检查")
    row.get_by_role("button", name="确认").click()
    expect(row).to_contain_text("例行检查")
    # The worker lands the order; the page says so when it is asked again.
    for _ in range(40):
        if "已暂停" in row.inner_text():
            break
        reviewer.wait_for_timeout(250)
        reviewer.reload()
    expect(row).to_contain_text("已暂停")
    expect(row.locator("summary")).to_have_text("恢复")
