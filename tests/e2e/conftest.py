"""A browser and a served platform for the browser tests; without Chromium they are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chain.node_fixture import running_node
from tests.e2e.people import Person
from tests.e2e.served import Site, served_platform
from tests.platform import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, saying so, where there is no browser."""
    if CHROMIUM is None:
        reason = "chromium is not on PATH; install Debian's package chromium to run browser tests"
        for item in items:
            if "tests/e2e/" in item.nodeid:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served platform of the browser tests' own, on a chain of its own."""
    directory = tmp_path_factory.mktemp("site")
    with running_node("anvil", free_port()) as node, served_platform(directory, node) as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Page]:
    """A new browser window on the site, nobody signed in, Chinese."""
    with browser.new_context(base_url=site.url, locale="zh-CN") as context:
        yield context.new_page()


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Person]:
    """Make signed-in people, each with a browser window of its own."""
    people = Person(browser, site.url)
    yield people
    people.close()
