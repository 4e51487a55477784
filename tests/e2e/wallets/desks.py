"""The desks that wallets deal with, and the wallets themselves: one call each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from journey.client import Client
from journey.parties import BANK, Enterprise, World
from journey.steps import OPENING, register

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
PATIENCE_S = 60
WITHOUT_PACKAGES = "node_modules is absent: run 'make setup' for the Node wallets"


class WalletRefused(Exception):
    """A driver was refused; carries the HTTP status and the body of the answer, where there was one."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(answer["error"])
        self.status = answer.get("status")
        self.body = answer.get("body")

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

    url: str
    world: World
    enterprise: Enterprise
    ca: str

    @classmethod
    def open(cls, url: str, world: World) -> Desks:
        """Register the first company of the register and fetch the consortium's CA."""
        found = world.authorities["samr"].get(
            "/authorities/samr/records", record_type="legal-representative", offset=0, limit=1
        )["records"][0]
        enterprise = register(
            Client(world.http), found["uscc"], found["claims"]["legal_rep_name"]
        )
        ca = httpx.get(f"{url}/.well-known/qilian-ca.pem").raise_for_status().text
        return cls(url, world, enterprise, ca)

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
        """Let the bank's desk ask the enterprise for a presentation."""
        body = {"enterprise": self.enterprise.uscc, "purpose": OPENING, **wishes}
        made: dict[str, Any] = self.world.banks[BANK].desk.post("/presentation-requests", body)
        return made

    def result(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the bank's desk what came of its request."""
        path = f"/presentation-requests/{request['id']}"
        found: dict[str, Any] = self.world.banks[BANK].desk.get(path)
        return found

    def verify(self, compact: str, **expected: Any) -> dict[str, Any]:
        """Let @sd-jwt/sd-jwt-vc verify a credential or presentation of ours."""
        return run_wallet("sdjwt", compact=compact, trusted_ca=self.ca, **expected)


def digests(credentials: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the types of the credentials that a wallet took, in order."""
    return [item["type"] for item in credentials]
