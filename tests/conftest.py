"""Fixtures that more than one package's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chain.node_fixture import free_port, running_node
from tests.platform import Platform, running_platform


@pytest.fixture(scope="session")
def node_url() -> Iterator[str]:
    """A development chain of this test run's own."""
    with running_node("anvil", free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def platform(node_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform with twelve made-up enterprises, none registered yet."""
    with running_platform(tmp_path_factory.mktemp("platform"), node_url) as found:
        yield found
