"""Presenting from the hosted wallet, in the browser: agree on one page, find the form filled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from journey.client import Client
from tests.platform import Platform

COMPANY = 9
"""Which company of the register is used here; other tests take the first ones."""
FORM = "account-opening"
PAGE = "/enterprise/cases/new"


@dataclass(frozen=True)
class Browser:
    """A browser with the session cookie of an enterprise's agent."""

    client: FlaskClient
    api: Client

    def page(self, form: str = FORM) -> str:
        answer = self.client.get(PAGE, query_string={"form": form, "lang": "en"})
        assert answer.status_code == 200, answer.text
        return answer.text

    def agree(self, **changes: str) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page())
        assert token is not None
        given = {"form": FORM, "bank": "bank-a", "agreed": "true", "csrf_token": token[1]}
        return self.client.post(PAGE, data=given | changes)

    def consents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get("/consents")["consents"]
        return found


@pytest.fixture(scope="module")
def browser(platform: Platform) -> Browser:
    """An enterprise registered over HTTP, its credentials issued by all authorities."""
    uscc, representative = platform.companies()[COMPANY]
    anonymous = Client(platform.http)
    body = {"uscc": uscc, "legal_representative": representative}
    token = anonymous.post("/enterprises", body)["account"]["access_token"]
    platform.settle()
    for authority in anonymous.get("/authorities")["authorities"]:
        operator = platform.sign_in(f"operator@{authority['code']}")
        operator.post(f"/authorities/{authority['code']}/issuances")
    platform.settle()
    client = platform.app.test_client()
    client.set_cookie("qilian_session", token)
    return Browser(client, anonymous.as_bearer(token))


def test_the_page_says_what_will_be_shared_with_whom(browser: Browser) -> None:
    page = browser.page()
    for text in ("Jinghua Bank (simulated)", "Yandu Bank (simulated)", "Business licence"):
        assert text in page
    assert "Tax authority (simulated)" not in page, "a case goes to a bank"
    assert browser.consents() == []


@pytest.mark.parametrize("agreed", ["", "no"])
def test_nothing_is_shared_without_agreement(browser: Browser, agreed: str) -> None:
    assert browser.agree(agreed=agreed).status_code == 422
    assert browser.consents() == []


def test_agreeing_presents_and_opens_the_filled_form(browser: Browser) -> None:
    answer = browser.agree()
    assert answer.status_code == 303, answer.text
    case_id = answer.location.rsplit("/", 1)[-1]
    case = browser.api.get(f"/cases/{case_id}")
    assert case["bank"]["code"] == "bank-a"
    assert {step["outcome"] for step in case["steps"]} == {"passed"}
    filled = {field["key"]: field for field in case["fields"] if field["source"] == "prefilled"}
    assert filled["depositor_name"]["issuer"] == "samr"
    assert len(filled) > 20
    page = browser.client.get(answer.location)
    assert page.status_code == 200
    assert filled["depositor_name"]["value"] in page.text
    consents = browser.consents()
    assert [(c["recipient"], c["purpose"]) for c in consents] == [("bank-a", FORM)]


def test_a_second_form_uses_the_consent_that_is_there(browser: Browser) -> None:
    before = len(browser.consents())
    assert browser.agree().status_code == 303
    assert len(browser.consents()) == max(before, 1)


def test_a_revoked_consent_is_granted_anew_by_agreeing_again(browser: Browser) -> None:
    if not browser.consents():
        assert browser.agree().status_code == 303
    for consent in browser.consents():
        browser.api.post(f"/consents/{consent['id']}/revocation")
    assert browser.agree().status_code == 303
    states = [consent["state"] for consent in browser.consents()]
    assert states.count("revoked") == len(states) - 1


def test_a_bank_that_does_not_exist_is_refused(browser: Browser) -> None:
    before = browser.consents()
    assert browser.agree(bank="bank-z").status_code == 404
    assert browser.consents() == before
