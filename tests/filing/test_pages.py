"""The pages: an enterprise completes and files a form; its bank decides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from filing.catalogue import bundle
from filing.model.form import FieldType
from filing.model.value import FieldValue, Source
from filing.web.form_input import text_for_control, values_from
from tests.filing.answers import answer
from tests.filing.conftest import Person, World
from tests.filing.fakes import wallet


def browser(world: World, person: Person) -> FlaskClient:
    client = world.app.test_client()
    client.set_cookie("qilian_session", person.token)
    return client


def post(client: FlaskClient, page: str, path: str, data: dict[str, Any]) -> TestResponse:
    """Post a form with the token of the page it stands on."""
    html = client.get(page).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token, html
    return client.post(path, data={**data, "csrf_token": token.group(1)})


def as_text(key: str, value: Any, form: str = "account-opening") -> Any:
    field = bundle(form).by_key[key]
    if field.type is FieldType.MULTI_CHOICE:
        return value
    return text_for_control(field, FieldValue(value, Source.TYPED))


def test_an_enterprise_completes_its_form(world: World) -> None:
    client, bank = browser(world, world.enterprise), browser(world, world.bank)
    data = {"form": "account-opening", "bank": "bank-a", "agreed": "true"}
    started = post(client, "/enterprise/cases/new", "/enterprise/cases/new", data)
    assert started.status_code == 303
    page = started.location
    html = client.get(page).text
    assert "北京启明科技有限公司" in html
    assert "市场监管局(模拟)" in html
    case = world.enterprise.call("GET", f"/cases/{page.rsplit('/', 1)[1]}").json
    fields = bundle("account-opening").by_key
    while missing := case["progress"]["missing"]:
        values = {key: as_text(key, answer(fields[key])) for key in missing}
        saved = post(client, page, f"{page}/fields", values | {"version": case["version"]})
        assert saved.status_code == 303, saved.text
        case = world.enterprise.call("GET", f"/cases/{case['id']}").json
    filed = post(client, page, f"{page}/submission", {"version": case["version"]})
    assert filed.status_code == 303
    assert "审查中" in client.get(page).text
    bank_page = f"/bank/cases/{case['id']}"
    assert "北京启明科技有限公司" in bank.get("/bank/cases").text
    assert "无法核验" in bank.get(bank_page).text
    decision = {"decision": "approve", "will_verification": "passed", "reasons": ""}
    decided = post(bank, bank_page, f"{bank_page}/decision", decision)
    assert decided.status_code == 303, decided.text
    assert "已签发账户证明" in bank.get(bank_page).text
    assert "银行已同意" in client.get(page).text


def test_a_refused_value_is_shown_again_with_the_reason(world: World) -> None:
    client, case = browser(world, world.enterprise), world.open_case()
    page = f"/enterprise/cases/{case['id']}"
    values = {"phone": "call me", "expected_monthly_turnover": "2O0", "version": case["version"]}
    answered = post(client, page, f"{page}/fields?lang=en", values)
    assert answered.status_code == 422
    assert 'value="call me"' in answered.text
    assert "with a letter in it; expected an amount in yuan" in answered.text
    assert world.enterprise.call("GET", f"/cases/{case['id']}").json["version"] == case["version"]


def test_a_conflict_is_explained_and_settled(world: World) -> None:
    other = "北京市朝阳区建国路88号"
    case = world.open_case(credentials=wallet(taxpayer={"registered_address": other}))
    client, page = browser(world, world.enterprise), f"/enterprise/cases/{case['id']}"
    html = client.get(page).text
    assert "两个来源不一致" in html
    assert other in html
    chosen = {"candidate": "1", "version": case["version"]}
    settled = post(client, page, f"{page}/conflicts/registered_address", chosen)
    assert settled.status_code == 303
    fields = world.enterprise.call("GET", f"/cases/{case['id']}").json["fields"]
    assert next(f for f in fields if f["key"] == "registered_address")["value"] == other


def test_a_prefilled_value_can_be_corrected_and_the_bank_sees_both(world: World) -> None:
    case = world.open_case()
    client, page = browser(world, world.enterprise), f"/enterprise/cases/{case['id']}"
    assert 'name="business_scope"' not in client.get(page).text
    assert 'name="business_scope"' in client.get(f"{page}?edit=business_scope").text
    values = {"business_scope": "贸易", "version": case["version"]}
    assert post(client, page, f"{page}/fields", values).status_code == 303
    case = world.fill_all(world.enterprise.call("GET", f"/cases/{case['id']}").json)
    for step in ("signature", "submission"):
        world.enterprise.call("POST", f"/cases/{case['id']}/{step}", {})
    html = browser(world, world.bank).get(f"/bank/cases/{case['id']}").text
    assert "企业修改过的预填内容" in html
    assert "技术开发；软件开发。" in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_in_both_languages(world: World, language: str) -> None:
    case = world.submitted()
    enterprise, bank = browser(world, world.enterprise), browser(world, world.bank)
    for client, path in [
        (enterprise, "/enterprise/cases"),
        (enterprise, "/enterprise/cases/new?form=loan-application"),
        (enterprise, f"/enterprise/cases/{case['id']}"),
        (bank, "/bank/cases?state=all"),
        (bank, f"/bank/cases/{case['id']}"),
    ]:
        joiner = "&" if "?" in path else "?"
        assert client.get(f"{path}{joiner}lang={language}").status_code == 200, path


def test_other_tenants_see_no_page(world: World) -> None:
    case = world.submitted()
    other = browser(world, world.other_enterprise)
    assert other.get(f"/enterprise/cases/{case['id']}").status_code == 404
    assert browser(world, world.other_bank).get(f"/bank/cases/{case['id']}").status_code == 404
    assert browser(world, world.bank).get(f"/enterprise/cases/{case['id']}").status_code == 403


@pytest.mark.parametrize("use_case", ["account-opening", "loan-application"])
def test_a_control_shows_what_the_form_gives(use_case: str) -> None:
    """Rendering and re-reading a field is the identity."""
    fields = [f for f in bundle(use_case).fields if f.type is not FieldType.SIGNATURE]
    for field in (f for f in fields if not f.by_bank):
        given = answer(field)
        shown = as_text(field.key, given, use_case)
        form = (
            MultiDict([(field.key, item) for item in shown])
            if isinstance(shown, list)
            else (MultiDict({field.key: shown}))
        )
        current = {field.key: FieldValue()}
        assert values_from(form, [field], current) == {field.key: given}
