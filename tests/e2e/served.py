"""The platform behind a real web server, with its worker, as people meet it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from journey.parties import World
from tests.chain.node_fixture import free_port
from tests.platform import running_platform

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


@dataclass(frozen=True)
class Site:
    """A served platform: where it is, the one sandbox password, and where DIDs are resolved."""

    url: str
    password: str
    node_url: str
    did_registry: str

    def agents(self) -> list[str]:
        """Return the logins of enterprises' agents, as the sandbox page lists them."""
        page = httpx.get(f"{self.url}/sign-in", headers={"Accept": "text/html"}).text
        return re.findall(r"<code>(agent@[0-9A-Z]{18})</code>", page)

    @contextmanager
    def world(self) -> Iterator[World]:
        """Yield everybody signed in to the API."""
        with httpx.Client(base_url=self.url, timeout=60) as http:
            yield World.sign_in(http, self.password)


@contextmanager
def served_platform(directory: Path, node_url: str) -> Iterator[Site]:
    """Set a platform up in a directory and serve it with granian, at its public URL."""
    port = free_port()
    url = f"http://localhost:{port}"
    with running_platform(directory, node_url, url) as platform:
        with platform.app.app_context():
            registry = platform.app.extensions["qilian.chain"].address("DIDRegistry")
        site = Site(url, platform.password, node_url, registry)
    with _served(directory, node_url, port, url):
        yield site


@contextmanager
def _served(directory: Path, node_url: str, port: int, url: str) -> Iterator[None]:
    with (directory / "server.log").open("ab") as log:
        server = subprocess.Popen(
            _command(port),
            cwd=ROOT,
            env=_environment(directory, node_url, url),
            stdout=log,
            stderr=log,
        )
        try:
            _await_ready(url, server, directory / "server.log")
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)


def _command(port: int) -> list[str]:
    return [
        str(Path(sys.executable).parent / "granian"),
        "--interface=wsgi",
        "--host=127.0.0.1",
        f"--port={port}",
        "--workers=1",
        "--blocking-threads=4",
        "--no-ws",
        "--factory",
        "app:serve",
    ]


def _environment(directory: Path, node_url: str, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "VAR_DIR": str(directory),
        "PUBLIC_URL": url,
        "CHAIN_RPC_URL": node_url,
        "CHAIN_ENGINE": "anvil",
        "SANDBOX": "true",
        "EMBEDDED_WORKER": "true",
    }


def _await_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the server answers that it is ready; say what it wrote when it does not."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not become ready:\n{log.read_text()[-2000:]}")
