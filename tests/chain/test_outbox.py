"""Wanted writes reach the chain exactly once, in few transactions, and refusals stay visible."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask

from chain import Chain, IntentConflict, Outbox, OutboxNotIdle, OutboxWorker
from chain.tables import TransactionRow
from db import db
from tests.chain.ledger import key_of, write


def transactions_of(signer: str) -> int:
    count = db.session.query(TransactionRow).filter_by(signer=signer).count()
    db.session.commit()
    return count


def land(chain: Chain) -> None:
    OutboxWorker(chain).run_until_idle(timeout_s=60)


def test_an_item_lands_and_says_where(app: Flask, chain: Chain) -> None:
    key = write(1)
    db.session.commit()
    queued = Outbox.status(key)
    assert queued is not None
    assert (queued.state, queued.tx_hash) == ("queued", None)
    land(chain)
    status = Outbox.status(key)
    assert status is not None
    assert status.state == "mined"
    assert status.block_number is not None
    receipt = chain.w3.eth.get_transaction_receipt(status.tx_hash)  # type: ignore[arg-type]
    assert receipt["blockNumber"] == status.block_number
    assert chain.call("Ledger", "amounts", key_of(1)) == 5


def test_nothing_is_asked_for_when_the_business_change_rolls_back(app: Flask) -> None:
    key = write(1)
    db.session.rollback()
    assert Outbox.status(key) is None


def test_the_same_key_twice_is_one_write(app: Flask, chain: Chain) -> None:
    write(1)
    write(1)
    db.session.commit()
    land(chain)
    assert chain.call("Ledger", "written") == 1


def test_the_same_key_for_another_write_is_refused(app: Flask) -> None:
    write(1)
    with pytest.raises(IntentConflict):
        write(1, amount=6)


def test_two_hundred_items_from_four_threads_land_once_in_few_transactions(
    app: Flask, chain: Chain
) -> None:
    def ask(first: int) -> None:
        with app.app_context():
            for number in range(first, first + 50):
                write(number)
                db.session.commit()

    def work() -> None:
        with app.app_context():
            OutboxWorker(chain).run_until_idle(timeout_s=60)

    askers = [Thread(target=ask, args=(1 + 50 * index,)) for index in range(4)]
    for thread in askers:
        thread.start()
    for thread in askers:
        thread.join()
    workers = [Thread(target=work) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert Outbox.counts() == {"queued": 0, "sent": 0, "mined": 200, "failed": 0}
    db.session.commit()
    assert chain.call("Ledger", "written") == 200
    assert transactions_of("writer") <= 6


def test_several_workers_with_several_signers_lose_and_duplicate_nothing(
    app: Flask, chain: Chain
) -> None:
    for number in range(1, 121):
        write(number, signer=("writer", "second", "third", "fourth")[number % 4])
        db.session.commit()

    def work() -> None:
        with app.app_context():
            OutboxWorker(chain).run_until_idle(timeout_s=60)

    workers = [Thread(target=work) for _ in range(3)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert Outbox.counts()["mined"] == 120
    db.session.commit()
    assert chain.call("Ledger", "written") == 120


def test_items_of_a_function_without_an_array_go_one_a_transaction(
    app: Flask, chain: Chain
) -> None:
    names = ("stranger", "writer", "second")
    for name in names:
        Outbox.enqueue(
            dedupe_key=f"allow-{name}",
            signer="deployer",
            contract="Ledger",
            function="allow",
            item=[chain.signers.address(name), name == "stranger"],
        )
    db.session.commit()
    before = transactions_of("deployer")
    land(chain)
    assert transactions_of("deployer") - before == len(names)
    assert Outbox.counts() == {"queued": 0, "sent": 0, "mined": len(names), "failed": 0}
    db.session.commit()
    allowed = [chain.call("Ledger", "writers", chain.signers.address(name)) for name in names]
    assert allowed == [True, False, False]


def test_a_refused_item_is_named_and_the_others_go_on(app: Flask, chain: Chain) -> None:
    write(7, amount=9)
    db.session.commit()
    land(chain)
    keys = [write(number, name="again") for number in range(1, 21)]
    db.session.commit()
    land(chain)
    refused = Outbox.status("again-7")
    assert refused is not None
    assert (refused.state, refused.error_name) == ("failed", "Ledger_Taken")
    assert refused.error_args == (key_of(7), 9)
    states = {key: getattr(Outbox.status(key), "state", None) for key in keys}
    assert [key for key, state in states.items() if state != "mined"] == ["again-7"]
    assert [failed.dedupe_key for failed in Outbox.failures()] == ["again-7"]
    db.session.commit()
    assert chain.call("Ledger", "written") == 20


def test_an_item_that_came_too_early_waits_for_what_was_asked_before(
    app: Flask, chain: Chain
) -> None:
    write(1)
    db.session.commit()
    land(chain)
    # The second signer's write needs the first signer's erasure, asked for just before it.
    write(2)
    Outbox.enqueue(
        dedupe_key="erase",
        signer="writer",
        contract="Ledger",
        function="eraseBatch",
        item=[key_of(1)],
    )
    write(1, signer="second", name="after", amount=8)
    db.session.commit()
    worker = OutboxWorker(chain)
    worker._serve("second")  # the wrong order on purpose
    waiting = Outbox.status("after-1")
    assert waiting is not None
    assert waiting.state in ("queued", "sent")
    db.session.commit()
    worker.run_until_idle(timeout_s=60)
    assert chain.call("Ledger", "amounts", key_of(1)) == 8


def test_an_item_that_does_not_fit_the_function_fails_alone(app: Flask, chain: Chain) -> None:
    write(1)
    Outbox.enqueue(
        dedupe_key="crooked",
        signer="writer",
        contract="Ledger",
        function="writeBatch",
        item=["0x12", -5, "nobody", "0x"],
    )
    write(2)
    db.session.commit()
    land(chain)
    crooked = Outbox.status("crooked")
    assert crooked is not None
    assert (crooked.state, crooked.error_name) == ("failed", "ItemNotEncodable")
    assert Outbox.counts()["mined"] == 2


@pytest.mark.parametrize(
    ("signer", "function", "error_name"),
    [
        ("nobody", "writeBatch", "UnknownSigner"),
        ("writer", "noSuchBatch", "ItemNotEncodable"),
        ("writer", "allow", "ItemNotEncodable"),
        ("stranger", "writeBatch", "Ledger_NotWriter"),
    ],
)
def test_a_hopeless_item_fails_with_its_reason(
    app: Flask, chain: Chain, signer: str, function: str, error_name: str
) -> None:
    Outbox.enqueue(
        dedupe_key="hopeless",
        signer=signer,
        contract="Ledger",
        function=function,
        item=[key_of(1), 5, "0x" + "ab" * 20, "0x"],
    )
    db.session.commit()
    land(chain)
    status = Outbox.status("hopeless")
    assert status is not None
    assert (status.state, status.error_name) == ("failed", error_name)


def test_a_failed_item_can_be_tried_again(app: Flask, chain: Chain) -> None:
    key = write(1, signer="stranger")
    db.session.commit()
    land(chain)
    allow(chain, "stranger")
    assert Outbox.retry(key)
    db.session.commit()
    land(chain)
    status = Outbox.status(key)
    assert status is not None
    assert (status.state, status.error_name) == ("mined", None)


def test_a_nonce_spent_by_somebody_else_costs_nothing(app: Flask, chain: Chain) -> None:
    write(1)
    db.session.commit()
    land(chain)
    account = chain.signers.account("writer")
    spend_nonce(chain, account.address, chain.nonce(account.address))
    key = write(2)
    db.session.commit()
    OutboxWorker(chain, resend_s=0).run_until_idle(timeout_s=60)
    status = Outbox.status(key)
    assert status is not None
    assert status.state == "mined"
    db.session.commit()
    assert chain.call("Ledger", "written") == 2


def test_what_cannot_land_is_told_when_time_is_over(app: Flask, chain: Chain) -> None:
    Outbox.enqueue(
        dedupe_key="early", signer="writer", contract="Elsewhere", function="aBatch", item=[]
    )
    db.session.commit()
    with pytest.raises(OutboxNotIdle, match="1 items queued"):
        OutboxWorker(chain).run_until_idle(timeout_s=0.2)


def allow(chain: Chain, name: str) -> None:
    deployer = chain.signers.account("deployer")
    data = chain.artifact("Ledger").function("allow").call_data([chain.signers.address(name), True])
    send(chain, deployer, data)


def spend_nonce(chain: Chain, address: str, nonce: int) -> None:
    account = chain.signers.account("writer")
    assert account.address == address
    data = chain.artifact("Ledger").function("eraseBatch").call_data([[]])
    send(chain, account, data)
    assert chain.nonce(address) == nonce + 1


def send(chain: Chain, account: object, data: str) -> None:
    """Send behind the outbox's back, and wait for the block: anvil answers before it mines."""
    transaction = {
        "to": chain.address("Ledger"),
        "data": data,
        "gas": 200_000,
        "nonce": chain.nonce(account.address),  # type: ignore[attr-defined]
        "chainId": chain.chain_id,
        "value": 0,
        **chain.profile.fees(),
    }
    signed = account.sign_transaction(transaction)  # type: ignore[attr-defined]
    chain.w3.eth.wait_for_transaction_receipt(
        chain.w3.eth.send_raw_transaction(signed.raw_transaction), poll_latency=0.02
    )
