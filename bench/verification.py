"""Full verification over HTTP, warm: an outside wallet posts its response to a served bank.

Every response is an account opening's two required credentials with their key bindings: eight steps
each, accreditation and status included, and the result stored. One client, one granian worker,
SQLite, anvil behind it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.row import Row
from journey.client import Client
from journey.parties import BANK, Enterprise, World
from journey.steps import OPENING, register
from tests.chain.node_fixture import free_port, running_node
from tests.e2e.served import served_platform
from tests.identity.mini_wallet import MiniWallet

RESPONSES, WARM_UP = 400, 20
TYPES = ("business-licence", "legal-representative")
LIMITS_MS = {"p50": 5.0, "p99": 25.0}


def rows() -> list[Row]:
    """Measure verifying presentations, one after the other."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_node("anvil", free_port()) as node,
        served_platform(Path(directory), node) as site,
        site.world() as world,
        httpx.Client(base_url=site.url, timeout=60) as http,
    ):
        took_ms = sorted(_responses(world, http)[WARM_UP:])
    percentiles = statistics.quantiles(took_ms, n=100, method="inclusive")
    found = {"p50": percentiles[49], "p99": percentiles[98]}
    return [
        Row(
            f"verify.http_{name}_ms",
            value,
            "ms",
            ratio=value / LIMITS_MS[name],
            to=f"{LIMITS_MS[name]:g} ms, the limit set",
            ci_low=took_ms[int(0.025 * len(took_ms))] if name == "p50" else None,
            ci_high=took_ms[int(0.975 * len(took_ms))] if name == "p50" else None,
            n=len(took_ms),
        )
        for name, value in found.items()
    ]


def _responses(world: World, http: httpx.Client) -> list[float]:
    wallet, enterprise = MiniWallet(http), _enterprise(world)
    held = {code: _issued(world, wallet, enterprise, code) for code in TYPES}
    desk = world.banks[BANK].desk
    body = {"purpose": OPENING, "enterprise": enterprise.uscc}
    asked = [desk.post("/presentation-requests", body) for _ in range(RESPONSES + WARM_UP)]
    took_ms = []
    for request in asked:
        parameters = wallet.request_parameters(request["link"])
        token = wallet.vp_token(parameters, held)
        started = time.perf_counter()
        wallet.post_response(parameters, token).raise_for_status()
        took_ms.append((time.perf_counter() - started) * 1000)
    return took_ms


def _enterprise(world: World) -> Enterprise:
    found: dict[str, Any] = world.authorities["samr"].get(
        "/authorities/samr/records", record_type="legal-representative", offset=0, limit=1
    )["records"][0]
    enterprise = register(Client(world.http), found["uscc"], found["claims"]["legal_rep_name"])
    enterprise.client.post("/consents", {"recipient": BANK, "purpose": OPENING})
    return enterprise


def _issued(world: World, wallet: MiniWallet, enterprise: Enterprise, code: str) -> str:
    body = {"enterprise": enterprise.uscc, "types": [code]}
    return wallet.receive(world.authorities["samr"].post("/credential-offers", body)["link"])[0]
