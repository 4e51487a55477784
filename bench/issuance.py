"""Issue, store and anchor a million credentials: how many a second, how steadily, in what memory.

`BENCH_CREDENTIALS` takes another number, for a short run.
"""

from __future__ import annotations

import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from sqlalchemy import insert

from bench.row import Row
from db import db, new_id
from identity import Fate, Identity, IssueItem
from identity.adapters.key_store import read_secret_file
from identity.adapters.tables import DataKeyRow, EnterpriseRow
from identity.model import jose
from tests.chain.node_fixture import free_port, running_node
from tests.platform import Platform, running_platform

CREDENTIALS = int(os.environ.get("BENCH_CREDENTIALS", "1000000"))
ENTERPRISES = 20_000
CHUNK = 8_192
ISSUER, TYPE = "samr", "business-licence"
PAGE_KIB = resource.getpagesize() / 1024


def rows() -> list[Row]:
    """Issue on a file database, with a real chain behind it, and check that all are there."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_node("anvil", free_port()) as url,
        running_platform(Path(directory), url) as platform,
        platform.app.app_context(),
    ):
        identity: Identity = platform.app.extensions["qilian.identity"]
        holders = _enterprises(platform)
        with _PeakMemory() as memory:
            marks = list(_issue(identity, holders))
        platform.settle()
        assert identity.waiting_for_chain() == 0, "every credential is in an anchored batch"
    started, ended = marks[0][1], marks[-1][1]
    tenth = CREDENTIALS // 10
    return [
        Row("credential.bulk_per_s", CREDENTIALS / (ended - started), "1/s", n=CREDENTIALS),
        Row("credential.bulk_first_per_s", _rate(marks, 0, tenth), "1/s", n=tenth),
        Row(
            "credential.bulk_last_per_s",
            _rate(marks, CREDENTIALS - tenth, CREDENTIALS),
            "1/s",
            ratio=_rate(marks, CREDENTIALS - tenth, CREDENTIALS) / _rate(marks, 0, tenth),
            to="the rate of the first tenth",
            n=tenth,
        ),
        Row("credential.bulk_rss_mib", memory.peak_mib, "MiB"),
    ]


def _issue(identity: Identity, holders: list[tuple[str, str]]) -> Iterator[tuple[int, float]]:
    """Yield (credentials issued, time) from the start to the queued anchor."""
    bulk, done = identity.bulk_issuance, 0
    yield 0, time.perf_counter()
    batch_id = bulk.open(ISSUER, TYPE)
    sample = dict(identity.types.get(TYPE).sample)
    for outcomes in bulk.issue(batch_id, _chunks(sample, holders)):
        db.session.commit()
        if outcomes is None:
            continue
        assert all(outcome.fate is Fate.ISSUED for outcome in outcomes)
        done += len(outcomes)
        yield done, time.perf_counter()
    assert bulk.close(batch_id) == CREDENTIALS
    db.session.commit()
    yield done, time.perf_counter()


def _chunks(sample: dict[str, Any], holders: list[tuple[str, str]]) -> Iterator[list[IssueItem]]:
    """Make up licences, company after company: a source hands its rows out in order."""
    each = -(-CREDENTIALS // len(holders))
    for start in range(0, CREDENTIALS, CHUNK):
        chunk = []
        for number in range(start, min(start + CHUNK, CREDENTIALS)):
            enterprise_id, uscc = holders[number // each]
            claims = {**sample, "uscc": uscc, "paid_in_capital_fen": number}
            chunk.append(IssueItem(enterprise_id, claims, f"{TYPE}:{uscc}::{number % each:04}"))
        yield chunk


def _rate(marks: list[tuple[int, float]], first: int, last: int) -> float:
    """Return credentials a second between the chunks nearest to two counts."""
    begin = max(mark for mark in marks if mark[0] <= first)
    end = min(mark for mark in marks if mark[0] >= last and mark[0] > begin[0])
    return (end[0] - begin[0]) / (end[1] - begin[1])


def _enterprises(platform: Platform) -> list[tuple[str, str]]:
    """Put registered enterprises into the database; return (id, code), by code."""
    kek = read_secret_file(Path(platform.app.config["KEK_FILE"]))
    jwk = jose.public_jwk(jose.generate_key().public_key())
    enterprises, keys = [], []
    for number in range(ENTERPRISES):
        row_id, address = new_id(), f"0x{number:040x}"
        enterprises.append(
            {
                "id": row_id,
                "uscc": f"9111{number:014}",
                "name": f"拟{number}",
                "did": f"did:ethr:0x539:{address}",
                "controller_address": address,
                "fingerprint": f"0x{number:064x}",
                "public_jwk": jwk,
                "state": "active",
                "registered_at": 0,
            }
        )
        wrapped = aes_key_wrap(kek, os.urandom(32))
        keys.append({"owner_id": row_id, "kek_id": "bench", "wrapped": wrapped})
    db.session.execute(insert(EnterpriseRow), enterprises)
    db.session.execute(insert(DataKeyRow), keys)
    db.session.commit()
    return [(row["id"], row["uscc"]) for row in enterprises]


class _PeakMemory:
    """The most memory that this process and its children had resident at one time."""

    peak_mib = 0.0

    def __enter__(self) -> _PeakMemory:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self.peak_mib = max(self.peak_mib, sum(map(_rss_mib, _family())))


def _family() -> list[int]:
    """Return this process and its children, but not the node's."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    children = [
        int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()
    ]
    return [os.getpid(), *(pid for pid in children if "python" in _command(pid))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended
        return ""


def _rss_mib(pid: int) -> float:
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return resident * PAGE_KIB / 1024
