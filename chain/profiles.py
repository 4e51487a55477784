"""What differs between EVM engines, as data: fees, finality, log windows, batch sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chain.errors import UnknownEngine

GWEI = 10**9


class FeeRule(StrEnum):
    """How a transaction pays; never taken from ``eth_gasPrice``, whose bids feed on each other."""

    LEGACY_ZERO = "legacy_zero"
    LEGACY_FIXED = "legacy_fixed"
    EIP1559 = "eip1559"


@dataclass(frozen=True)
class EngineProfile:
    """One engine's rules.

    Attributes:
        fee_rule: the kind of fee; ``fee_wei`` is its fixed price or its bound per gas.
        tip_wei: the priority fee per gas under EIP-1559.
        confirmations: blocks on top of a block before it is final; 0 means at once.
        log_window_blocks: the widest range asked of ``eth_getLogs``.
        batch_items_max: items packed into one transaction at most.
        batch_gas: the gas limit given to a batch, and the most it may use.
        simulate_first: whether a batch is simulated before it is sent. Where a reverted
            transaction costs nothing and execution is slow, it is simulated only after a failure.
        batch_requests: whether the node takes JSON-RPC batches.
    """

    name: str
    fee_rule: FeeRule
    fee_wei: int
    tip_wei: int
    confirmations: int
    log_window_blocks: int
    batch_items_max: int
    batch_gas: int
    simulate_first: bool
    batch_requests: bool

    def fees(self) -> dict[str, int]:
        """Return the fee members of a transaction."""
        if self.fee_rule is FeeRule.EIP1559:
            return {"type": 2, "maxFeePerGas": self.fee_wei, "maxPriorityFeePerGas": self.tip_wei}
        return {"gasPrice": 0 if self.fee_rule is FeeRule.LEGACY_ZERO else self.fee_wei}


def _profile(name: str, fee_rule: FeeRule, **changes: int | bool) -> EngineProfile:
    defaults: dict[str, int | bool] = {
        "fee_wei": 0,
        "tip_wei": 0,
        "confirmations": 0,
        "log_window_blocks": 1000,
        "batch_items_max": 100,
        "batch_gas": 12_000_000,  # under half a 30 M block: the base fee never rises on its account
        "simulate_first": True,
        "batch_requests": True,
    }
    return EngineProfile(name, fee_rule, **{**defaults, **changes})  # type: ignore[arg-type]


# Only Ganache and anvil are run by our tests; the others follow their projects' documentation.
PROFILES = {
    profile.name: profile
    for profile in (
        _profile(
            "ganache", FeeRule.EIP1559, fee_wei=100_000 * GWEI, tip_wei=GWEI, simulate_first=False
        ),
        _profile("anvil", FeeRule.EIP1559, fee_wei=100_000 * GWEI, tip_wei=GWEI),
        _profile("besu-qbft", FeeRule.LEGACY_ZERO, log_window_blocks=5000),
        _profile("fisco-bcos-3", FeeRule.LEGACY_ZERO, log_window_blocks=10, batch_requests=False),
        _profile("cosmos-evm", FeeRule.LEGACY_FIXED, fee_wei=10 * GWEI),
        _profile("ethereum", FeeRule.EIP1559, fee_wei=500 * GWEI, tip_wei=GWEI, confirmations=64),
    )
}


def engine_profile(name: str) -> EngineProfile:
    """Return the profile of an engine.

    Raises:
        UnknownEngine: no profile has that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise UnknownEngine(f"CHAIN_ENGINE is {name!r}; the known engines are {known}") from None
