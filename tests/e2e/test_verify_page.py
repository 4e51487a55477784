"""The offline verifier's page in a browser: from disk without a network, and as served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from identity.offline.build_page import build
from identity.offline.report import messages
from tests.e2e.people import LOCALES, People
from tests.e2e.served import Site
from tests.e2e.test_accessibility import violations
from tests.identity.evidence_cases import CASES
from tests.identity.evidence_world import World
from tests.identity.test_offline import judged

SEEN = (
    "good",
    "revoked",
    "unknown checkpoint",
    "digest only",
    "second credential is another's",
    "good, as presented to a bank",
    "good, bound by Ed25519",
)


@dataclass
class Visit:
    """A window on the page from disk, cut off from every network."""

    page: Page
    directory: Path
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the page lies on disk."""
        return (self.directory / "qilian-verify.html").as_uri()

    def open(self) -> None:
        """Save the page, open it, and note what it asks for and complains of."""
        (self.directory / "qilian-verify.html").write_text(build(), encoding="utf-8")
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.address)

    def check(self, found: World) -> None:
        """Fill the form; the page checks as soon as it has both files."""
        judgement = found.judgement
        self.page.locator("summary").click()
        at = datetime.fromtimestamp(judgement["at"], UTC).strftime("%Y-%m-%dT%H:%M:%S")
        self.page.locator("#at").fill(at)
        self.page.locator("#nonce").fill(judgement["nonce"] or "")
        self.page.locator("#audience").fill(judgement["audience"] or "")
        self.page.locator("#anchors").set_input_files(self.file("trust.json", found.trust))
        self.page.locator("#bundle").set_input_files(self.file("evidence.json", found.bundle))
        self.page.locator(".verdict").wait_for()

    def file(self, name: str, document: dict[str, Any]) -> Path:
        path = self.directory / name
        path.write_bytes(orjson.dumps(document))
        return path

    def steps(self) -> list[str]:
        """Return the outcomes shown, in words."""
        return [item.inner_text().strip() for item in self.page.locator(".step .badge").all()]


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page from disk, in a language and a width."""
    windows = []

    def make(language: str = "zh", width: int = 1280) -> Visit:
        window = browser.new_context(
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
            offline=True,
            timezone_id="UTC",
        )
        windows.append(window)
        found = Visit(window.new_page(), tmp_path)
        found.open()
        return found

    yield make
    for window in windows:
        window.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SEEN)
def test_the_page_shows_what_the_command_says(visit: Open, name: str, language: str) -> None:
    found, place = CASES[name][0](), 1 if language == "en" else 0
    opened, report = visit(language), judged(found)
    opened.check(found)
    shown = opened.page.locator(".verdict__word")
    expect(shown).to_have_text(messages()["verdicts"][report.verdict][place])
    outcomes = [step.outcome for credential in report.credentials for step in credential.steps]
    assert opened.steps() == [messages()["outcomes"][outcome][place] for outcome in outcomes]
    assert violations(opened.page) == []
    assert opened.asked == [opened.address]
    # axe is put in by the browser's own means, which the page's policy does not see.
    assert opened.complaints == []


def test_the_language_can_be_changed_and_the_answer_stays(visit: Open) -> None:
    opened = visit("zh")
    opened.check(CASES["revoked"][0]())
    opened.page.get_by_role("button", name="English").click()
    expect(opened.page.locator(".verdict__word")).to_have_text("Invalid")
    expect(opened.page.locator(".verdict__why")).to_contain_text("Revoked by its issuer")
    assert opened.page.locator("html").get_attribute("lang") == "en"


def test_a_dropped_file_is_checked(visit: Open) -> None:
    opened, found = visit("en"), CASES["good"][0]()
    page = opened.page
    page.locator("#at").fill("2026-09-21T14:46:40")
    page.locator("#anchors").set_input_files(opened.file("trust.json", found.trust))
    text = orjson.dumps(found.bundle).decode()
    page.locator("#drop").evaluate(
        """(place, text) => {
             const data = new DataTransfer();
             data.items.add(new File([text], "dropped.json"));
             place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
           }""",
        text,
    )
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator("#bundle-name")).to_have_text("dropped.json")
    expect(page.locator(".verdict__word")).to_have_text("Valid")


@pytest.mark.parametrize(
    ("bundle", "trust", "said"),
    [
        ({"type": "other"}, None, "not_evidence"),
        (None, {"type": "other"}, "not_trust"),
    ],
    ids=["evidence", "trust anchors"],
)
def test_another_file_cannot_be_checked(
    visit: Open, bundle: dict[str, Any] | None, trust: dict[str, Any] | None, said: str
) -> None:
    opened, found = visit("en"), CASES["good"][0]()
    found.bundle, found.trust = bundle or found.bundle, trust or found.trust
    opened.check(found)
    expect(opened.page.locator(".verdict__word")).to_have_text("Cannot check")
    expect(opened.page.locator(".verdict__why")).to_have_text(messages()["documents"][said][1])


def test_it_says_which_file_is_missing(visit: Open) -> None:
    page = visit("en").page
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict__why")).to_have_text("Choose an evidence bundle first")


def test_it_is_used_by_keyboard_alone(visit: Open) -> None:
    page = visit("en").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    names = ("language", "bundle", "anchors", "at")
    for name in names:
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == name:
                break
        expect(page.locator(f"#{name}")).to_be_focused()


def test_it_fits_a_telephone(visit: Open) -> None:
    opened = visit("zh", 390)
    opened.check(CASES["revoked"][0]())
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_served_page_checks_what_an_enterprise_downloads(
    people: People, site: Site, tmp_path: Path
) -> None:
    agent = people.sign_in(site.agents()[1], "en")
    agent.locator("#credentials summary").first.click()
    with agent.expect_download() as download:
        agent.get_by_role("link", name="Download evidence").first.click()
    evidence = tmp_path / "evidence.json"
    download.value.save_as(evidence)
    page = people.visitor("en")
    page.goto("/")
    page.get_by_role("link", name="Verify offline").click()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    expect(page.get_by_text("every authority is simulated")).to_be_visible()
    page.locator("#bundle").set_input_files(evidence)
    expect(page.locator(".verdict__word")).to_have_text("Valid")
    assert complaints == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download this page").click()
    assert "sha256-" in Path(saved.value.path()).read_text(encoding="utf-8")
