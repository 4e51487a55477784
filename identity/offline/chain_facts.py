"""What a bundle's blocks prove: events, each with its place in the chain and its time.

1. A header's keccak-256 is the hash that the bundle gives the block.
2. A receipt is in the trie that the header's receipts root commits to.
3. The hash is a trust anchor, or the hash of a parent, some headers further, of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from identity.errors import IdentityError, MalformedEvidence
from identity.model import evidence_block, evidence_trie
from identity.model.evidence_block import Header, Log
from identity.model.evidence_events import Event, read_event
from identity.offline import reading
from identity.offline.reading import Absent
from identity.offline.report import Unknown, Wrong
from identity.offline.trust import Trust


class ProvedEvent(NamedTuple):
    """An event that a trusted contract emitted; `order` is its place in the chain."""

    contract: str
    event: Event
    at: int
    block_number: int
    order: tuple[int, int, int]


@dataclass(frozen=True)
class ChainFacts:
    """The blocks of a bundle, as far as they hold."""

    blocks: dict[str, Any]
    trusted: frozenset[bytes]
    trust: Trust

    def event(self, place: object) -> ProvedEvent:
        """Return the event at `{block, receipt, log}`.

        Raises:
            Wrong: a hash or a proof does not hold, or the event is not of a trusted contract.
            Unknown: a part is not given, or the block is no trust anchor.
        """
        header, logs = self._receipt(place)
        receipt, index = reading.integer(place, "receipt"), reading.integer(place, "log")
        if index >= len(logs):
            raise Wrong("receipt_not_proved")
        contract, event = self._of_trusted(logs[index])
        order = (header.number, receipt, index)
        return ProvedEvent(contract, event, header.at, header.number, order)

    def events(self, places: Iterable[object]) -> list[ProvedEvent]:
        """Return events in chain order; raises as `event`."""
        return sorted((self.event(place) for place in places), key=lambda found: found.order)

    def require(self, places: Iterable[object]) -> list[int]:
        """Return the numbers of the blocks in which these stand; raises as `event`, Wrong first."""
        numbers, unknown = set(), None
        for place in places:
            try:
                numbers.add(self._receipt(place)[0].number)
            except Unknown as error:
                unknown = unknown or error
        if unknown:
            raise unknown
        return sorted(numbers)

    def _receipt(self, place: object) -> tuple[Header, list[Log]]:
        try:
            block = self.blocks.get(reading.text(place, "block"))
            index = reading.integer(place, "receipt")
            header = _header(block)
            logs = _logs(block, header, index)
        except Absent as error:
            raise Unknown("block_missing") from error
        except MalformedEvidence as error:
            raise Wrong("receipt_not_proved") from error
        if header.hash not in self.trusted:
            raise Unknown("block_not_trusted")
        return header, logs

    def _of_trusted(self, log: Log) -> tuple[str, Event]:
        try:
            found = read_event(log)
        except MalformedEvidence as error:
            raise Wrong("event_foreign") from error
        if found is None or self.trust.contracts[found[0]] != log.address:
            raise Wrong("event_foreign")
        return found


def read_chain(bundle: dict[str, Any], trust: Trust) -> ChainFacts:
    """Return the chain facts of a bundle; whether they hold is seen when they are asked for."""
    blocks = {}
    for block in _list(bundle, "blocks"):
        if isinstance(block, dict) and isinstance(block.get("hash"), str):
            blocks[block["hash"]] = block
    return ChainFacts(blocks, _trusted(bundle, blocks, trust), trust)


def _trusted(bundle: dict[str, Any], blocks: dict[str, Any], trust: Trust) -> frozenset[bytes]:
    """Return the checkpoints, and every ancestor of one that headers lead to."""
    parents: dict[bytes, bytes] = {}
    encoded = [block.get("header") for block in blocks.values()] + _list(bundle, "headers")
    for item in encoded:
        try:
            header = evidence_block.parse_header(reading.to_octets(item, "header"))
        except MalformedEvidence:
            continue  # it leads nowhere; a block that needs it says so
        parents[header.hash] = header.parent
    trusted: set[bytes] = set()
    for checkpoint in trust.checkpoints:
        found: bytes | None = checkpoint
        while found is not None and found not in trusted:
            trusted.add(found)
            found = parents.get(found)
    return frozenset(trusted)


def _list(bundle: dict[str, Any], name: str) -> list[Any]:
    found = bundle.get(name)
    return found if isinstance(found, list) else []


def _header(block: object) -> Header:
    if block is None:
        raise Absent("block")
    try:
        data = reading.octets(block, "header")
    except Absent as error:
        raise Unknown("header_missing") from error
    try:
        header = evidence_block.parse_header(data)
        if "0x" + header.hash.hex() != reading.text(block, "hash"):
            raise Wrong("block_hash_differs")
        if header.number != reading.integer(block, "number"):
            raise Wrong("block_hash_differs")
    except MalformedEvidence as error:
        raise Wrong("block_hash_differs") from error
    return header


def _logs(block: object, header: Header, index: int) -> list[Log]:
    for receipt in reading.items(block, "receipts"):
        if reading.integer(receipt, "index") == index:
            nodes = [reading.to_octets(n, "proof") for n in reading.items(receipt, "proof")]
            key = evidence_block.receipt_key(index)
            try:
                value = evidence_trie.value_at(header.receipts_root, key, nodes)
                return evidence_block.parse_logs(value)
            except IdentityError as error:
                raise Wrong("receipt_not_proved") from error
    raise Absent("receipt")
