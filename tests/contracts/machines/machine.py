"""What every state machine does: call a contract beside a model that foretells the answer."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import pytest
from eth_account.signers.local import LocalAccount
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from chain.errors import ContractReverted

from ..calls import Call, Receipt
from ..replay import Replay
from ..world import World

TICK_S = 10_000
CALLS: Counter[str] = Counter()
ACCEPTED: Counter[str] = Counter()


class ContractMachine(RuleBasedStateMachine):
    """Drives one contract; each run starts from the same snapshot and ends with a replay.

    Time goes on in ticks. A deadline lies half a tick behind a tick, far from any call, so that the
    seconds a run itself takes never decide an answer.
    """

    world: ClassVar[World]
    contracts: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        super().__init__()
        self.node = self.world.node
        self.snapshot = self.node.snapshot()
        self.start = self.node.advance(1)
        self.tick = 0
        self.arrange()

    def arrange(self) -> None:
        """Bring the contracts to where the run starts from."""

    def time_of(self, tick: int) -> int:
        """Return the Unix second at which something ends that is over after that tick."""
        return self.start + tick * TICK_S + TICK_S // 2

    def key(self, name: str) -> LocalAccount:
        """Return the key of an account that the node also sends from."""
        return self.world.signers.account(name)

    def address(self, name: str) -> str:
        return self.world.signers.address(name)

    def attempt(self, call: Call, sender: str, refusal: str | None) -> Receipt | None:
        """Send a call that the model expects to be refused with an error, or to go through."""
        CALLS[type(self).__name__] += 1
        receipt, answer = None, None
        try:
            receipt = call.by(sender)
        except ContractReverted as error:
            answer = error.error_name
        assert answer == refusal
        ACCEPTED[type(self).__name__] += receipt is not None
        return receipt

    def replay(self, call: Call, sender: str) -> None:
        """Send again what was signed and used: whatever stands in its way now, it is refused."""
        CALLS[type(self).__name__] += 1
        with pytest.raises(ContractReverted):
            call.by(sender)

    @rule(ticks=st.integers(1, 3))
    def let_time_pass(self, ticks: int) -> None:
        self.tick += ticks
        self.node.advance(ticks * TICK_S)

    def teardown(self) -> None:
        try:
            Replay(self.world).check(*self.contracts)
        finally:
            self.node.revert(self.snapshot)


def first(*rules: tuple[Any, str]) -> str | None:
    """Return the name of the first rule that is broken, as a contract checks them in order."""
    return next((name for is_broken, name in rules if is_broken), None)
