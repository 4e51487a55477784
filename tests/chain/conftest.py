"""Nodes and small apps for the tests of the chain package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from chain import Chain, deploy
from tests.chain.ledger import ledger_app, make_chain
from tests.chain.node_fixture import free_port, running_node


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    with running_node("anvil", free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def ganache_url() -> Iterator[str]:
    with running_node("ganache", free_port()) as url:
        yield url


@pytest.fixture(params=["anvil", "ganache"])
def chain(request: pytest.FixtureRequest) -> Chain:
    """A chain on each of the engines we run."""
    return make_chain(request.getfixturevalue(f"{request.param}_url"), request.param)


@pytest.fixture
def app(chain: Chain, tmp_path: Path) -> Iterator[Flask]:
    """An app whose ledger is deployed afresh."""
    with ledger_app(chain, tmp_path) as made:
        deploy(chain)
        yield made


@pytest.fixture
def anvil_chain(anvil_url: str) -> Chain:
    return make_chain(anvil_url)


@pytest.fixture
def anvil_app(anvil_chain: Chain, tmp_path: Path) -> Iterator[Flask]:
    with ledger_app(anvil_chain, tmp_path) as made:
        deploy(anvil_chain)
        yield made
