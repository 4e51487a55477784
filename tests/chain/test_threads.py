"""The thread inside a web process lands writes and reads events, and survives a lost node."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask

from chain import Chain, DecodedEvent, Follower, Outbox, OutboxThread, OutboxWorker, deploy
from db import db
from tests.chain.ledger import ledger_app, make_chain, write
from tests.chain.node_fixture import free_port, running_node

PORT = free_port()


def watcher(chain: Chain) -> tuple[Follower, threading.Event]:
    """Return a follower, and what it sets when it has seen an entry."""
    seen = threading.Event()

    def see(event: DecodedEvent, _session: object) -> None:
        seen.set()

    follower = Follower(chain)
    follower.register("Ledger", "Written", see)
    return follower, seen


def test_a_queued_write_lands_and_is_read(anvil_app: Flask, anvil_chain: Chain) -> None:
    follower, seen = watcher(anvil_chain)
    done: list[bool] = []
    thread = OutboxThread(
        anvil_app, follower=follower, duties=[lambda: done.append(True)], poll_s=0.05
    ).start()
    try:
        key = write(1)
        db.session.commit()
        assert seen.wait(30)
    finally:
        thread.stop()
    OutboxWorker(anvil_chain).run_until_idle()  # its receipt may not have been booked yet
    status = Outbox.status(key)
    db.session.commit()
    assert status is not None
    assert status.state == "mined"
    assert done


def test_a_duty_that_fails_does_not_end_the_thread(anvil_app: Flask, anvil_chain: Chain) -> None:
    follower, seen = watcher(anvil_chain)
    calls: list[int] = []

    def stumble_once() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("stumbled")

    write(1)
    db.session.commit()
    thread = OutboxThread(anvil_app, follower=follower, duties=[stumble_once], poll_s=0.05).start()
    try:
        assert seen.wait(30)
    finally:
        thread.stop()


def test_a_node_that_comes_back_is_found_again(tmp_path: Path) -> None:
    directory = tmp_path / "node"
    chain = make_chain(f"http://127.0.0.1:{PORT}", "ganache")
    with ledger_app(chain, tmp_path) as app:
        with running_node("ganache", PORT, directory):
            deploy(chain)
        follower, seen = watcher(chain)
        write(1)
        db.session.commit()
        worker = OutboxWorker(chain, lease_s=1)
        thread = OutboxThread(app, worker=worker, follower=follower, poll_s=0.05).start()
        try:
            assert not seen.wait(0.5)
            with running_node("ganache", PORT, directory):
                assert seen.wait(30)
        finally:
            thread.stop()
