"""The chain as the rest of the product sees it: a node, its engine's rules, our contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.middleware import ExtraDataToPOAMiddleware

from chain.accounts import Signers
from chain.artifacts import Artifact, ArtifactSource
from chain.errors import NotDeployed, RPCFailed
from chain.plan import DeploymentPlan
from chain.profiles import EngineProfile
from chain.reverts import ErrorTable
from chain.rpc import NodeConnection, Request
from chain.tables import DeploymentRow
from db import db


@dataclass(frozen=True)
class BlockHead:
    """What identifies a block: number, hash, the hash of its parent, its time (epoch seconds)."""

    number: int
    hash: str
    parent_hash: str
    at: int


class Chain:
    """One EVM chain behind one JSON-RPC address.

    Making it asks nothing of the node, so that a program can start while the node is away;
    ``chain.deploy.check_chain`` says whether it is the right chain.
    """

    def __init__(
        self,
        rpc_url: str,
        *,
        profile: EngineProfile,
        signers: Signers,
        plan: DeploymentPlan,
        artifacts: ArtifactSource,
        chain_id: int = 1337,
    ) -> None:
        self.profile = profile
        self.signers = signers
        self.plan = plan
        self.chain_id = chain_id
        self.connection = NodeConnection(rpc_url)
        self.w3 = Web3(self.connection)
        # Blocks of QBFT, IBFT and clique carry more extra data than web3.py takes otherwise.
        self.w3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        self._source = artifacts
        self._artifacts: dict[str, Artifact] = {}
        self._addresses: dict[str, str] = {}
        self._contracts: dict[str, Contract] = {}

    @cached_property
    def errors(self) -> ErrorTable:
        """The custom errors of every contract of the plan."""
        return ErrorTable(self.artifact(name).abi for name in self.plan.contract_names)

    def artifact(self, name: str) -> Artifact:
        """Return a compiled contract by name."""
        if name not in self._artifacts:
            self._artifacts[name] = self._source(name)
        return self._artifacts[name]

    def address(self, name: str) -> str:
        """Return the recorded address of a contract; needs an application context at first use.

        Raises:
            NotDeployed: no finished deployment of it is recorded.
        """
        if name not in self._addresses:
            self._addresses.update(recorded_addresses())
        if name not in self._addresses:
            raise NotDeployed(
                f"{name} is not deployed; run 'flask --app app chain deploy'", contract=name
            )
        return self._addresses[name]

    def forget_addresses(self) -> None:
        """Read the recorded addresses again at the next use (after a deployment)."""
        self._addresses.clear()
        self._contracts.clear()

    def contract(self, name: str) -> Contract:
        """Return a web3 contract at the recorded address."""
        if name not in self._contracts:  # building one from its ABI takes milliseconds
            abi: Any = self.artifact(name).abi
            address = to_checksum_address(self.address(name))
            self._contracts[name] = self.w3.eth.contract(address=address, abi=abi)
        return self._contracts[name]

    def call(self, contract: str, function: str, *args: Any, sender: str | None = None) -> Any:
        """Call a function at the latest block and return its decoded result, changing nothing.

        Args:
            sender: a signer's name; the call is made from its address.
        Raises:
            ContractReverted: the contract refused; decoded.
        """
        overrides: Any = {"from": self.signers.address(sender)} if sender else {}
        bound = self.contract(contract).functions[function](*args)
        try:
            return bound.call(overrides)
        except (Web3Exception, RPCFailed) as error:
            reverted = self.errors.from_exception(error)
            if reverted is None:
                raise RPCFailed(
                    "eth_call", {"message": f"{type(error).__name__}: {error}"}
                ) from error
            raise reverted from error

    def simulate(self, *, sender: str, to: str, data: str) -> None:
        """Run a transaction against the latest state, with a batch's gas, and change nothing.

        Raises:
            ContractReverted: it would fail; decoded.
        """
        call = {"from": sender, "to": to, "data": data, "gas": hex(self.profile.batch_gas)}
        try:
            self.connection.request("eth_call", call, "latest")
        except RPCFailed as error:
            reverted = self.errors.from_exception(error)
            if reverted is None:
                raise
            raise reverted from error

    def request_all(self, requests: Sequence[Request]) -> list[Any]:
        """Send several requests, as one JSON-RPC batch where the engine takes batches."""
        if self.profile.batch_requests:
            return self.connection.request_all(requests)
        return [self.connection.request(method, *params) for method, params in requests]

    def head_number(self) -> int:
        """Return the number of the newest block."""
        return int(self.connection.request("eth_blockNumber"), 16)

    def nonce(self, address: str) -> int:
        """Return how many transactions of an address are in blocks."""
        return int(self.connection.request("eth_getTransactionCount", address, "latest"), 16)

    def blocks(self, numbers: Sequence[int]) -> list[BlockHead | None]:
        """Return blocks by number, None for those beyond the chain's end."""
        requests = [("eth_getBlockByNumber", (hex(number), False)) for number in numbers]
        return [_block_head(found) for found in self.request_all(requests)]

    def block(self, number: int) -> BlockHead | None:
        """Return one block by number, or None beyond the chain's end."""
        return self.blocks([number])[0]


def recorded_addresses() -> dict[str, str]:
    """Return the addresses of all contracts whose deployment is finished, by name."""
    rows = db.session.query(DeploymentRow.contract, DeploymentRow.address).filter(
        DeploymentRow.address.is_not(None), DeploymentRow.block_number.is_not(None)
    )
    return {contract: address for contract, address in rows if address}


def _block_head(found: dict[str, Any] | None) -> BlockHead | None:
    if found is None:
        return None
    return BlockHead(
        number=int(found["number"], 16),
        hash=found["hash"],
        parent_hash=found["parentHash"],
        at=int(found["timestamp"], 16),
    )
