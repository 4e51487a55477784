"""DIDRegistry beside its model. Invariant 17: no nonce is ever used twice."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..calls import Call
from ..signing import KEY_NAME, sign_erc1056
from ..world import NOBODY, P256_KEY
from .machine import TICK_S, ContractMachine, first

PEOPLE = ("stranger", "office", "department")
VERI_KEY = b"veriKey".ljust(32, b"\0")
FOREVER = 2**256 - 1
people = st.sampled_from(PEOPLE)
functions = st.sampled_from(
    ("changeOwner", "addDelegate", "revokeDelegate", "setAttribute", "revokeAttribute")
)
rarely = st.sampled_from((*[False] * 6, True))
validities = st.sampled_from((*(TICK_S, 3 * TICK_S, 0) * 3, FOREVER))
new_owners = st.sampled_from((*PEOPLE * 12, None))
slips = st.sampled_from((*[0] * 8, -1, 1))


class DIDMachine(ContractMachine):
    """Three identities that own, delegate and give themselves to each other."""

    contracts = ("DIDRegistry",)

    @initialize()
    def begin(self) -> None:
        self.owner = {self.address(who): self.address(who) for who in PEOPLE}
        self.nonce: dict[str, int] = defaultdict(int)
        self.delegate: dict[tuple[str, str], int] = {}
        self.changed: dict[str, int] = defaultdict(int)
        self.used: list[Call] = []

    def _arguments(
        self, function: str, other: str | None, validity: int
    ) -> tuple[list[str], list[Any]]:
        address = self.address(other) if other else NOBODY
        return {
            "changeOwner": (["address"], [address]),
            "addDelegate": (["bytes32", "address", "uint256"], [VERI_KEY, address, validity]),
            "revokeDelegate": (["bytes32", "address"], [VERI_KEY, address]),
            "setAttribute": (
                ["bytes32", "bytes", "uint256"],
                [KEY_NAME, bytes.fromhex(P256_KEY[2:]), validity],
            ),
            "revokeAttribute": (["bytes32", "bytes"], [KEY_NAME, bytes.fromhex(P256_KEY[2:])]),
        }[function]

    def _person(self, identity: str, is_other: bool) -> str:
        """Return who owns an identity, or somebody else."""
        owner = next((who for who in PEOPLE if self.address(who) == self.owner[identity]), None)
        return PEOPLE[PEOPLE.index(owner) - 1] if owner and is_other else owner or PEOPLE[0]

    @rule(function=functions, who=people, is_other=rarely, other=new_owners, validity=validities)
    def call(
        self, function: str, who: str, is_other: bool, other: str | None, validity: int
    ) -> None:
        identity = self.address(who)
        sender = self.address(self._person(identity, is_other))
        _, values = self._arguments(function, other, validity)
        refusal = first(
            (sender != self.owner[identity], "DIDRegistry_NotOwner"),
            (FOREVER in values, "DIDRegistry_ValidityTooLong"),
        )
        call = getattr(self.world.dids, function)(identity, *values)
        self._expect(call, sender, refusal, identity, function, values)

    @rule(
        function=functions,
        who=people,
        is_other=rarely,
        other=new_owners,
        validity=validities,
        slip=slips,
    )
    def call_signed(
        self, function: str, who: str, is_other: bool, other: str | None, validity: int, slip: int
    ) -> None:
        identity = self.address(who)
        key = self.key(self._person(identity, is_other))
        owner = self.owner[identity]
        types, values = self._arguments(function, other, validity)
        nonce = self.nonce[owner] + slip
        if nonce < 0:
            return
        signed = sign_erc1056(key, self.world.dids, identity, nonce, function, types, values)
        call = getattr(self.world.dids, f"{function}Signed")(identity, *signed, *values)
        refusal = first(
            (slip != 0 or key.address != owner, "DIDRegistry_BadSignature"),
            (FOREVER in values, "DIDRegistry_ValidityTooLong"),
        )
        if self._expect(call, self.world.platform, refusal, identity, function, values):
            self.nonce[owner] += 1
            assert self.world.dids.nonce(owner).read() == self.nonce[owner]
            self.used.append(call)

    @rule(data=st.data())
    def use_a_signature_again(self, data: st.DataObject) -> None:
        if self.used:
            call = data.draw(st.sampled_from(self.used))
            self.attempt(call, self.world.platform, "DIDRegistry_BadSignature")

    def _expect(
        self,
        call: Call,
        sender: str,
        refusal: str | None,
        identity: str,
        function: str,
        values: list[Any],
    ) -> bool:
        done = self.attempt(call, sender, refusal)
        if done is not None:
            (event,) = done.events
            assert event.args["previousChange"] == self.changed[identity]
            self.changed[identity] = done.block_number
            if function == "changeOwner":
                self.owner[identity] = values[0]
            elif function == "addDelegate":
                self.delegate[identity, values[1]] = done.at + values[2]
            elif function == "revokeDelegate":
                self.delegate[identity, values[1]] = done.at
        self._compare(identity)
        return done is not None

    def _compare(self, identity: str) -> None:
        dids = self.world.dids
        assert dids.identityOwner(identity).read() == self.owner[identity]
        assert dids.changed(identity).read() == self.changed[identity]
        for (of, delegate), valid_to in self.delegate.items():
            if of == identity:
                assert dids.delegates(of, keccak(VERI_KEY), delegate).read() == valid_to
