"""A development node of its own for one test process."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chain.errors import NodeUnreachable, RPCFailed
from chain.rpc import NodeConnection

ROOT = Path(__file__).resolve().parents[2]
MNEMONIC = "test test test test test test test test test test test junk"
CHAIN_ID = 1337
PORTS = range(21000, 21100)


class Node:
    """The requests that a test makes of its node."""

    def __init__(self, connection: NodeConnection, url: str) -> None:
        self.request = connection.request
        self.url = url

    def snapshot(self) -> str:
        """Remember the present state and return its name."""
        return str(self.request("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Go back to a remembered state, which is used up."""
        assert self.request("evm_revert", snapshot)

    def now(self) -> int:
        """Return the latest block's time, epoch seconds."""
        return int(self.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def write_storage(self, address: str, slot: bytes, value: int) -> None:
        """Put a word into a contract's storage, where no sequence of calls gets there in time."""
        word, place = f"0x{value:064x}", "0x" + slot.hex()
        try:
            self.request("anvil_setStorageAt", address, place, word)
        except RPCFailed:
            self.request("evm_setAccountStorageAt", address, place, word)

    def mined(self, tx_hash: str) -> dict[str, Any]:
        """Return a sent transaction's receipt; anvil answers a moment before it has mined."""
        deadline = time.monotonic() + 30
        while (receipt := self.request("eth_getTransactionReceipt", tx_hash)) is None:
            assert time.monotonic() < deadline, f"{tx_hash} was not mined within 30 s"
            time.sleep(0.001)
        return dict(receipt)

    def advance(self, seconds: int) -> int:
        """Let time pass, mine a block, and return its time."""
        self.request("evm_increaseTime", seconds)
        self.request("evm_mine")
        return self.now()


@contextmanager
def running_node(engine: str) -> Iterator[Node]:
    """Start a node on a free port, and end it afterwards."""
    port = _free_port()
    process = subprocess.Popen(
        _command(engine, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    connection = NodeConnection(url)
    try:
        _await(connection, process)
        yield Node(connection, url)
    finally:
        connection._close()
        process.terminate()
        process.wait(20)


def _command(engine: str, port: int) -> list[str]:
    modules = ROOT / "node_modules"
    if engine == "ganache":
        return [
            *(str(modules / ".bin" / "ganache"), "--server.port", str(port)),
            *("--wallet.mnemonic", MNEMONIC, "--wallet.totalAccounts", "60"),
            *("--chain.chainId", str(CHAIN_ID), "--chain.networkId", str(CHAIN_ID)),
            *("--chain.hardfork", "merge", "--miner.blockGasLimit", "30000000"),
            *("--wallet.defaultBalance", "1000000000", "--logging.quiet"),
        ]
    binary = next(modules.glob("@foundry-rs/anvil-*/bin/anvil"))
    return [
        *(str(binary), "--port", str(port), "--mnemonic", MNEMONIC, "--accounts", "60"),
        *("--balance", "1000000000", "--chain-id", str(CHAIN_ID), "--hardfork", "paris"),
        *("--gas-limit", "30000000", "--quiet"),
    ]


def _free_port() -> int:
    offset = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) * 10
    for port in (*PORTS[offset:], *PORTS[:offset]):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free for a node")


def _await(connection: NodeConnection, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection.request("eth_chainId")
        except NodeUnreachable:
            assert process.poll() is None, "the node ended before it answered"
            assert time.monotonic() < deadline, "the node did not answer within 60 s"
            time.sleep(0.05)
        else:
            return
