"""The world that credit's API and page tests act in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.credit.harness import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An application with credit and oversight, two banks, two enterprises, a regulator."""
    yield from make_world(tmp_path)
