"""A stretch of the chain, read and found consistent in itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chain.events import DecodedEvent, EventDecoder
from chain.node import BlockHead, Chain


@dataclass(frozen=True)
class Window:
    """Blocks in order, and our contracts' events in them, in order."""

    blocks: Sequence[BlockHead] = ()
    events: Sequence[DecodedEvent] = ()


def fetch_window(
    chain: Chain, *, addresses: Mapping[str, str], start: int, end: int, parent_hash: str | None
) -> Window | None:
    """Read blocks ``start..end`` and their logs.

    Args:
        addresses: of the contracts whose logs are wanted, by name.
        parent_hash: of the block before ``start``; None leaves the first parent unchecked.
    Returns:
        The window, or None when the chain changed while it was read: read it again.
    """
    blocks = [block for block in chain.blocks(range(start, end + 1)) if block is not None]
    if len(blocks) != end - start + 1 or not _linked(blocks, parent_hash):
        return None
    wanted = {
        "fromBlock": hex(start),
        "toBlock": hex(end),
        "address": list(addresses.values()),
    }
    logs = chain.connection.request("eth_getLogs", wanted) if addresses else []
    by_number = {block.number: block for block in blocks}
    decoder = EventDecoder(
        {name: (address, chain.artifact(name).abi) for name, address in addresses.items()}
    )
    events = []
    for log in logs:
        block = by_number.get(int(log["blockNumber"], 16))
        if block is None or log["blockHash"] != block.hash:
            return None
        event = decoder.decode(log, block)
        if event is not None:
            events.append(event)
    events.sort(key=lambda event: (event.block_number, event.log_index))
    return Window(blocks, events)


def last_common(chain: Chain, remembered: Sequence[tuple[int, str]]) -> int | None:
    """Return the newest of the remembered (number, hash) that is still on the chain, or None.

    Args:
        remembered: newest first.
    """
    for first, last in _spans(len(remembered)):
        part = remembered[first:last]
        for (number, block_hash), found in zip(
            part, chain.blocks([number for number, _ in part]), strict=True
        ):
            if found is not None and found.hash == block_hash:
                return number
    return None


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of 1, then 32 at a time: the newest block nearly always is the answer."""
    yield 0, 1
    for first in range(1, count, 32):
        yield first, first + 32


def _linked(blocks: Sequence[BlockHead], parent_hash: str | None) -> bool:
    for block in blocks:
        if parent_hash is not None and block.parent_hash != parent_hash:
            return False
        parent_hash = block.hash
    return True
