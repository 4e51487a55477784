"""A browser and a served platform for the browser tests; without Chromium they are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from journey.stages import Journey
from tests.chain.node_fixture import free_port, running_node
from tests.e2e.people import People
from tests.e2e.served import Site, served_platform
from tests.e2e.wallets.desks import Desks

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


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """A served platform where one enterprise has registered, for wallets nobody here wrote."""
    directory = tmp_path_factory.mktemp("wallets")
    with (
        running_node("anvil", free_port()) as node,
        served_platform(directory, node) as site,
        site.world() as world,
    ):
        yield Desks.open(site, world)


@pytest.fixture(scope="session")
def another_ca() -> str:
    """The certificate of a CA that the consortium does not know (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Another CA")])
    at = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(at - timedelta(days=1))
    builder = builder.not_valid_after(at + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
