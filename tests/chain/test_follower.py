"""The index is what the chain says, also after the chain has changed its mind."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chain import Chain, DecodedEvent, Follower, Outbox, OutboxWorker
from chain.errors import ReorganisationTooDeep
from chain.tables import BlockRow, EventRow
from db import db
from tests.chain.ledger import key_of, make_chain, write


class EntryRow(db.Model):  # type: ignore[name-defined,misc]
    """What the tests derive: the amount of each key, and in which order it came."""

    __tablename__ = "test_entry"

    key: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    position: Mapped[int]


def add_entry(event: DecodedEvent, session: Session) -> None:
    position = session.query(EntryRow).count()
    session.add(EntryRow(key=event.args["key"], amount=event.args["amount"], position=position))
    session.flush()


def drop_entries(session: Session) -> None:
    session.execute(delete(EntryRow))


def follower_of(chain: Chain) -> Follower:
    follower = Follower(chain)
    follower.register("Ledger", "Written", add_entry)
    follower.register_reset(drop_entries)
    return follower


def entries() -> dict[str, tuple[int, int]]:
    rows = db.session.execute(select(EntryRow.key, EntryRow.amount, EntryRow.position)).all()
    db.session.commit()
    return {key: (amount, position) for key, amount, position in rows}


def blocks() -> list[tuple[int, str]]:
    rows = db.session.execute(select(BlockRow.number, BlockRow.hash).order_by(BlockRow.number))
    found = [(number, block_hash) for number, block_hash in rows]
    db.session.commit()
    return found


def land(chain: Chain, *numbers: int) -> None:
    for number in numbers:
        write(number, amount=number)
        db.session.commit()
        OutboxWorker(chain).run_until_idle(timeout_s=60)


def on_chain(chain: Chain, upto: int) -> dict[str, int]:
    amounts = {key_of(n): chain.call("Ledger", "amounts", key_of(n)) for n in range(1, upto + 1)}
    return {key: amount for key, amount in amounts.items() if amount}


def test_events_arrive_decoded_and_in_order(app: Flask, chain: Chain) -> None:
    seen: list[DecodedEvent] = []
    follower = follower_of(chain)
    follower.register("Ledger", "Written", lambda event, _: seen.append(event))
    land(chain, 3, 1, 2)
    assert follower.lag_blocks() > 0
    follower.run_once()
    assert follower.lag_blocks() == 0
    assert [event.args["key"] for event in seen] == [key_of(3), key_of(1), key_of(2)]
    assert dict(seen[0].args) == {
        "key": key_of(3),
        "holder": "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB",
        "amount": 3,
        "note": "0x" + b"note".hex(),
        "writer": chain.signers.address("writer"),
    }
    status = Outbox.status("entry-3")
    assert status is not None
    assert (seen[0].tx_hash, seen[0].block_number) == (status.tx_hash, status.block_number)
    assert follower.run_once() == 0
    assert len(entries()) == 3


def test_small_windows_read_the_same(anvil_app: Flask, anvil_chain: Chain) -> None:
    land(anvil_chain, 1, 2, 3, 4, 5)
    narrow = make_chain(anvil_chain.connection.url, log_window_blocks=2, batch_requests=False)
    follower_of(narrow).run_once()
    assert entries() == {key_of(n): (n, n - 1) for n in range(1, 6)}


def test_rebuilding_gives_the_original(app: Flask, chain: Chain) -> None:
    follower = follower_of(chain)
    land(chain, 5, 1)
    follower.run_once()
    land(chain, 4)
    follower.run_once()
    original, read = entries(), blocks()
    assert len(original) == 3
    follower.rebuild()
    assert entries() == original
    assert blocks() == read


def test_a_reorganisation_is_followed_exactly(anvil_app: Flask, anvil_chain: Chain) -> None:
    chain = anvil_chain
    follower = follower_of(chain)
    land(chain, 1, 2, 3, 4, 5, 6)
    follower.run_once()
    assert len(entries()) == 6
    chain.connection.request("anvil_reorg", 4, [])
    follower.run_once()
    assert {key: amount for key, (amount, _) in entries().items()} == on_chain(chain, 6)
    assert {key: amount for key, (amount, _) in entries().items()} == {key_of(1): 1, key_of(2): 2}
    for number, block_hash in blocks():
        block = chain.block(number)
        assert block is not None
        assert block.hash == block_hash


def test_a_shortened_chain_drops_what_is_gone(anvil_app: Flask, anvil_chain: Chain) -> None:
    follower = follower_of(anvil_chain)
    land(anvil_chain, 1)
    snapshot = anvil_chain.connection.request("evm_snapshot")
    land(anvil_chain, 2)
    follower.run_once()
    anvil_chain.connection.request("evm_revert", snapshot)
    follower.run_once()
    assert set(entries()) == {key_of(1)}


def test_lost_transactions_are_sent_again_where_blocks_need_confirmations(
    anvil_app: Flask, anvil_chain: Chain
) -> None:
    chain = make_chain(anvil_chain.connection.url, confirmations=8)
    follower = follower_of(chain)
    land(chain, 1, 2, 3)
    chain.connection.request("anvil_reorg", 2, [])
    OutboxWorker(chain).run_until_idle(timeout_s=60)
    assert on_chain(chain, 3) == {key_of(1): 1, key_of(2): 2, key_of(3): 3}
    chain.connection.request("anvil_mine", hex(8))
    OutboxWorker(chain).run_until_idle(timeout_s=60)
    follower.run_once()
    assert set(entries()) == {key_of(1), key_of(2), key_of(3)}
    assert db.session.query(EventRow).count() == 3


def test_a_reorganisation_beyond_memory_is_told(anvil_app: Flask, anvil_chain: Chain) -> None:
    snapshot = anvil_chain.connection.request("evm_snapshot")
    land(anvil_chain, 1)
    follower = follower_of(anvil_chain)
    follower.run_once()
    db.session.execute(delete(BlockRow).where(BlockRow.number < anvil_chain.head_number()))
    db.session.commit()
    anvil_chain.connection.request("evm_revert", snapshot)
    anvil_chain.connection.request("evm_mine")
    with pytest.raises(ReorganisationTooDeep, match="chain rebuild"):
        follower.run_once()


def test_a_failing_handler_leaves_nothing_half_done(anvil_app: Flask, anvil_chain: Chain) -> None:
    follower = follower_of(anvil_chain)
    land(anvil_chain, 1)

    def stumble(event: DecodedEvent, session: Session) -> None:
        raise RuntimeError("stumbled")

    follower.register("Ledger", "Written", stumble)
    with pytest.raises(RuntimeError, match="stumbled"):
        follower.run_once()
    assert entries() == {}
    assert db.session.query(EventRow).count() == 0
    follower_of(anvil_chain).run_once()
    assert set(entries()) == {key_of(1)}
