"""Calling contracts in tests: values in, decoded values, events and refusals out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chain.abi import decode_arguments
from chain.artifacts import Artifact
from chain.errors import ContractReverted, RPCFailed
from chain.events import EventDecoder
from chain.node import BlockHead
from chain.reverts import ErrorTable

from .coverage.trace import Trace
from .node import Node

GAS = 20_000_000
# What ran, where coverage is measured.
TRACE = Trace() if os.environ.get("SOLIDITY_COVERAGE") else None


@dataclass(frozen=True)
class Event:
    """One decoded event."""

    contract: str
    name: str
    args: Mapping[str, Any]
    block_number: int = 0
    at: int = 0


@dataclass(frozen=True)
class Receipt:
    """What a mined transaction did."""

    gas: int
    block_number: int
    at: int
    events: tuple[Event, ...]

    def only(self, name: str) -> Mapping[str, Any]:
        """Return the arguments of the only event of that name."""
        (found,) = self.all(name)
        return found

    def all(self, name: str) -> list[Mapping[str, Any]]:
        """Return the arguments of every event of that name, in order."""
        return [event.args for event in self.events if event.name == name]


class Deployment:
    """Contracts on a node: their addresses, errors and events."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.contracts: dict[str, Contract] = {}
        self.errors = ErrorTable()
        self._events = EventDecoder({})
        self._created: dict[str, Any] = {}

    def add(self, artifact: Artifact, address: str) -> Contract:
        """Learn a deployed contract."""
        contract = Contract(self, artifact, address)
        self.contracts[artifact.name] = contract
        known = self.contracts.values()
        self.errors = ErrorTable(c.artifact.abi for c in known)
        self._events = EventDecoder({c.artifact.name: (c.address, c.artifact.abi) for c in known})
        if TRACE is not None and address.lower() in self._created:
            TRACE.creation(self.node.request, self._created[address.lower()], artifact.name)
        return contract

    def transact(self, transaction: dict[str, Any]) -> dict[str, Any]:
        """Send a transaction that must succeed and return the node's receipt."""
        sent = {"gas": hex(GAS), "gasPrice": hex(10**10), **transaction}
        tx_hash = self.node.request("eth_sendTransaction", sent)
        receipt = self.node.mined(tx_hash)
        assert receipt["status"] == "0x1", receipt
        if receipt["contractAddress"]:
            self._created[receipt["contractAddress"].lower()] = sent
        return receipt

    def receipt(self, raw: dict[str, Any]) -> Receipt:
        """Return a node's receipt, decoded."""
        block = self.node.request("eth_getBlockByNumber", raw["blockNumber"], False)
        head = BlockHead(0, "", "", 0)
        decoded = (self._events.decode(log, head) for log in raw["logs"])
        events = tuple(Event(e.contract, e.event, e.args) for e in decoded if e is not None)
        return Receipt(
            gas=int(raw["gasUsed"], 16),
            block_number=int(raw["blockNumber"], 16),
            at=int(block["timestamp"], 16),
            events=events,
        )

    def past_events(self, start: int = 0) -> Iterator[Event]:
        """Yield every event since a block, in order, with its block's number and time."""
        where = {
            "fromBlock": hex(start),
            "toBlock": "latest",
            "address": [contract.address for contract in self.contracts.values()],
        }
        at: dict[str, int] = {}
        for log in self.node.request("eth_getLogs", where):
            number = log["blockNumber"]
            if number not in at:
                block = self.node.request("eth_getBlockByNumber", number, False)
                at[number] = int(block["timestamp"], 16)
            head = BlockHead(int(number, 16), "", "", at[number])
            decoded = self._events.decode(log, head)
            if decoded is not None:
                yield Event(decoded.contract, decoded.event, decoded.args, head.number, head.at)


class Contract:
    """A deployed contract; its functions are attributes."""

    def __init__(self, deployment: Deployment, artifact: Artifact, address: str) -> None:
        self.deployment = deployment
        self.artifact = artifact
        self.address = address

    def __getattr__(self, name: str) -> Any:
        function = self.artifact.function(name)

        def call(*args: Any) -> Call:
            return Call(self, function.call_data(args), function.entry["outputs"])

        return call


@dataclass(frozen=True)
class Call:
    """A call that waits to be read or sent."""

    contract: Contract
    data: str
    outputs: Sequence[Mapping[str, Any]]

    def read(self, sender: str | None = None) -> Any:
        """Return what the call returns; raises ContractReverted."""
        values = decode_arguments(self.outputs, self._simulate(sender))
        return values[0] if len(values) == 1 else values

    def fields(self) -> dict[str, Any]:
        """Return the struct that the call returns, by field name."""
        return dict(
            zip((c["name"] for c in self.outputs[0]["components"]), self.read(), strict=True)
        )

    def by(self, sender: str) -> Receipt:
        """Send the call and return what it did; raises ContractReverted and sends nothing."""
        self._simulate(sender)
        raw = self.contract.deployment.transact(
            {"from": sender, "to": self.contract.address, "data": self.data}
        )
        return self.contract.deployment.receipt(raw)

    def _simulate(self, sender: str | None) -> bytes:
        transaction = {"to": self.contract.address, "data": self.data, "gas": hex(GAS)}
        if sender is not None:
            transaction["from"] = sender
        deployment = self.contract.deployment
        if TRACE is not None:
            names = {c.address.lower(): name for name, c in deployment.contracts.items()}
            TRACE.call(deployment.node.request, transaction, names)
        try:
            return bytes.fromhex(deployment.node.request("eth_call", transaction, "latest")[2:])
        except RPCFailed as error:
            refusal = deployment.errors.from_exception(error)
            if refusal is None:
                raise
            raise refusal from error


@contextmanager
def refused(name: str, *args: Any) -> Iterator[None]:
    """Expect exactly this custom error with exactly these arguments."""
    with pytest.raises(ContractReverted) as caught:
        yield
    assert (caught.value.error_name, tuple(caught.value.error_args)) == (name, args)
