"""One node and one deployment per process; every test starts from the same snapshot."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from . import calls
from .coverage.report import report
from .node import Node, running_node
from .world import World


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """The engine under test: anvil, or what ENGINE names."""
    with running_node(os.environ.get("ENGINE", "anvil")) as node:
        yield node


@pytest.fixture(scope="session")
def deployed(node: Node) -> World:
    """The contracts as the plan deploys them."""
    return World(node)


@pytest.fixture
def world(deployed: World) -> Iterator[World]:
    """The deployed contracts, restored after the test."""
    snapshot = deployed.node.snapshot()
    yield deployed
    deployed.node.revert(snapshot)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where coverage is measured, show it, and fail when anything of our Solidity never ran."""
    if calls.TRACE is not None and session.exitstatus == pytest.ExitCode.OK:
        found = report(calls.TRACE)
        sys.stdout.write(f"\n\n{found}\n")
        if not found.is_complete:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
