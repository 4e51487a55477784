"""A refusal has one decoded form, whatever shape a node gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from flask import Flask
from web3.exceptions import ContractCustomError, ContractLogicError, Web3RPCError

from chain import Chain, ContractReverted
from chain.abi import selector_of
from chain.errors import RPCFailed
from chain.reverts import ErrorTable
from tests.chain.ledger import key_of, ledger_artifact

TABLE = ErrorTable([ledger_artifact().abi])
ENTRY = next(e for e in ledger_artifact().abi if e.get("name") == "Ledger_Taken")
KEY = bytes(31) + b"\x07"
DATA = selector_of(ENTRY) + encode(["bytes32", "uint256"], [KEY, 9])
HEX = "0x" + DATA.hex()


class TransactionFailed(Exception):
    """The shape of eth-tester's exception."""


GANACHE_CALL = {"message": "VM Exception while processing transaction: revert", "data": HEX}
GANACHE_TRANSACT: dict[str, Any] = {
    "message": "VM Exception while processing transaction: revert",
    "data": {"hash": None, "programCounter": 473, "result": HEX, "reason": None},
}
SHAPES = {
    "eth-tester, bytes": TransactionFailed(DATA),
    "eth-tester, text": TransactionFailed(repr(DATA)),
    "web3, Ganache call": ContractCustomError(HEX, data=HEX),
    "web3, Ganache transact": ContractLogicError(
        "execution reverted", data=GANACHE_TRANSACT["data"]
    ),
    "web3, plain": Web3RPCError("revert", rpc_response={"error": GANACHE_CALL}),  # type: ignore[arg-type]
    "Ganache call": RPCFailed("eth_call", GANACHE_CALL),
    "Ganache transact": RPCFailed("eth_sendTransaction", GANACHE_TRANSACT),
    "anvil": RPCFailed("eth_call", {"code": 3, "message": "execution reverted", "data": HEX}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_refusal(shape: str) -> None:
    reverted = TABLE.from_exception(SHAPES[shape])
    assert reverted is not None
    assert (reverted.error_name, reverted.error_args) == ("Ledger_Taken", (key_of(7), 9))
    assert reverted.extra["error_args"] == [key_of(7), 9]


@pytest.mark.parametrize(
    ("data", "name", "args"),
    [
        (b"", "Revert", ()),
        (bytes.fromhex("deadbeef01"), "0xdeadbeef", ("0x01",)),
        (DATA[:20], "Ledger_Taken", ("0x" + DATA[4:20].hex(),)),
    ],
)
def test_data_that_says_little_still_gets_a_name(
    data: bytes, name: str, args: tuple[object, ...]
) -> None:
    reverted = TABLE.decode(data)
    assert (reverted.error_name, reverted.error_args) == (name, args)


def test_what_is_no_refusal_is_left_alone() -> None:
    assert TABLE.from_exception(RPCFailed("eth_call", {"message": "method not found"})) is None
    assert TABLE.from_exception(ValueError("something else")) is None


@pytest.mark.parametrize(
    ("way", "name", "args"),
    [(0, "Error", ("a reason",)), (1, "Panic", (0x12,)), (2, "Revert", ()), (3, "Panic", (1,))],
)
def test_a_call_raises_the_decoded_refusal(
    app: Flask, chain: Chain, way: int, name: str, args: tuple[object, ...]
) -> None:
    with pytest.raises(ContractReverted) as caught:
        chain.call("Ledger", "fail", way)
    assert (caught.value.error_name, caught.value.error_args) == (name, args)


def test_a_custom_error_carries_its_arguments(app: Flask, chain: Chain) -> None:
    with pytest.raises(ContractReverted) as caught:
        chain.call("Ledger", "writeBatch", [], sender="stranger")
    assert caught.value.error_name == "Ledger_NotWriter"
    assert caught.value.error_args == (chain.signers.address("stranger"),)


def test_running_out_of_gas_is_named(app: Flask, chain: Chain) -> None:
    chain.profile = replace(chain.profile, batch_gas=100_000)
    ledger = chain.artifact("Ledger").function("writeBatch")
    items = [[key_of(number), 1, "0x" + "ab" * 20, "0x"] for number in range(1, 10)]
    with pytest.raises(ContractReverted) as caught:
        chain.simulate(
            sender=chain.signers.address("writer"),
            to=chain.address("Ledger"),
            data=ledger.batch_call_data(items),
        )
    assert caught.value.error_name == "OutOfGas"
