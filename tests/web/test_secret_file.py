"""Secrets of one installation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from web.secret_file import kept_secret


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret"
    first = kept_secret(file)
    assert kept_secret(file) == first
    assert len(first) == 24
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(kept_secret, [tmp_path / "secret"] * 32))
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
