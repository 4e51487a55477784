"""The whole platform in one process, on a real chain: what API tests and the journey work with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from flask import Flask

from app import create_app
from authorities.adapters.cities import build_city
from authorities.provisioning import Provisioning
from chain import OutboxWorker, deploy
from db import db
from identity.adapters.build import housekeeping
from journey.client import Client
from web.sandbox import sandbox_password

PUBLIC_URL = "http://localhost:8000"
ENTERPRISES = 12


@dataclass
class Platform:
    """An application with contracts, a small made-up city, and everybody's accounts."""

    app: Flask
    http: httpx.Client
    password: str

    def sign_in(self, login: str) -> Client:
        """Return a client signed in with a sandbox login."""
        return Client.sign_in(self.http, login, self.password)

    def settle(self) -> None:
        """Land everything queued on the chain and read it back into the index."""
        with self.app.app_context():
            for duty in housekeeping(self.app.extensions["qilian.identity"]):
                duty()
            OutboxWorker(self.app.extensions["qilian.chain"]).run_until_idle()
            self.app.extensions["qilian.follower"].run_once()

    def companies(self) -> list[tuple[str, str]]:
        """Return (code, legal representative) of the register's companies."""
        with self.app.app_context():
            found = self.app.extensions["qilian.authorities"].companies()
            return [(company.uscc, company.legal_representative) for company in found]


def settings(directory: Path, node_url: str, public_url: str = PUBLIC_URL) -> dict[str, Any]:
    """Return the configuration of a platform that lives in a directory."""
    return {
        "VAR_DIR": str(directory),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{directory / 'qilian.db'}",
        "PUBLIC_URL": public_url,
        "CHAIN_RPC_URL": node_url,
        "CHAIN_ENGINE": "anvil",
        "SANDBOX": True,
        "SANDBOX_PASSWORD_FILE": str(directory / "sandbox-password"),
        "KEK_FILE": str(directory / "kek"),
        "CONSORTIUM_KEY_FILE": str(directory / "consortium-key"),
        "EMBEDDED_WORKER": False,
        "TESTING": True,
    }


@contextmanager
def running_platform(
    directory: Path, node_url: str, public_url: str = PUBLIC_URL
) -> Iterator[Platform]:
    """Yield a platform on a node: contracts deployed, city loaded, organisations accredited."""
    app = create_app(settings(directory, node_url, public_url))
    password = sandbox_password(app.config["SANDBOX_PASSWORD_FILE"])
    with app.app_context():
        db.create_all()
        chain = app.extensions["qilian.chain"]
        deploy(chain)
        app.extensions["qilian.authorities"].loading.load(build_city(None, ENTERPRISES), list)
        Provisioning(app.extensions["qilian.identity"], chain).take_up_all(password)
        db.session.commit()
    with httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url=public_url, timeout=60
    ) as http:
        platform = Platform(app, http, password)
        platform.settle()
        yield platform
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
