"""The authority's pages of credential statuses."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from journey.parties import Enterprise
from tests.platform import Platform

ISSUER = "court"  # no other test of this folder changes what it issued
PAGE = "/authority/credentials"


@pytest.fixture(scope="module")
def browser(platform: Platform, enterprises: list[Enterprise]) -> FlaskClient:
    """A browser in which the authority's operator has signed in."""
    operator = platform.sign_in(f"operator@{ISSUER}")
    operator.post(f"/authorities/{ISSUER}/issuances")
    platform.settle()
    client = platform.app.test_client()
    token = _csrf_token(client.get("/sign-in"))
    form = {"login": f"operator@{ISSUER}", "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def _csrf_token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found[1]


def _first_link(page: TestResponse) -> str:
    found = re.search(rf'href="({PAGE}/[0-9a-f]{{64}})"', page.text)
    assert found
    return found[1]


def change(browser: FlaskClient, link: str, **form: str) -> TestResponse:
    token = _csrf_token(browser.get(link))
    return browser.post(f"{link}/status", data={"csrf_token": token, **form})


def test_an_operator_finds_and_suspends_a_credential(
    browser: FlaskClient, platform: Platform, enterprise: Enterprise
) -> None:
    found = browser.get(PAGE, query_string={"uscc": enterprise.uscc})
    link = _first_link(found)
    assert "司法记录" in found.text
    answer = change(browser, link, status="suspended", reason="  待复核 <b>  ")
    assert (answer.status_code, answer.location) == (303, link)
    shown = browser.get(link).text
    assert "待复核 &lt;b&gt;" in shown
    assert "待上链" in shown
    platform.settle()
    assert "已上链" in browser.get(link).text
    assert change(browser, link, status="valid", reason="复核无误").status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {"status": "suspended", "reason": "   "},
        {"reason": "because"},
        {"status": "erased", "reason": "because"},
        {"status": "suspended", "reason": "x" * 301},
    ],
    ids=["no reason", "no status", "another status", "a reason too long"],
)
def test_what_is_missing_is_said_beside_the_field(
    browser: FlaskClient, enterprise: Enterprise, form: dict[str, str]
) -> None:
    link = _first_link(browser.get(PAGE, query_string={"uscc": enterprise.uscc}))
    answer = change(browser, link, **form)
    assert answer.status_code == 422
    assert "field__error" in answer.text


def test_a_form_without_its_token_changes_nothing(
    browser: FlaskClient, enterprise: Enterprise
) -> None:
    link = _first_link(browser.get(PAGE, query_string={"uscc": enterprise.uscc}))
    form = {"status": "revoked", "reason": "x"}
    assert browser.post(f"{link}/status", data=form).status_code == 403
    assert "不可恢复" in browser.get(link).text  # still offered as a choice


@pytest.mark.parametrize(
    ("uscc", "status"),
    [("", 200), ("not a code", 422), ("91110000802100433B", 404)],
)
def test_a_code_that_finds_nobody_is_explained(
    browser: FlaskClient, uscc: str, status: int
) -> None:
    answer = browser.get(PAGE, query_string={"uscc": uscc})
    assert answer.status_code == status
    assert "统一社会信用代码" in answer.text


def test_another_authoritys_credential_is_404(browser: FlaskClient, enterprise: Enterprise) -> None:
    held = enterprise.client.get("/wallet/credentials")["credentials"]
    foreign = next(item["digest"] for item in held if item["issuer_code"] != ISSUER)
    assert browser.get(f"{PAGE}/{foreign}").status_code == 404
