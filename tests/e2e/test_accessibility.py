"""axe-core finds nothing serious on the main pages, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.people import People
from tests.e2e.served import ROOT, Site

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "": ["/", "/sign-in", "/nothing-here"],
    "agent": [
        "/enterprise",
        "/enterprise/consents/new",
        "/enterprise/cases",
        "/enterprise/cases/new",
        "/enterprise/loans",
        "first:/enterprise/cases",
        "first:/enterprise/loans",
    ],
    "desk@bank-a": ["/bank", "/bank/cases?state=all", "first:/bank/cases?state=all"],
    "credit@bank-a": ["/bank/loans", "first:/bank/loans"],
    "reviewer@bj-finance": [
        "/regulator",
        "/regulator/attestations",
        "first:/regulator/attestations",
        "/regulator/replays",
        "first:/regulator/replays",
    ],
    "operator@tax": ["/authority"],
}


def go(page: Page, address: str) -> None:
    """Open a page; "first:" means what the first link of its table leads to."""
    page.goto(address.removeprefix("first:"))
    if address.startswith("first:"):
        page.locator("tbody a").first.click()
        page.wait_for_load_state()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{item['id']} ({item['impact']}): {item['nodes'][0]['html'][:200]}"
        for item in found
        if item["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", PAGES)
def test_no_serious_violation(people: People, site: Site, who: str, language: str) -> None:
    login = site.agents()[1] if who == "agent" else who
    page = people.sign_in(login, language) if login else people.visitor(language)
    found = {}
    for address in PAGES[who]:
        go(page, address)
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
        if wrong := violations(page):
            found[address] = wrong
    assert not found


def test_pages_fit_a_telephone(people: People, site: Site) -> None:
    page = people.sign_in(site.agents()[1], width=390)
    for address in PAGES["agent"]:
        go(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, address
