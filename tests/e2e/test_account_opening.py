"""The agent opens an account in the browser, the bank's desk decides, both see what happened."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from filing.catalogue import bundle
from filing.model.form import Field, FieldType
from filing.model.value import FieldValue, Source
from filing.web.form_input import text_for_control
from tests.e2e.people import People
from tests.e2e.served import Site
from tests.filing.answers import answer

FIELDS = bundle("account-opening").by_key
ROUNDS = 4  # an answer may ask for more


@dataclass(frozen=True)
class Bank:
    """Where the account is opened."""

    code: str
    name: str


YANDU = Bank("bank-b", "燕都银行(模拟)")


@pytest.fixture
def agent(people: People, site: Site) -> Page:
    """An enterprise's agent, on the enterprise's start page."""
    return people.sign_in(site.agents()[0])


def start_opening(agent: Page, bank: Bank) -> None:
    agent.goto("/enterprise")
    agent.get_by_role("link", name="申请开户").click()
    agent.get_by_label(bank.name).check()
    agent.get_by_label("同意向所选银行").check()
    agent.get_by_role("button", name="同意并预填").click()
    expect(agent.get_by_role("heading", name="对公账户开立")).to_be_visible()


def fill_what_is_left(agent: Page) -> None:
    for _ in range(ROUNDS):
        if agent.get_by_role("button", name="签署并提交").count():
            return
        for control in (
            residual(agent).locator(".form-grid").locator("input, select, textarea").all()
        ):
            if control.is_visible():
                fill(control)
        agent.get_by_role("button", name="保存").click()
        expect(agent.get_by_text("已保存")).to_be_visible()
    raise AssertionError("the form still asks for more")


def residual(page: Page) -> Locator:
    return page.locator("form[action$='/fields']")


def fill(control: Locator) -> None:
    field = FIELDS[control.get_attribute("name") or ""]
    kind = control.evaluate("control => control.type")
    if kind == "checkbox":
        chosen = field.type is not FieldType.MULTI_CHOICE or is_chosen(control, field)
        control.set_checked(chosen)
    elif kind == "select-one":
        control.select_option(text(field))
    else:
        control.fill(text(field))


def is_chosen(control: Locator, field: Field) -> bool:
    return control.get_attribute("value") in answer(field)


def text(field: Field) -> str:
    return text_for_control(field, FieldValue(answer(field), Source.TYPED))


def test_an_account_is_opened_from_end_to_end(agent: Page, people: People) -> None:
    start_opening(agent, YANDU)
    expect(agent.get_by_text("还有", exact=False).first).to_be_visible()
    fill_what_is_left(agent)
    agent.get_by_role("button", name="签署并提交").click()
    expect(agent.locator("h1 .badge")).to_have_text("审查中")
    case_id = agent.url.rsplit("/", 1)[1]

    desk = people.sign_in(f"desk@{YANDU.code}")
    desk.get_by_role("link", name="申请审批").first.click()
    desk.locator(f"a[href$='{case_id}']").click()
    expect(desk.get_by_role("heading", name="需要注意")).to_be_visible()
    source = desk.locator("details.provenance--prefilled").first
    source.locator("summary").click()
    expect(source.get_by_text("取自“营业执照", exact=False)).to_be_visible()
    desk.get_by_text("全部步骤").click()
    expect(desk.get_by_text("签发者签名").first).to_be_visible()
    desk.locator("select[name=will_verification]").select_option("passed")
    desk.get_by_role("button", name="同意").click()
    expect(desk.get_by_text("已签发账户证明")).to_be_visible()

    agent.goto("/enterprise")
    expect(agent.locator("#credentials").get_by_role("heading", name=YANDU.name)).to_be_visible()
    reads = agent.locator("#reads tbody tr")
    expect(reads.filter(has_text=YANDU.name).first).to_contain_text("对公账户开立")


def test_a_letter_in_a_number_is_named_and_nothing_typed_is_lost(agent: Page) -> None:
    start_opening(agent, YANDU)
    purpose = agent.locator("[name=account_purpose]")
    turnover = agent.locator("[name=expected_monthly_turnover]")
    purpose.fill("采购付款与工资")
    turnover.fill("20O0")
    agent.locator("[name=currency]").select_option("CNY")
    agent.get_by_role("button", name="保存").click()
    expect(agent.get_by_text("有内容未通过检查")).to_be_visible()
    expect(agent.locator("#f-expected_monthly_turnover-error")).to_contain_text("应为")
    named = agent.locator(".error-page__fields a")
    expect(named).to_have_text("预计月交易规模")
    expect(turnover).to_have_value("20O0")
    expect(purpose).to_have_value("采购付款与工资")
    expect(agent.locator("[name=currency]")).to_have_value("CNY")
