"""Engines, signers and plans are data; what they do not know is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain import DeploymentFailed, Signers, UnknownEngine, UnknownSigner, engine_profile, load_plan


@pytest.mark.parametrize(
    ("engine", "fees"),
    [
        ("besu-qbft", {"gasPrice": 0}),
        ("cosmos-evm", {"gasPrice": 10**10}),
        ("ganache", {"type": 2, "maxFeePerGas": 10**14, "maxPriorityFeePerGas": 10**9}),
    ],
)
def test_the_fee_follows_the_rule_of_the_engine(engine: str, fees: dict[str, int]) -> None:
    assert engine_profile(engine).fees() == fees


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownEngine, match="'geth'; the known engines are anvil"):
        engine_profile("geth")


def test_signers_are_the_published_development_accounts() -> None:
    signers = Signers({"deployer": 0, "platform": 1})
    assert signers.address("deployer") == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert signers.address("platform") == "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    assert signers.names == ("deployer", "platform")
    assert "nobody" not in signers
    with pytest.raises(UnknownSigner, match="nobody"):
        signers.account("nobody")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contracts: [",
        "calls: []",
        "contracts: [{args: []}]",
        "contracts: []\ncalls: [{contract: A, function: b}, {contract: A, function: b}]",
    ],
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeploymentFailed, match=r"plan\.yaml is not a deployment plan"):
        load_plan(path)


def test_a_missing_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeploymentFailed, match="is not a deployment plan"):
        load_plan(tmp_path / "none.yaml")
