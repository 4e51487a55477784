"""The desks that wallets deal with, and the wallets themselves: one call each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from journey.client import Client
from journey.parties import BANK, Enterprise, World
from journey.steps import OPENING, register
from tests.e2e.served import Site

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
PATIENCE_S = 60
CHAIN_ID = 1337
WITHOUT_PACKAGES = "node_modules is absent: run 'make setup' for the Node wallets"


class WalletRefused(Exception):
    """A driver was refused; carries status and body of the answer, where there was one."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(answer["error"])
        self.status = answer.get("status")
        self.body: Any = answer.get("body")

    @property
    def code(self) -> str | None:
        """The protocol's error code."""
        return self.body.get("error") if isinstance(self.body, dict) else None


def run_wallet(driver: str, **question: Any) -> dict[str, Any]:
    """Run a driver of this folder and return its answer.

    Raises:
        WalletRefused: the driver says that it was refused, or that it refused what it met.
    """
    if not (ROOT / "node_modules" / "@credo-ts").is_dir():
        pytest.skip(WITHOUT_PACKAGES)
    done = subprocess.run(
        ["node", str(FOLDER / f"{driver}.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if not done.stdout:
        raise AssertionError(f"{driver} said nothing: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    if done.returncode != 0:
        raise WalletRefused(answer)
    return answer


@dataclass(frozen=True)
class Desks:
    """An authority's and a bank's desk, and an enterprise that has registered."""

    site: Site
    world: World
    enterprise: Enterprise
    ca: str

    @classmethod
    def open(cls, site: Site, world: World) -> Desks:
        """Register the first company of the register and fetch the consortium's CA."""
        found = world.authorities["samr"].get(
            "/authorities/samr/records", record_type="legal-representative", offset=0, limit=1
        )["records"][0]
        enterprise = register(Client(world.http), found["uscc"], found["claims"]["legal_rep_name"])
        ca = httpx.get(f"{site.url}/.well-known/qilian-ca.pem").raise_for_status().text
        return cls(site, world, enterprise, ca)

    @property
    def network(self) -> dict[str, Any]:
        """Where a wallet's did:ethr resolver finds the consortium's DIDs."""
        registry, node = self.site.did_registry, self.site.node_url
        return {"name": "qilian", "chainId": CHAIN_ID, "rpcUrl": node, "registry": registry}

    def offer(self, *types: str, authority: str = "samr", **wishes: Any) -> dict[str, Any]:
        """Let an authority offer credentials to the enterprise."""
        body = {"enterprise": self.enterprise.uscc, "types": list(types), **wishes}
        made: dict[str, Any] = self.world.authorities[authority].post("/credential-offers", body)
        return made

    def offer_standing(self, offer: Mapping[str, Any], authority: str = "samr") -> dict[str, Any]:
        """Ask the authority what became of its offer."""
        path = f"/credential-offers/{offer['id']}"
        standing: dict[str, Any] = self.world.authorities[authority].get(path)
        return standing

    def request(self, **wishes: Any) -> dict[str, Any]:
        """Let the bank's desk ask for a presentation, of any wallet unless one is named."""
        body = {"purpose": OPENING, **wishes}
        made: dict[str, Any] = self.world.banks[BANK].desk.post("/presentation-requests", body)
        return made

    def result(self, request: Mapping[str, Any], **query: str) -> dict[str, Any]:
        """Ask the bank's desk what came of its request."""
        path = f"/presentation-requests/{request['id']}"
        found: dict[str, Any] = self.world.banks[BANK].desk.get(path, **query)
        return found

    def record(self, authority: str, record_type: str, **claims: Any) -> None:
        """Let an authority's operator take one record about the enterprise into the register."""
        row = {"uscc": self.enterprise.uscc, **claims}
        sheet = f"{','.join(row)}\n{','.join(map(str, row.values()))}\n"
        self.world.http.post(
            f"/api/v1/authorities/{authority}/imports",
            headers={"Authorization": f"Bearer {self.world.authorities[authority].token}"},
            files={"file": (f"{record_type}.csv", sheet.encode(), "text/csv")},
            data={"record_type": record_type, "mode": "commit"},
        ).raise_for_status()

    def revoke(self, digest: str, authority: str = "samr") -> None:
        """Let an authority revoke a credential; it is queued for the chain."""
        body = {"status": "revoked", "reason": "test 测试"}
        self.world.authorities[authority].post(f"/credentials/{digest}/status", body)

    def verify(self, compact: str, **expected: Any) -> dict[str, Any]:
        """Let @sd-jwt/sd-jwt-vc verify a credential or presentation of ours."""
        return run_wallet("sdjwt", compact=compact, trusted_ca=self.ca, **expected)
