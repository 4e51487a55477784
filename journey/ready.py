"""``python -m journey.ready``: wait until the server at PUBLIC_URL says that it is ready.

A program of its own, because it starts at once where the whole application takes seconds.
"""

from __future__ import annotations

import os
import sys
import time

import httpx

READY_WITHIN_S = 60
POLL_S = 0.2


def is_ready(url: str) -> bool:
    """Tell whether the server's readiness check passes."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def main() -> None:
    """Wait for a minute at most; end with a clear sentence otherwise."""
    url = os.environ.get("PUBLIC_URL", "http://localhost:8000").rstrip("/")
    deadline = time.monotonic() + READY_WITHIN_S
    while not is_ready(url):
        if time.monotonic() > deadline:
            sys.exit(f"{url}/readyz was not ready within {READY_WITHIN_S} s; see var/web.log")
        time.sleep(POLL_S)


if __name__ == "__main__":
    main()
