"""An enterprise with credentials and a consent, registered over HTTP on a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from identity import Identity
from journey.client import Client
from journey.parties import Enterprise
from journey.steps import OPENING, register
from tests.identity.asking import Asked, ask
from tests.identity.mini_wallet import TYPE, MakeOffer, MiniWallet
from tests.platform import Platform

AUTHORITIES = ("samr", "tax", "hrss", "public-security")


@pytest.fixture(scope="session")
def enterprises(platform: Platform) -> list[Enterprise]:
    """Two enterprises with credentials from four simulated authorities, all anchored."""
    found = [register(Client(platform.http), *company) for company in platform.companies()[:2]]
    platform.settle()
    for code in AUTHORITIES:
        operator = platform.sign_in(f"operator@{code}")
        operator.post(f"/authorities/{code}/issuances")
    platform.settle()
    return found


@pytest.fixture
def enterprise(enterprises: list[Enterprise]) -> Enterprise:
    """The enterprise of the test."""
    return enterprises[0]


@pytest.fixture
def identity(platform: Platform) -> Iterator[Identity]:
    """The identity facade, in an application context."""
    with platform.app.app_context():
        yield platform.app.extensions["qilian.identity"]


@pytest.fixture
def asked(platform: Platform, enterprise: Enterprise) -> Asked:
    """A presentation request by bank A, and the hosted wallet's answer, not handed in yet."""
    platform.settle()  # what other tests issued into the wallet is anchored
    enterprise.client.post("/consents", {"recipient": "bank-a", "purpose": OPENING})
    return ask(enterprise, "bank-a", OPENING)


@pytest.fixture
def operator(platform: Platform) -> Client:
    return platform.sign_in("operator@samr")


@pytest.fixture
def wallet(platform: Platform) -> MiniWallet:
    return MiniWallet(platform.http)


@pytest.fixture
def make_offer(operator: Client, enterprise: Enterprise) -> MakeOffer:
    def make(*types: str, **options: Any) -> dict[str, Any]:
        body = {"enterprise": enterprise.uscc, "types": list(types or [TYPE]), **options}
        return operator.post("/credential-offers", body)

    return make


@pytest.fixture
def token(wallet: MiniWallet, make_offer: MakeOffer) -> str:
    """A fresh bearer token for one business licence."""
    offer = wallet.offer(make_offer()["link"])
    return str(wallet.redeem(offer).raise_for_status().json()["access_token"])
