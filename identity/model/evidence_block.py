"""Block headers and receipts: from a node's JSON to the bytes that are hashed, and back.

A header is the RLP list of its fields (Yellow Paper §4.3.3; EIP-1559, 4895, 4844, 4788, 7685), its
keccak-256 the block's hash. A receipt is RLP, after one byte of type where it has one (EIP-2718);
the receipts root commits to all receipts of a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from identity.errors import MalformedEvidence
from identity.model import evidence_rlp as rlp
from identity.model import evidence_trie
from identity.model.merkle import keccak

_WORDS, _NUMBERS = "words", "numbers"
_FIELDS = (
    *((name, _WORDS) for name in ("parentHash", "sha3Uncles", "miner", "stateRoot")),
    *((name, _WORDS) for name in ("transactionsRoot", "receiptsRoot", "logsBloom")),
    *((name, _NUMBERS) for name in ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")),
    *((name, _WORDS) for name in ("extraData", "mixHash", "nonce")),
)
# Each came with a fork, in this order; a header ends where its chain's forks do.
_LATER_FIELDS = (
    ("baseFeePerGas", _NUMBERS),
    ("withdrawalsRoot", _WORDS),
    ("blobGasUsed", _NUMBERS),
    ("excessBlobGas", _NUMBERS),
    ("parentBeaconBlockRoot", _WORDS),
    ("requestsHash", _WORDS),
)
_HASH_BYTES, _ADDRESS_BYTES = 32, 20
_PARENT, _RECEIPTS, _NUMBER, _TIME = 0, 5, 8, 11


class Header(NamedTuple):
    """What evidence needs of a block header; `at` is the block's time in UTC epoch seconds."""

    hash: bytes
    parent: bytes
    receipts_root: bytes
    number: int
    at: int


class Log(NamedTuple):
    """One log of a receipt, as the contract at `address` emitted it."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


def encode_header(block: Mapping[str, Any]) -> bytes | None:
    """Return the header of a block as `eth_getBlockByNumber` gives it.

    Returns:
        None where no reading of the fields has the block's hash: the engine hashes otherwise.
    """
    for fields in (block, {**block, "withdrawalsRoot": "0x" + evidence_trie.EMPTY_ROOT.hex()}):
        present = [*_FIELDS, *(field for field in _LATER_FIELDS if field[0] in fields)]
        header = rlp.encode([_field(fields[name], kind) for name, kind in present])
        if keccak(header) == bytes.fromhex(block["hash"][2:]):
            return header
    return None


def _field(value: str, kind: str) -> bytes:
    if kind == _NUMBERS:
        return rlp.encode_number(int(value, 16))
    return bytes.fromhex(value[2:])


def parse_header(data: bytes) -> Header:
    """Return the facts of an encoded header; raises MalformedEvidence."""
    items = rlp.decode(data)
    if isinstance(items, bytes) or not len(_FIELDS) <= len(items) <= len(_FIELDS) + 16:
        raise MalformedEvidence("found a block header that is not a list of its fields")
    return Header(
        keccak(data),
        _bytes(items[_PARENT], _HASH_BYTES),
        _bytes(items[_RECEIPTS], _HASH_BYTES),
        _number(items[_NUMBER]),
        _number(items[_TIME]),
    )


def _bytes(item: rlp.Item, size: int) -> bytes:
    if not isinstance(item, bytes) or len(item) != size:
        raise MalformedEvidence(f"found a field that is not of {size} bytes")
    return item


def _number(item: rlp.Item) -> int:
    if not isinstance(item, bytes) or len(item) > 8 or item[:1] == b"\0":
        raise MalformedEvidence("found a field that is no number of at most 64 bits")
    return int.from_bytes(item, "big")


def encode_receipt(receipt: Mapping[str, Any]) -> bytes:
    """Return the receipt as `eth_getTransactionReceipt` gives it, in the form that is hashed."""
    state = receipt.get("root")  # before Byzantium, in place of the status
    outcome = bytes.fromhex(state[2:]) if state else _field(receipt["status"], _NUMBERS)
    logs: list[rlp.Item] = [
        [
            bytes.fromhex(log["address"][2:]),
            [bytes.fromhex(topic[2:]) for topic in log["topics"]],
            bytes.fromhex(log["data"][2:]),
        ]
        for log in receipt["logs"]
    ]
    used = _field(receipt["cumulativeGasUsed"], _NUMBERS)
    kind = int(receipt.get("type", "0x0"), 16)
    body = rlp.encode([outcome, used, bytes.fromhex(receipt["logsBloom"][2:]), logs])
    return (bytes([kind]) if kind else b"") + body


def parse_logs(receipt: bytes) -> list[Log]:
    """Return the logs of an encoded receipt; raises MalformedEvidence."""
    has_type = bool(receipt) and receipt[0] < 0x80
    items = rlp.decode(receipt[1:] if has_type else receipt)
    logs = items[3] if isinstance(items, list) and len(items) == 4 else b""
    if isinstance(logs, bytes):
        raise MalformedEvidence("found a receipt that is not a list of four fields")
    return [_log(item) for item in logs]


def _log(item: rlp.Item) -> Log:
    if isinstance(item, bytes) or len(item) != 3:
        raise MalformedEvidence("found a log that is not address, topics and data")
    address, topics, data = item
    if isinstance(topics, bytes) or not isinstance(data, bytes):
        raise MalformedEvidence("found a log that is not address, topics and data")
    found = tuple(_bytes(topic, _HASH_BYTES) for topic in topics)
    return Log(_bytes(address, _ADDRESS_BYTES), found, data)


def receipt_proofs(
    receipts: Sequence[bytes], wanted: Sequence[int]
) -> tuple[bytes, dict[int, list[bytes]]]:
    """Return the receipts root of a block, and the proof of each receipt wanted, by its index."""
    values = {receipt_key(index): receipt for index, receipt in enumerate(receipts)}
    root, found = evidence_trie.proofs(values, [receipt_key(index) for index in wanted])
    return root, {index: found[receipt_key(index)] for index in wanted}


def receipt_key(index: int) -> bytes:
    """Return the key of a receipt in its block's trie."""
    return rlp.encode(rlp.encode_number(index))
