"""How fast a pre-filled form comes back over the API, on SQLite, with a real chain behind it."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from bench.row import Row
from journey.client import Client
from journey.steps import OPENING, present, register
from tests.chain.node_fixture import free_port, running_node
from tests.platform import Platform, running_platform

READS = 200
AUTHORITIES = ("samr", "tax", "hrss", "public-security")
LIMIT_MS = 50.0


def rows() -> list[Row]:
    """Measure reading a prepared 151-field case as its enterprise, warm, one client."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_node("anvil", free_port()) as url,
        running_platform(Path(directory), url) as platform,
    ):
        took_ms = sorted(_reads(platform))
    middle = statistics.median(took_ms)
    low, high = took_ms[int(0.025 * READS)], took_ms[int(0.975 * READS) - 1]
    return [
        Row(
            "filing.prefill_p50_ms",
            middle,
            "ms",
            ratio=middle / LIMIT_MS,
            to="50 ms, the limit set for SQLite",
            ci_low=low,
            ci_high=high,
            n=READS,
        )
    ]


def _reads(platform: Platform) -> list[float]:
    enterprise = register(Client(platform.http), *platform.companies()[0])
    platform.settle()
    for code in AUTHORITIES:
        platform.sign_in(f"operator@{code}").post(f"/authorities/{code}/issuances")
    platform.settle()
    presentation_id = present(enterprise, "bank-a", OPENING)
    body = {"form": OPENING, "bank_code": "bank-a", "presentation_id": presentation_id}
    case = enterprise.client.post("/cases", body)
    return [_timed(enterprise.client, f"/cases/{case['id']}") for _ in range(READS)]


def _timed(client: Client, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - started) * 1000
