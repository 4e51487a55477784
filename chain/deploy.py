"""Deploys the contracts of a plan once, whatever interrupts it, and wires them together.

Each step is signed, stored and committed before it is sent, under a key of its own: run again, a
finished step is left alone and a begun one is sent again as it was, so the addresses stay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import delete, select, update
from web3.utils.address import get_create_address

from chain.abi import encode_arguments
from chain.check import check_history, deployed_code_hashes, remember_chain
from chain.errors import DeploymentFailed, UnknownSigner
from chain.node import Chain, recorded_addresses
from chain.plan import CallStep, ContractStep
from chain.sender import Draft, Sender
from chain.settlement import Stored, TransactionState
from chain.tables import CheckpointRow, DeploymentRow, TransactionRow
from db import db


@dataclass(frozen=True)
class Deployed:
    """A contract on the chain; ``fresh`` says whether this run put it there."""

    name: str
    address: str
    block_number: int
    code_hash: str
    fresh: bool


def deploy(chain: Chain, *, timeout_s: float = 120) -> list[Deployed]:
    """Deploy and wire what the plan has and the chain has not; commits the session.

    Raises:
        NodeUnreachable, OtherChain, ChainWentBackwards, CodeMismatch: see ``check_history``.
        DeploymentFailed: a step failed on chain, or the plan refers to what is not there.
    """
    check_history(chain)
    if db.session.get(CheckpointRow, 1) is None:
        remember_chain(chain)  # before anything is sent, so that a half deployment knows its chain
    db.session.commit()
    chain.forget_addresses()
    deployer = _Deployer(chain, timeout_s)
    fresh = {step.name for step in chain.plan.contracts if deployer.contract(step)}
    for call in chain.plan.calls:
        deployer.call(call)
    remember_chain(chain)
    db.session.commit()
    return _deployed(fresh)


def _deployed(fresh: set[str]) -> list[Deployed]:
    rows = db.session.scalars(
        select(DeploymentRow)
        .where(DeploymentRow.address.is_not(None))
        .order_by(DeploymentRow.block_number, DeploymentRow.contract)
    ).all()
    found = [
        Deployed(
            row.contract,
            row.address or "",
            row.block_number or 0,
            row.code_hash or "",
            row.contract in fresh,
        )
        for row in rows
    ]
    db.session.commit()
    return found


class _Deployer:
    """Runs steps one after the other, each until it is in a block."""

    def __init__(self, chain: Chain, timeout_s: float) -> None:
        self._chain = chain
        self._timeout_s = timeout_s
        self._sender = Sender(chain)

    def contract(self, step: ContractStep) -> bool:
        """Deploy a contract; returns whether this run did it."""
        artifact = self._chain.artifact(step.name)
        if not artifact.bytecode:
            raise DeploymentFailed(f"{step.name} is an interface or abstract: it has no code")
        data = artifact.bytecode + encode_arguments(
            artifact.constructor_inputs, self._resolve(step.args)
        )
        draft = Draft(None, "0x" + data.hex(), f"{step.name} (deployment)")
        fresh = self._run(step.key, step.name, self._chain.plan.signer, draft)
        self._record_code(step)
        return fresh

    def _record_code(self, step: ContractStep) -> None:
        row = db.session.get_one(DeploymentRow, step.key, populate_existing=True)
        recorded, address = row.code_hash, row.address
        db.session.commit()
        if recorded is None and address is not None:
            hashes = deployed_code_hashes(self._chain, {step.name: address})
            _update_step(step.key, code_hash=hashes[step.name])
            db.session.commit()

    def call(self, step: CallStep) -> bool:
        """Make a wiring call; returns whether this run did it."""
        function = self._chain.artifact(step.contract).function(step.function)
        data = function.call_data(self._resolve(step.args))
        address = self._chain.address(step.contract)
        draft = Draft(address, data, f"{step.contract}.{step.function} (deployment)")
        return self._run(step.key, step.contract, step.signer, draft)

    def _run(self, key: str, contract: str, signer: str, draft: Draft) -> bool:
        row = db.session.get(DeploymentRow, key)
        finished = row is not None and row.block_number is not None
        begun_id = row.tx_id if row is not None else None
        db.session.commit()
        if finished:
            return False
        deadline = time.monotonic() + self._timeout_s
        self._lease(signer, deadline)
        try:
            self._finish(
                key, signer, begun_id or self._begin(key, contract, signer, draft), deadline
            )
        finally:
            db.session.rollback()
            self._sender.release(signer)
        return True

    def _lease(self, signer: str, deadline: float) -> None:
        while not self._sender.lease(signer):
            if time.monotonic() > deadline:
                raise DeploymentFailed(f"another process holds the signer {signer}; try again")
            time.sleep(0.2)

    def _begin(self, key: str, contract: str, signer: str, draft: Draft) -> str:
        stored = self._sender.sign(signer, [draft])
        if stored is None:
            raise DeploymentFailed(f"another process took over the signer {signer}; run it again")
        made = None if draft.to else _created(stored[0])
        db.session.add(DeploymentRow(step=key, contract=contract, address=made, tx_id=stored[0].id))
        db.session.commit()
        return stored[0].id

    def _finish(self, key: str, signer: str, tx_id: str, deadline: float) -> None:
        while True:
            self._sender.push(signer)
            row = db.session.get_one(TransactionRow, tx_id, populate_existing=True)
            state, block_number, told = row.state, row.block_number, row.error
            db.session.commit()
            if state in (TransactionState.FINAL, TransactionState.MINED):
                _update_step(key, block_number=block_number)
                db.session.commit()
                return
            if state in (TransactionState.REVERTED, TransactionState.DISPLACED):
                db.session.execute(delete(DeploymentRow).where(DeploymentRow.step == key))
                db.session.commit()
                raise DeploymentFailed(f"the step {key} was {state} on chain; nothing was recorded")
            if time.monotonic() > deadline:
                raise DeploymentFailed(f"the step {key} is not in a block yet ({told or state})")
            time.sleep(0.05)

    def _resolve(self, value: Any) -> Any:
        """Return a plan's value with its references replaced."""
        if isinstance(value, (list, tuple)):
            return [self._resolve(part) for part in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        kind, _, name = value[1:].partition(":")
        try:
            return self._reference(kind, name)
        except (KeyError, UnknownSigner) as error:
            raise DeploymentFailed(f"the plan refers to {value}, which is not there") from error

    def _reference(self, kind: str, name: str) -> Any:
        if kind == "contract":
            return recorded_addresses()[name]
        if kind == "signer":
            return self._chain.signers.address(name)
        if kind == "selector":
            contract, _, function = name.partition(".")
            return "0x" + self._chain.artifact(contract).function(function).selector.hex()
        if kind == "keccak":
            return "0x" + keccak(text=name).hex()
        if kind == "role":
            return (self._chain.plan.roles or {})[name]
        raise KeyError(kind)


def _update_step(key: str, **values: Any) -> None:
    db.session.execute(update(DeploymentRow).where(DeploymentRow.step == key).values(**values))


def _created(transaction: Stored) -> str:
    """Return the address of the contract that a transaction creates: sender and nonce say it."""
    sender: Any = transaction.address
    nonce: Any = transaction.nonce
    return str(get_create_address(sender, nonce))
