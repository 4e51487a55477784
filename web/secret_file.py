"""Secrets that belong to one installation: made at first use, kept in a private file."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_secret(path: str | Path) -> str:
    """Return the secret in a file, making the file (mode 0600) at first use.

    Where two processes start at once, the one that creates the file decides.
    """
    file = Path(path)
    if not file.exists():
        _make(file)
    return file.read_text(encoding="utf-8").strip()


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(secrets.token_urlsafe(18) + "\n")
    with suppress(FileExistsError):  # another process was first: its secret counts
        os.link(draft, file)
    draft.unlink()
