"""A development chain for as long as a test needs it, started as people start it: by ganache.sh."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "ganache.sh"
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port that nothing listens on.

    It lies below the range the kernel draws from, so that no connection made and no server started
    on port 0 between this call and the node's start takes it.
    """
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def run_script(
    command: str, *, port: int, directory: Path, engine: str = "ganache"
) -> subprocess.CompletedProcess[str]:
    """Run ``ganache.sh`` and return what it said, whatever its exit status."""
    return subprocess.run(
        [str(SCRIPT), command],
        env=environment(port=port, directory=directory, engine=engine),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def environment(*, port: int, directory: Path, engine: str = "ganache") -> dict[str, str]:
    """Return the environment by which ``ganache.sh`` is told what to do."""
    return {**os.environ, "ENGINE": engine, "PORT": str(port), "CHAIN_DIR": str(directory)}


@contextmanager
def running_node(engine: str, port: int, directory: Path | None = None) -> Iterator[str]:
    """Run a node and yield its address; its directory is a passing one unless given."""
    with tempfile.TemporaryDirectory(prefix="qilian-chain-") as passing:
        where = directory or Path(passing)
        started = run_script("start", port=port, directory=where, engine=engine)
        if started.returncode != 0:
            raise RuntimeError(f"the node did not start: {started.stdout}{started.stderr}")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            run_script("stop", port=port, directory=where, engine=engine)
