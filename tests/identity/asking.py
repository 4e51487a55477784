"""Presentation requests and the hosted wallet's answers, as messages that a test can bend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from identity.model import jose
from journey.client import Client
from journey.parties import Enterprise


@dataclass
class Asked:
    """A request, its parameters as the verifier signed them, and an honest answer."""

    client: Client
    request: dict[str, Any]
    parameters: dict[str, Any]
    answer: dict[str, Any]

    def hand_in(self, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post an answer as a wallet does, and return the request's result."""
        chosen = self.answer if answer is None else answer
        form = {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in chosen.items()
        }
        self.client.post_form(self.parameters["response_uri"], form)
        found: dict[str, Any] = self.client.get(f"/presentation-requests/{self.request['id']}")
        return found


def ask(enterprise: Enterprise, bank: str, purpose: str, **options: Any) -> Asked:
    """Make a request for an enterprise's hosted wallet and let it answer."""
    client = enterprise.client
    request = client.post("/presentation-requests", {"purpose": purpose, "bank": bank, **options})
    token = client.fetch(request["request_uri"])
    answer = client.post("/wallet/presentations", {"request": token})
    members = {
        name: orjson.loads(value) if name == "vp_token" else value
        for name, value in answer["form"].items()
    }
    return Asked(client, request, parameters_of(token), members)


def parameters_of(request_object: str) -> dict[str, Any]:
    """Return the parameters in a request object, unchecked."""
    return jose.parse_json_object(jose.from_b64u(request_object.split(".")[1]), "request")
