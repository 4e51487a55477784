"""The agent opens an account in the browser; the bank's desk decides; both see what happened."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.people import People
from tests.e2e.served import Site

DESK, OTHER_BANK = "desk@bank-b", "燕都银行(模拟)"
WORDS = {"tel": "010-62345678", "date": "2025-01-02"}
# What a person would type where the form shows no example of its own.
TYPED = "测试填写"


def start_opening(page: Page) -> None:
    """Consent to the other bank and open a pre-filled case."""
    page.goto("/enterprise/cases/new")
    page.get_by_label(OTHER_BANK).check()
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="同意并预填").click()
    expect(page.get_by_role("heading", name="对公账户开立")).to_be_visible()


def fill_what_is_left(page: Page) -> None:
    """Fill every control that the page asks for, as often as an answer asks for more."""
    for _ in range(4):
        form = page.locator("form[action$='/fields']")
        if page.get_by_role("button", name="签署并提交").count():
            return
        for field in form.locator(".form-grid > .field, .form-grid > .choices").all():
            if field.is_visible():
                _fill(page, field)
        form.get_by_role("button", name="保存").click()
        page.wait_for_load_state()
        expect(page.locator(".field__error")).to_have_count(0)
    raise AssertionError("the form still asks for more")


def _fill(page: Page, field: object) -> None:
    raise NotImplementedError
