"""A worker that is killed mid-way loses nothing and writes nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask

from chain import Chain, Outbox, OutboxWorker
from chain.tables import TransactionRow
from db import db
from tests.chain.ledger import ROOT, write

ITEMS = 90
KILLS = 3


def mined() -> int:
    count = Outbox.counts()["mined"]
    db.session.commit()
    return count


def kill_after_progress(chain: Chain, database: Path, wanted: int) -> None:
    """Start a worker process, and kill it once it has landed some more items."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.chain.worker_process",
            chain.connection.url,
            f"sqlite:///{database}",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while mined() < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert mined() >= wanted


def test_killed_workers_lose_and_duplicate_nothing(
    anvil_app: Flask, anvil_chain: Chain, tmp_path: Path
) -> None:
    for number in range(1, ITEMS + 1):
        write(number)
    db.session.commit()
    for round_number in range(1, KILLS + 1):
        kill_after_progress(anvil_chain, tmp_path / "test.db", wanted=round_number * 20)
    OutboxWorker(anvil_chain, lease_s=1, resend_s=1).run_until_idle(timeout_s=60)
    assert Outbox.counts() == {"queued": 0, "sent": 0, "mined": ITEMS, "failed": 0}
    states = {row.state for row in db.session.query(TransactionRow)}
    db.session.commit()
    assert states == {"final"}  # nothing reverted, so no item was sent in two transactions
    assert anvil_chain.call("Ledger", "written") == ITEMS
