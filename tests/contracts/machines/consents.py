"""ConsentRegistry beside its model. Invariants 9, 10 and 17."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..calls import Call
from ..signing import sign
from ..world import NOBODY, ZERO, digest
from .machine import ContractMachine, first

NONE, ACTIVE, PAUSED, REVOKED = range(4)
PEOPLE = ("stranger", "office")
CONSENTS = tuple(digest(f"consent {i}") for i in range(8))
ACTIONS = {
    "pause": ("ConsentPause", PAUSED, (ACTIVE,)),
    "resume": ("ConsentResumption", ACTIVE, (PAUSED,)),
    "revoke": ("ConsentRevocation", REVOKED, (ACTIVE, PAUSED)),
}
ERROR = "ConsentRegistry_"
consents = st.sampled_from(CONSENTS)
people = st.sampled_from(PEOPLE)
rarely = st.sampled_from((*[False] * 7, True))


@dataclass
class Consent:
    """What the model knows of a consent; `until` is its last tick, None without an end."""

    did: str = NOBODY
    recipient: str = NOBODY
    state: int = NONE
    sequence: int = 0
    until: int | None = None


class ConsentMachine(ContractMachine):
    """Two identities grant, pause, resume and revoke, directly and by signature."""

    contracts = ("ConsentRegistry", "DIDRegistry")

    @initialize()
    def begin(self) -> None:
        self.consents = {consent_id: Consent() for consent_id in CONSENTS}
        self.owner = {self.address(who): who for who in PEOPLE}
        self.used: list[Call] = []
        self.log: list[tuple[str, int]] = [(ZERO, 0)]

    def _person(self, did: str, is_other: bool) -> str:
        """Return who owns a DID, or somebody else."""
        owner = self.owner.get(did, PEOPLE[0])
        return PEOPLE[1 - PEOPLE.index(owner)] if is_other else owner

    def _authorise(
        self, action: str, values: tuple[Any, ...], by: str, is_direct: bool
    ) -> tuple[str, str]:
        """Return the signature and the sender of an item authorised by somebody."""
        if is_direct:
            return "0x", self.address(by)
        return sign(self.key(by), self.world.consents, action, *values), self.world.platform

    def _refusals(
        self, did: str, by: str, is_direct: bool, is_late: bool
    ) -> list[tuple[bool, str]]:
        is_other = self.owner.get(did) != by
        return [
            (is_direct and is_other, "SignedActions_NotAuthoriser"),
            (not is_direct and is_late, "SignedActions_DeadlinePassed"),
            (is_other, "SignedActions_BadSignature"),
        ]

    def _send(self, call: Call, sender: str, refusal: str | None, is_direct: bool) -> bool:
        done = self.attempt(call, sender, refusal)
        if done is not None and not is_direct:
            self.used.append(call)
        return done is not None

    @rule(
        consent_id=consents,
        did=people,
        is_other=rarely,
        recipient=st.sampled_from((*("bank_a", "bank_b") * 4, None)),
        until=st.sampled_from((None, 0, 1, 5, None, 0, 1, 5, -1)),
        is_direct=st.booleans(),
        is_late=rarely,
    )
    def grant(
        self,
        consent_id: str,
        did: str,
        is_other: bool,
        recipient: str | None,
        until: int | None,
        is_direct: bool,
        is_late: bool,
    ) -> None:
        consent, identity = self.consents[consent_id], self.address(did)
        by = self._person(identity, is_other)
        address = getattr(self.world, recipient) if recipient else NOBODY
        expires_at = 0 if until is None else self.time_of(self.tick + until)
        deadline = self.time_of(self.tick - is_late)
        values = (consent_id, identity, address, expires_at, deadline)
        signature, sender = self._authorise("ConsentGrant", values, by, is_direct)
        refusal = first(
            (consent.state != NONE, ERROR + "AlreadyGranted"),
            (recipient is None, ERROR + "NoRecipient"),
            (until == -1, ERROR + "AlreadyExpired"),
            *self._refusals(identity, by, is_direct, is_late),
        )
        call = self.world.consents.grantBatch([[*values, signature]])
        if self._send(call, sender, refusal, is_direct):
            last = None if until is None else self.tick + until
            self.consents[consent_id] = Consent(identity, address, ACTIVE, 0, last)
        self._compare(consent_id)

    @rule(
        consent_id=consents,
        action=st.sampled_from((*("pause", "resume") * 4, "revoke")),
        is_other=rarely,
        is_direct=st.booleans(),
        is_stale=rarely,
        is_late=rarely,
    )
    def change(
        self,
        consent_id: str,
        action: str,
        is_other: bool,
        is_direct: bool,
        is_stale: bool,
        is_late: bool,
    ) -> None:
        consent = self.consents[consent_id]
        kind, state, legal_from = ACTIONS[action]
        by = self._person(consent.did, is_other)
        values = (consent_id, consent.sequence + is_stale, self.time_of(self.tick - is_late))
        signature, sender = self._authorise(kind, values, by, is_direct)
        refusal = first(
            (consent.state not in legal_from, ERROR + "WrongState"),
            (is_stale, ERROR + "WrongSequence"),
            *self._refusals(consent.did, by, is_direct, is_late),
        )
        call = getattr(self.world.consents, f"{action}Batch")([[*values, signature]])
        if self._send(call, sender, refusal, is_direct):
            consent.state = state
            consent.sequence += 1
        self._compare(consent_id)

    @rule(did=people, to=people)
    def give_away(self, did: str, to: str) -> None:
        """Change a DID's owner: from then on only the new one authorises."""
        identity = self.address(did)
        owner = self.owner[identity]
        self.world.dids.changeOwner(identity, self.address(to)).by(self.address(owner))
        self.owner[identity] = to

    @rule(data=st.data())
    def use_a_signature_again(self, data: st.DataObject) -> None:
        if self.used:
            self.replay(data.draw(st.sampled_from(self.used)), self.world.platform)

    @rule(
        by=st.sampled_from(("platform", "platform", "platform", "stranger")),
        size=st.integers(0, 3),
        is_broken=rarely,
    )
    def anchor_log(self, by: str, size: int, is_broken: bool) -> None:
        root, last = self.log[-1]
        item = [digest(f"log {len(self.log)}"), digest("x") if is_broken else root, last + size]
        refusal = first(
            (by != "platform", "AccessManagedUnauthorized"),
            (is_broken or size == 0, ERROR + "LogOutOfOrder"),
        )
        if self.attempt(
            self.world.consents.anchorLogBatch([item]), getattr(self.world, by), refusal
        ):
            self.log.append((item[0], item[2]))
        head = self.world.consents.logHeadOf(self.world.platform).fields()
        assert (head["root"], head["size"]) == self.log[-1]

    def _compare(self, consent_id: str) -> None:
        consent = self.consents[consent_id]
        found = self.world.consents.consentOf(consent_id).fields()
        for name in ("did", "recipient", "state", "sequence"):
            assert found[name] == getattr(consent, name)
        is_over = consent.until is not None and self.tick > consent.until
        for bank in (self.world.bank_a, self.world.bank_b):
            may = consent.state == ACTIVE and consent.recipient == bank and not is_over
            assert self.world.consents.isActive(consent_id, bank).read() is may
