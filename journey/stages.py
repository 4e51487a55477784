"""The stages of the journey, in order; each is timed and tells what it counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from journey.client import Client, Refused, await_until
from journey.parties import BANK, SECOND_BANK, Enterprise, World
from journey.steps import apply_for_loan, open_account, register, take_offer

THREADS = 3
PAGE = 200
OFFERING, SUSPENDED_ISSUER = "samr", "science"
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Facts:
    """What the journey found, stage by stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    chain: dict[str, Any] = field(default_factory=dict)
    double_pledge: dict[str, Any] = field(default_factory=dict)
    replay: dict[str, Any] = field(default_factory=dict)
    suspension: dict[str, Any] = field(default_factory=dict)


class Journey:
    """Runs the stages against one server."""

    def __init__(self, world: World, console: Console, limit: int | None = None) -> None:
        self.world = world
        self.facts = Facts()
        self._console = console
        self._limit = limit

    def run(self) -> Facts:
        """Run all stages; an API refusal that the journey does not expect ends it."""
        stages: list[tuple[str, Callable[[], None]]] = [
            ("register 注册", self._register),
            ("issue and anchor 签发上链", self._issue),
            ("open accounts 开户", self._open_accounts),
            ("underwrite 授信", self._underwrite),
            ("attest and pledge 存证质押", self._pledge),
            ("review and suspend 监管", self._review),
        ]
        for name, stage in stages:
            started = time.monotonic()
            stage()
            self.facts.seconds[name] = time.monotonic() - started
        return self.facts

    def _for_each(
        self, what: str, items: Iterable[Item], do: Callable[[Item], Result]
    ) -> list[Result]:
        chosen = list(items)
        with ThreadPoolExecutor(THREADS) as pool:
            results = pool.map(do, chosen)
            return list(track(results, what, total=len(chosen), console=self._console))

    def _chain_settled(self) -> bool:
        self.facts.chain = self.world.regulator.get("/oversight/chain")
        return bool(self.facts.chain["waiting"] == 0)

    def _companies(self) -> list[tuple[str, str]]:
        """Return (code, legal representative) of the register's companies."""
        operator = self.world.authorities["samr"]
        found: list[tuple[str, str]] = []
        while page := operator.get(
            "/authorities/samr/records",
            record_type="legal-representative",
            offset=len(found),
            limit=PAGE,
        )["records"]:
            found += [(item["uscc"], item["claims"]["legal_rep_name"]) for item in page]
        return found[: self._limit]

    def _register(self) -> None:
        anonymous = Client(self.world.http)
        self.world.enterprises = self._for_each(
            "Registering 注册",
            self._companies(),
            lambda company: register(anonymous, *company),
        )
        await_until("the registration of all enterprises on chain", self._chain_settled)

    def _issue(self) -> None:
        """Offer the market credentials wallet by wallet; issue the rest in bulk."""

        def take(enterprise: Enterprise) -> list[str]:
            return take_offer(enterprise, self.world.authorities[OFFERING])

        def issue(code: str) -> None:
            path = f"/authorities/{code}/issuances"
            for counts in self.world.authorities[code].post(path)["types"]:
                self.facts.issued[counts["record_type"]] = counts["issued"]

        taken = self._for_each("Taking offers 领取", self.world.enterprises, take)
        self.facts.issued.update(Counter(chain.from_iterable(taken)))
        others = [code for code in self.world.authorities if code != OFFERING]
        self._for_each("Issuing 签发", others, issue)
        await_until("the anchoring of all credentials", self._chain_settled)

    def _open_accounts(self) -> None:
        bank = self.world.banks[BANK]

        def do(enterprise: Enterprise) -> None:
            open_account(enterprise, bank)

        self._for_each("Opening accounts 开户", self.world.enterprises, do)

    def _underwrite(self) -> None:
        bank = self.world.banks[BANK]

        def do(enterprise: Enterprise) -> None:
            try:
                enterprise.application = apply_for_loan(enterprise, bank)
            except Refused as refusal:
                if refusal.code != "credential_missing":
                    raise

        self._for_each("Underwriting 授信", self.world.enterprises, do)
        await_until("the attestation of all loans on chain", self._chain_settled)

    def _pledge(self) -> None:
        """Pledge a receivable to one bank, then let another bank try the same."""
        enterprise, receivable = self._pledgeable()
        first = self._pledge_to(BANK, enterprise.application, receivable)
        second_application = apply_for_loan(enterprise, self.world.banks[SECOND_BANK])
        second = self._pledge_to(SECOND_BANK, second_application, receivable)
        self.facts.double_pledge = {"first": first, "second": second}

    def _pledgeable(self) -> tuple[Enterprise, dict[str, Any]]:
        credit = self.world.banks[BANK].credit
        for enterprise in self.world.enterprises:
            loan = (enterprise.application or {}).get("loan")
            if loan is not None:
                receivables = credit.get(f"/loans/{loan['id']}/receivables")["receivables"]
                if receivables:
                    return enterprise, receivables[0]
        raise LookupError("no granted loan has a receivable to pledge")

    def _pledge_to(
        self, bank_code: str, application: dict[str, Any] | None, receivable: dict[str, Any]
    ) -> dict[str, Any]:
        """Ask for a pledge and return it as it stands once the chain has answered."""
        credit = self.world.banks[bank_code].credit
        loan = (application or {})["loan"]
        digest = receivable["credential_digest"]
        credit.post("/pledges", {"loan_id": loan["id"], "credential_digest": digest})
        await_until("the chain's answer to the pledge", self._chain_settled)
        pledges = credit.get(f"/loans/{loan['id']}")["pledges"]
        return next(item for item in pledges if item["credential_digest"] == digest)

    def _review(self) -> None:
        """Replay one decision, accept one attestation, suspend one issuer and see it refused."""
        regulator = self.world.regulator
        attested = regulator.get("/oversight/attestations", limit=1)["attestations"][0]
        body = {"decision_id": attested["decision_id"]}
        self.facts.replay = regulator.post("/oversight/replays", body)
        regulator.post(
            f"/oversight/attestations/{attested['loan_id']}/review",
            {"outcome": "accepted", "reason": "The decision replays from its evidence."},
        )
        regulator.post(
            f"/oversight/issuers/{SUSPENDED_ISSUER}/suspension",
            {"suspended": True, "reason": "Review of the register is under way."},
        )
        await_until("the suspension on chain", self._chain_settled)
        try:
            self.world.authorities[SUSPENDED_ISSUER].post(
                f"/authorities/{SUSPENDED_ISSUER}/issuances"
            )
        except Refused as refusal:
            self.facts.suspension = {"issuer": SUSPENDED_ISSUER, "refused_with": refusal.code}
        else:
            raise AssertionError("a suspended issuer could still issue")
