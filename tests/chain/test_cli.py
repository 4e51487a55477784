"""The commands say what they did, and refuse with one sentence."""

from __future__ import annotations

import pytest
from flask import Flask

from chain import Chain, Outbox
from db import db
from tests.chain.ledger import make_chain, write


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["chain", *arguments])
    return result.exit_code, result.output


def test_the_commands_tell_the_whole_story(anvil_app: Flask, anvil_chain: Chain) -> None:
    code, output = run(anvil_app, "deploy")
    assert code == 0
    assert "Ledger" in output
    assert "already there" in output
    write(1)
    write(2, signer="stranger")
    db.session.commit()
    assert run(anvil_app, "worker", "--once") == (0, "1 transactions settled, 1 items failed\n")
    assert run(anvil_app, "follow", "--once") == (0, "")
    code, output = run(anvil_app, "status")
    assert code == 0
    assert "queued 0, sent 0, mined 1, failed 1" in output
    assert "entry-2: Ledger.writeBatch refused with Ledger_NotWriter(0x" in output
    assert "0 not read yet" in output
    code, output = run(anvil_app, "verify")
    assert code == 0
    assert "agrees" in output
    assert run(anvil_app, "rebuild") == (0, "the index was made again from the chain\n")


def test_a_failed_write_is_queued_again_by_its_key(anvil_app: Flask, anvil_chain: Chain) -> None:
    key = write(1, signer="stranger")
    db.session.commit()
    run(anvil_app, "worker", "--once")
    assert run(anvil_app, "retry", key) == (0, "queued\n")
    assert Outbox.counts()["queued"] == 1
    db.session.commit()
    code, output = run(anvil_app, "retry", "no-such-key")
    assert code == 1
    assert "no failed write has the key no-such-key" in output


@pytest.mark.parametrize("command", ["deploy", "status", "verify", "worker --once"])
def test_without_a_node_each_command_says_so(
    anvil_app: Flask, anvil_chain: Chain, command: str
) -> None:
    write(1)
    db.session.commit()
    anvil_app.extensions["qilian.chain"] = make_chain("http://127.0.0.1:21199")
    code, output = run(anvil_app, *command.split())
    assert code == 1
    assert "The chain node does not answer. no chain node answers at 127.0.0.1:21199" in output


def test_verify_without_a_deployment_says_what_to_run(anvil_app: Flask, anvil_chain: Chain) -> None:
    db.drop_all()
    db.create_all()
    code, output = run(anvil_app, "verify")
    assert code == 1
    assert "no contracts are deployed yet" in output
