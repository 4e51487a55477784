"""A browser and a served platform for the browser tests; without Chromium they are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from journey.stages import Journey
from tests.chain.node_fixture import free_port, running_node
from tests.e2e.people import People
from tests.e2e.served import Site, served_platform

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WITHOUT_BROWSER = "chromium is not on PATH: install Debian's package chromium for browser tests"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, or a skip that says what is missing."""
    if CHROMIUM is None:
        pytest.skip(WITHOUT_BROWSER)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served platform after the journey of twelve enterprises, on a chain of its own."""
    directory = tmp_path_factory.mktemp("site")
    with running_node("anvil", free_port()) as node, served_platform(directory, node) as found:
        with found.world() as world:
            Journey(world, Console(quiet=True)).run()
        yield found


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """Make people with windows of their own."""
    found = People(browser, site.url)
    yield found
    found.close()
