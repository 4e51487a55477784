"""Deployment happens once, and only the chain it happened on is accepted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from chain import (
    Chain,
    ChainWentBackwards,
    CodeMismatch,
    DeploymentFailed,
    NotDeployed,
    OtherChain,
    OutboxWorker,
    check_chain,
    deploy,
    plan_from_data,
    verify_code,
)
from chain.sender import Sender
from chain.tables import DeploymentRow
from db import db
from tests.chain.ledger import PLAN, ledger_app, ledger_artifact, make_chain, write
from tests.chain.node_fixture import free_port, running_node


def test_deploying_twice_gives_the_same_addresses_and_no_transaction(
    app: Flask, chain: Chain
) -> None:
    head = chain.head_number()
    again = deploy(chain)
    assert [(c.name, c.address, c.fresh) for c in again] == [
        ("Ledger", chain.address("Ledger"), False)
    ]
    assert chain.head_number() == head
    assert chain.call("Ledger", "OWNER") == chain.signers.address("deployer")
    assert chain.call("Ledger", "writers", chain.signers.address("writer"))
    assert check_chain(chain).chain_id == 1337


def test_an_interrupted_deployment_goes_on_where_it_was(
    anvil_chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger_app(anvil_chain, tmp_path):
        with monkeypatch.context() as dying:
            dying.setattr(Sender, "push", _die)
            with pytest.raises(KeyboardInterrupt):
                deploy(anvil_chain)
        begun = db.session.get_one(DeploymentRow, "contract:Ledger")
        assert begun.block_number is None
        address = begun.address
        db.session.commit()
        assert [contract.address for contract in deploy(anvil_chain)] == [address]


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_changed_wiring_runs_and_only_that(anvil_app: Flask, anvil_chain: Chain) -> None:
    head = anvil_chain.head_number()
    call = {"contract": "Ledger", "function": "allow", "args": ["@signer:stranger", True]}
    anvil_chain.plan = plan_from_data({**PLAN, "calls": [*PLAN["calls"], call]})
    deploy(anvil_chain)
    assert anvil_chain.head_number() == head + 1
    assert anvil_chain.call("Ledger", "writers", anvil_chain.signers.address("stranger"))


@pytest.mark.parametrize(
    "reference", ["@contract:Nowhere", "@signer:nobody", "@role:KING", "@colour:red"]
)
def test_a_plan_that_refers_to_nothing_is_refused(
    anvil_app: Flask, anvil_chain: Chain, reference: str
) -> None:
    call = {"contract": "Ledger", "function": "allow", "args": [reference, True]}
    anvil_chain.plan = plan_from_data({**PLAN, "calls": [call]})
    with pytest.raises(DeploymentFailed, match=reference):
        deploy(anvil_chain)


def test_a_call_that_the_contract_refuses_is_told_and_not_recorded(
    anvil_app: Flask, anvil_chain: Chain
) -> None:
    call = {
        "signer": "stranger",
        "contract": "Ledger",
        "function": "allow",
        "args": ["@signer:stranger", True],
    }
    anvil_chain.plan = plan_from_data({**PLAN, "calls": [call]})
    with pytest.raises(DeploymentFailed, match="reverted"):
        deploy(anvil_chain)
    steps = {row.step for row in db.session.query(DeploymentRow)}
    assert anvil_chain.plan.calls[0].key not in steps


def test_code_is_verified_against_the_compiled_artifact(app: Flask, chain: Chain) -> None:
    (check,) = verify_code(chain)
    assert check.agrees
    other = replace(ledger_artifact(), runtime_code=b"\x00")
    elsewhere = make_chain(chain.connection.url, chain.profile.name)
    elsewhere._source = lambda _: other
    (check,) = verify_code(elsewhere)
    assert not check.agrees
    assert check.recorded == check.served != check.compiled


def test_a_database_without_deployment_is_told_what_to_run(
    anvil_chain: Chain, tmp_path: Path
) -> None:
    with ledger_app(anvil_chain, tmp_path):
        with pytest.raises(NotDeployed, match="chain deploy"):
            check_chain(anvil_chain)
        with pytest.raises(NotDeployed, match="chain deploy"):
            anvil_chain.address("Ledger")


def test_another_chain_id_is_refused(anvil_url: str, tmp_path: Path) -> None:
    chain = make_chain(anvil_url)
    chain.chain_id = 7
    with ledger_app(chain, tmp_path), pytest.raises(OtherChain, match="chain id 1337, expected 7"):
        deploy(chain)


def test_another_chain_with_the_same_id_is_refused(
    app: Flask, chain: Chain, tmp_path: Path
) -> None:
    with running_node("ganache", free_port()) as url:
        other = make_chain(url, "ganache")
        for refuse in (check_chain, deploy):
            with pytest.raises(OtherChain, match="begins with block"):
                refuse(other)


def test_a_chain_that_went_backwards_is_refused(anvil_app: Flask, anvil_chain: Chain) -> None:
    snapshot = anvil_chain.connection.request("evm_snapshot")
    write(1)
    db.session.commit()
    OutboxWorker(anvil_chain).run_until_idle(timeout_s=60)
    check_chain(anvil_chain)
    anvil_chain.connection.request("evm_revert", snapshot)
    with pytest.raises(ChainWentBackwards, match="lost blocks"):
        check_chain(anvil_chain)
    anvil_chain.connection.request("evm_mine")
    with pytest.raises(ChainWentBackwards, match="serves 0x"):
        check_chain(anvil_chain)


def test_changed_code_at_a_recorded_address_is_refused(
    anvil_app: Flask, anvil_chain: Chain
) -> None:
    anvil_chain.connection.request("anvil_setCode", anvil_chain.address("Ledger"), "0x6000")
    with pytest.raises(CodeMismatch, match="Ledger at 0x"):
        check_chain(anvil_chain)
