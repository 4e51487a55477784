"""From a node's log to a named event with JSON arguments (Solidity ABI specification, Events)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain.abi import Entry, as_json, signature_of, type_of
from chain.node import BlockHead
from chain.tables import EventRow


@dataclass(frozen=True)
class DecodedEvent:
    """One event of one of our contracts.

    Attributes:
        args: by parameter name, JSON values (bytes as 0x-hex, structs as lists); an indexed
            parameter of dynamic type is its keccak-256.
        block_at: the block's time, UTC epoch seconds.
    """

    contract: str
    event: str
    args: Mapping[str, Any]
    block_number: int
    block_hash: str
    block_at: int
    tx_hash: str
    log_index: int
    address: str


class EventDecoder:
    """Decodes the logs of known contracts."""

    def __init__(self, contracts: Mapping[str, tuple[str, Iterable[Entry]]]) -> None:
        """Take ``{name: (address, ABI)}``."""
        self._known: dict[tuple[str, str], tuple[str, Entry]] = {}
        for name, (address, abi) in contracts.items():
            for entry in abi:
                if entry.get("type") == "event" and not entry.get("anonymous"):
                    topic = "0x" + keccak(text=signature_of(entry)).hex()
                    self._known[address.lower(), topic] = (name, entry)

    def decode(self, log: Mapping[str, Any], block: BlockHead) -> DecodedEvent | None:
        """Return the event, or None when no known contract declares it."""
        if not log["topics"]:
            return None
        known = self._known.get((log["address"].lower(), log["topics"][0]))
        if known is None:
            return None
        contract, entry = known
        try:
            args = _arguments(entry, log)
        except DecodingError:
            return None  # same signature, other indexing: not the event we know
        return DecodedEvent(
            contract=contract,
            event=str(entry["name"]),
            args=args,
            block_number=block.number,
            block_hash=block.hash,
            block_at=block.at,
            tx_hash=log["transactionHash"],
            log_index=int(log["logIndex"], 16),
            address=str(to_checksum_address(log["address"])),
        )


def _arguments(entry: Entry, log: Mapping[str, Any]) -> dict[str, Any]:
    topics = iter(log["topics"][1:])
    plain = [part for part in entry["inputs"] if not part.get("indexed")]
    values = iter(decode([type_of(part) for part in plain], bytes.fromhex(log["data"][2:])))
    args: dict[str, Any] = {}
    for part in entry["inputs"]:
        if part.get("indexed"):
            args[part["name"]] = _indexed(part, next(topics))
        else:
            args[part["name"]] = as_json(next(values), part)
    return args


def _indexed(part: Entry, topic: str) -> Any:
    kind = str(part["type"])
    if kind in ("string", "bytes") or kind.startswith("tuple") or kind.endswith("]"):
        return topic
    return as_json(decode([kind], bytes.fromhex(topic[2:]))[0], part)


def decoded_event(row: EventRow) -> DecodedEvent:
    """Return the event that a row keeps."""
    return DecodedEvent(
        contract=row.contract,
        event=row.event,
        args=row.args,
        block_number=row.block_number,
        block_hash=row.block_hash,
        block_at=row.block_at,
        tx_hash=row.tx_hash,
        log_index=row.log_index,
        address=row.address,
    )
