"""EnterpriseRegistry beside its model. Invariants 1, 2 and 17."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..calls import Call
from ..signing import key_of, sign
from ..world import NOBODY, ZERO, digest
from .machine import ContractMachine, first

NONE, ACTIVE, SUSPENDED, DISSOLVED = range(4)
DELAY_TICKS = 61  # the first tick behind the seven days of the delay
PRINTS = tuple(digest(f"fingerprint {i}") for i in range(3))
DIDS = tuple(key_of(f"machine enterprise {i}") for i in range(4))
BY_ADDRESS = {key.address: key for key in DIDS}
GUARDIANS = sorted((key_of(f"guardian {i}") for i in range(3)), key=lambda k: int(k.address, 16))
GUARDIAN_ADDRESSES = [guardian.address for guardian in GUARDIANS]
ERROR = "EnterpriseRegistry_"
BAD_SIGNATURE, LATE = "SignedActions_BadSignature", "SignedActions_DeadlinePassed"
prints = st.sampled_from(PRINTS)
keys = st.sampled_from(DIDS)
rarely = st.sampled_from((False, False, False, False, True))
thresholds = st.sampled_from((0, 1, 2, 2, 3, 4))


@dataclass
class Company:
    """What the model knows of an enterprise."""

    did: str = NOBODY
    state: int = NONE
    sequence: int = 0
    threshold: int = 0
    new_did: str | None = None
    executable_tick: int = 0


class EnterpriseMachine(ContractMachine):
    """Three fingerprints, four keys, three guardians."""

    contracts = ("EnterpriseRegistry", "DIDRegistry")

    @initialize()
    def begin(self) -> None:
        self.companies = {fingerprint: Company() for fingerprint in PRINTS}
        self.used: list[Call] = []
        for fingerprint, key in zip(PRINTS[:2], DIDS, strict=False):
            self.register(fingerprint, key, is_late=False, is_wrong=False)
            self.set_guardians(fingerprint, 2, is_stale=False, is_wrong=False, is_late=False)

    def _signer(self, company: Company, is_wrong: bool) -> Any:
        """Return the owner's key, or another's."""
        right = BY_ADDRESS.get(company.did, DIDS[0])
        return DIDS[(DIDS.index(right) + 1) % len(DIDS)] if is_wrong else right

    def _late(self, is_late: bool) -> int:
        return self.time_of(self.tick - 1 if is_late else self.tick)

    def _send(self, call: Call, refusal: str | None) -> bool:
        done = self.attempt(call, self.world.platform, refusal)
        if done is not None:
            self.used.append(call)
        return done is not None

    @rule(fingerprint=prints, key=keys, is_late=rarely, is_wrong=rarely)
    def register(self, fingerprint: str, key: Any, is_late: bool, is_wrong: bool) -> None:
        company, deadline = self.companies[fingerprint], self._late(is_late)
        item = self.world.registration(key, fingerprint, deadline=deadline)
        if is_wrong:
            item[-1] = sign(
                *(DIDS[DIDS.index(key) - 1], self.world.enterprises, "Registration"),
                *(fingerprint, key.address, deadline),
            )
        refusal = first(
            (company.state != NONE, ERROR + "AlreadyRegistered"),
            (is_late, LATE),
            (is_wrong, BAD_SIGNATURE),
        )
        if self.attempt(self.world.enterprises.registerBatch([item]), self.world.platform, refusal):
            company.did, company.state = key.address, ACTIVE
        self._compare(fingerprint)

    @rule(
        fingerprint=prints, state=st.sampled_from((NONE, ACTIVE, SUSPENDED, SUSPENDED, DISSOLVED))
    )
    def set_state(self, fingerprint: str, state: int) -> None:
        company = self.companies[fingerprint]
        refusal = first(
            (company.state == NONE, ERROR + "Unknown"),
            (company.state in (DISSOLVED, state) or state == NONE, ERROR + "WrongState"),
        )
        call = self.world.enterprises.setStateBatch([[fingerprint, state, ZERO]])
        if self.attempt(call, self.world.regulator, refusal):
            company.state = state
        self._compare(fingerprint)

    def _closed(self, company: Company) -> list[tuple[bool, str]]:
        return [
            (company.state == NONE, ERROR + "Unknown"),
            (company.state == DISSOLVED, ERROR + "WrongState"),
            (company.new_did is not None, ERROR + "RecoveryPending"),
        ]

    @rule(
        fingerprint=prints, threshold=thresholds, is_stale=rarely, is_wrong=rarely, is_late=rarely
    )
    def set_guardians(
        self, fingerprint: str, threshold: int, is_stale: bool, is_wrong: bool, is_late: bool
    ) -> None:
        company = self.companies[fingerprint]
        values = (threshold, GUARDIAN_ADDRESSES, company.sequence + is_stale, self._late(is_late))
        signer = self._signer(company, is_wrong)
        signature = sign(signer, self.world.enterprises, "GuardianSet", fingerprint, *values)
        refusal = first(
            *self._closed(company),
            (not 0 < threshold <= 3, ERROR + "BadGuardians"),
            (is_stale, ERROR + "WrongSequence"),
            (is_late, LATE),
            (is_wrong, BAD_SIGNATURE),
        )
        call = self.world.enterprises.setGuardiansBatch([[fingerprint, *values, signature]])
        if self._send(call, refusal):
            company.threshold = threshold
            company.sequence += 1
        self._compare(fingerprint)

    @rule(
        fingerprint=prints,
        key=keys,
        signers=st.lists(st.booleans(), min_size=3, max_size=3),
        is_stale=rarely,
        is_late=rarely,
        is_wrong=rarely,
    )
    def propose_recovery(
        self,
        fingerprint: str,
        key: Any,
        signers: list[bool],
        is_stale: bool,
        is_late: bool,
        is_wrong: bool,
    ) -> None:
        company, new_did = self.companies[fingerprint], key.address
        signed = (fingerprint, new_did, company.sequence + is_stale, self._late(is_late))
        signatures = [
            sign(
                DIDS[0] if is_wrong else guardian,
                self.world.enterprises,
                "RecoveryProposal",
                *signed,
            )
            if signs
            else "0x"
            for guardian, signs in zip(GUARDIANS, signers, strict=True)
        ]
        item = [*signed[:2], company.threshold, GUARDIAN_ADDRESSES, *signed[2:], signatures]
        refusal = first(
            *self._closed(company),
            (new_did == company.did, ERROR + "BadDid"),
            (is_stale, ERROR + "WrongSequence"),
            (company.threshold == 0, ERROR + "OtherGuardians"),
            (any(signers) and is_late, LATE),
            (any(signers) and is_wrong, BAD_SIGNATURE),
            (sum(signers) < company.threshold, ERROR + "TooFewSignatures"),
        )
        if self._send(self.world.enterprises.proposeRecoveryBatch([item]), refusal):
            company.new_did = new_did
            company.executable_tick = self.tick + DELAY_TICKS
            company.sequence += 1
        self._compare(fingerprint)

    @rule(fingerprint=prints, is_stale=rarely, is_wrong=rarely, is_late=rarely)
    def cancel_recovery(
        self, fingerprint: str, is_stale: bool, is_wrong: bool, is_late: bool
    ) -> None:
        company = self.companies[fingerprint]
        values = (fingerprint, company.sequence + is_stale, self._late(is_late))
        signer = self._signer(company, is_wrong)
        signature = sign(signer, self.world.enterprises, "RecoveryCancellation", *values)
        refusal = first(
            (company.new_did is None, ERROR + "NoRecovery"),
            (is_stale, ERROR + "WrongSequence"),
            (is_late, LATE),
            (is_wrong, BAD_SIGNATURE),
        )
        call = self.world.enterprises.cancelRecoveryBatch([[*values, signature]])
        if self._send(call, refusal):
            company.new_did = None
            company.sequence += 1
        self._compare(fingerprint)

    @rule(fingerprint=prints)
    def execute_recovery(self, fingerprint: str) -> None:
        company = self.companies[fingerprint]
        refusal = first(
            (company.new_did is None, ERROR + "NoRecovery"),
            (company.state == DISSOLVED, ERROR + "WrongState"),
            (self.tick < company.executable_tick, ERROR + "TooEarly"),
        )
        call = self.world.enterprises.executeRecoveryBatch([fingerprint])
        if self.attempt(call, self.world.stranger, refusal):
            company.did, company.new_did = str(company.new_did), None
        self._compare(fingerprint)

    @rule()
    def wait_for_recoveries(self) -> None:
        self.let_time_pass(DELAY_TICKS)

    @rule(data=st.data())
    def use_a_signed_item_again(self, data: st.DataObject) -> None:
        if self.used:
            self.replay(data.draw(st.sampled_from(self.used)), self.world.platform)

    def _read(self, fingerprint: str) -> dict[str, Any]:
        return dict(self.world.enterprises.enterpriseOf(fingerprint).fields())

    def _compare(self, fingerprint: str) -> None:
        company = self.companies[fingerprint]
        found = self._read(fingerprint)
        found.pop("registeredAt")
        assert found == {"did": company.did, "state": company.state, "sequence": company.sequence}
        recovery = self.world.enterprises.recoveryOf(fingerprint).fields()
        assert recovery["newDid"] == (company.new_did or NOBODY)
        live = [
            key.address
            for key in DIDS
            if self.world.enterprises.isLive(fingerprint, key.address).read()
        ]
        assert live == [company.did] * (company.state == ACTIVE)
