"""Where the published vectors are: beside the checkout, never in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "standards_vectors"


def present(folder: str) -> pytest.MarkDecorator:
    """Skip a module's tests, with the reason, where the vectors are not beside the checkout."""
    there = (VECTORS / folder).is_dir()
    return pytest.mark.skipif(not there, reason=f"no vectors in ../shared: {folder}")


def names(folder: str, pattern: str = "*") -> list[str]:
    """Return the names of a folder's files, relative to it."""
    root = VECTORS / folder
    return sorted(str(path.relative_to(root)) for path in root.rglob(pattern) if path.is_file())


def load(folder: str, name: str) -> Any:
    """Return a JSON file."""
    return json.loads(text(folder, name))


def text(folder: str, name: str) -> str:
    """Return a text file without the white space around it."""
    return (VECTORS / folder / name).read_text(encoding="utf-8").strip()
