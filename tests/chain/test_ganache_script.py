"""ganache.sh starts, refuses, keeps and ends as it says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chain import DEVELOPMENT_MNEMONIC, Signers
from chain.errors import NodeUnreachable
from chain.rpc import NodeConnection
from tests.chain.node_fixture import SCRIPT, environment, free_port, run_script, running_node

PORT = free_port()


@contextmanager
def foreground(directory: Path, engine: str) -> Iterator[subprocess.Popen[str]]:
    """Run the script in the foreground, up to the sentence that says the node answers."""
    process = subprocess.Popen(
        [str(SCRIPT)],
        env=environment(port=PORT, directory=directory, engine=engine),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        assert "answers at" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize("engine", ["ganache", "anvil"])
def test_the_node_has_our_chain_id_network_id_and_rich_accounts(
    tmp_path: Path, engine: str
) -> None:
    with running_node(engine, PORT, tmp_path) as url:
        node = NodeConnection(url)
        assert int(node.request("eth_chainId"), 16) == 1337
        assert node.request("net_version") == "1337"
        last = Signers({"last": 59}, mnemonic=DEVELOPMENT_MNEMONIC).address("last")
        assert int(node.request("eth_getBalance", last, "latest"), 16) >= 10**26


def test_a_port_in_use_is_refused_with_its_number_and_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", PORT)):
        refused = run_script("start", port=PORT, directory=tmp_path)
    assert refused.returncode == 1
    assert f"port {PORT} on 127.0.0.1 is already in use" in refused.stderr
    assert f"PORT={PORT + 1}" in refused.stderr


@pytest.mark.parametrize(
    ("command", "engine", "port", "sentence"),
    [
        ("start", "geth", str(PORT), "ENGINE=geth is unknown"),
        ("start", "ganache", "http", "PORT=http is not a number"),
        ("dance", "ganache", str(PORT), "unknown command 'dance'"),
    ],
    ids=["unknown engine", "port that is no number", "unknown command"],
)
def test_a_wrong_request_is_refused_with_a_sentence(
    tmp_path: Path, command: str, engine: str, port: str, sentence: str
) -> None:
    refused = subprocess.run(
        [str(SCRIPT), command],
        env={**environment(port=PORT, directory=tmp_path, engine=engine), "PORT": port},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 1
    assert sentence in refused.stderr


def test_start_status_and_stop_can_be_repeated(tmp_path: Path) -> None:
    def run(command: str) -> tuple[int, str]:
        done = run_script(command, port=PORT, directory=tmp_path)
        return done.returncode, done.stdout

    assert run("status") == (3, "ganache.sh: not running.\n")
    assert run("start")[0] == 0
    assert "already running" in run("start")[1]
    assert "chain id 1337" in run("status")[1]
    assert run("stop") == (0, "ganache.sh: stopped.\n")
    assert run("stop") == (0, "ganache.sh: not running.\n")


def test_a_restart_keeps_the_chain(tmp_path: Path) -> None:
    with running_node("ganache", PORT, tmp_path) as url:
        NodeConnection(url).request("evm_mine")
        before = NodeConnection(url).request("eth_getBlockByNumber", "latest", False)
    with running_node("ganache", PORT, tmp_path) as url:
        after = NodeConnection(url).request("eth_getBlockByNumber", "latest", False)
    assert after["hash"] == before["hash"]
    assert int(after["number"], 16) == 1


def test_a_killed_node_leaves_a_chain_that_starts_again(tmp_path: Path) -> None:
    with running_node("ganache", PORT, tmp_path) as url:
        NodeConnection(url).request("evm_mine")
        os.kill(int((tmp_path / "node.pid").read_text()), signal.SIGKILL)
    with running_node("ganache", PORT, tmp_path) as url:
        assert NodeConnection(url).request("eth_blockNumber") == "0x1"


@pytest.mark.parametrize("engine", ["ganache", "anvil"])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_foreground_ends_cleanly_when_told(
    tmp_path: Path, engine: str, sent: signal.Signals
) -> None:
    with foreground(tmp_path, engine) as process:
        process.send_signal(sent)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert output.endswith("ganache.sh: stopped.\n")
    with pytest.raises(NodeUnreachable, match=r"start it with \./ganache\.sh"):
        NodeConnection(f"http://127.0.0.1:{PORT}").request("eth_chainId")
