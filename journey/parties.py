"""The parties of the journey, signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from journey.client import Client

BANK, SECOND_BANK = "bank-a", "bank-b"


@dataclass
class Enterprise:
    """An enterprise as its own agent sees it."""

    uscc: str
    client: Client
    opening_case: dict[str, Any] | None = None
    loan_case: dict[str, Any] | None = None
    application: dict[str, Any] | None = None
    loan: dict[str, Any] | None = None


@dataclass(frozen=True)
class Bank:
    """A bank's two desks."""

    code: str
    desk: Client
    credit: Client


@dataclass
class World:
    """Everybody who takes part, and the enterprises once they are registered."""

    http: httpx.Client
    authorities: dict[str, Client]
    banks: dict[str, Bank]
    regulator: Client
    enterprises: list[Enterprise] = field(default_factory=list)

    @classmethod
    def sign_in(cls, http: httpx.Client, password: str) -> World:
        """Sign everybody in with the sandbox password."""

        def client(login: str) -> Client:
            return Client.sign_in(http, login, password)

        codes = [item["code"] for item in Client(http).get("/authorities")["authorities"]]
        return cls(
            http=http,
            authorities={code: client(f"operator@{code}") for code in codes},
            banks={
                code: Bank(code, client(f"desk@{code}"), client(f"credit@{code}"))
                for code in (BANK, SECOND_BANK)
            },
            regulator=client("reviewer@bj-finance"),
        )
