"""What the chain has said so far: recorded events, and blocks whole as the node has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from chain.events import DecodedEvent, decoded_event
from chain.node import Chain
from chain.tables import EventRow
from db import db

RawBlock = Mapping[str, Any]


def recorded_events(
    contract: str,
    events: Sequence[str],
    *,
    until_block: int,
    in_block: int | None = None,
    **args: str,
) -> list[DecodedEvent]:
    """Return a contract's events that the follower has read, in chain order.

    Args:
        events: their names.
        until_block: the last block to look in.
        in_block: the only block to look in: found by the table's key, without a search.
        args: text arguments that an event must have, as recorded (checksummed addresses, 0x-hex).
    """
    query = select(EventRow).where(
        EventRow.contract == contract,
        EventRow.event.in_(events),
        EventRow.block_number <= until_block,
        *(EventRow.args[name].as_string() == value for name, value in args.items()),
    )
    if in_block is not None:
        query = query.where(EventRow.block_number == in_block)
    rows = db.session.scalars(query.order_by(EventRow.block_number, EventRow.log_index))
    return [decoded_event(row) for row in rows]


def blocks_with_events(events: Iterable[tuple[str, str]], *, limit: int) -> list[tuple[int, str]]:
    """Return (number, hash) of the newest blocks with one of these (contract, event)."""
    kinds = (
        and_(EventRow.contract == contract, EventRow.event == event) for contract, event in events
    )
    query = (
        select(EventRow.block_number, EventRow.block_hash)
        .where(or_(*kinds))
        .distinct()
        .order_by(EventRow.block_number.desc())
        .limit(limit)
    )
    return [(number, block_hash) for number, block_hash in db.session.execute(query)]


def raw_blocks(chain: Chain, numbers: Sequence[int]) -> list[RawBlock]:
    """Return blocks in the node's own JSON, transactions by hash; those that there are.

    Raises:
        NodeUnreachable, RPCFailed: the node does not answer.
    """
    requests = [("eth_getBlockByNumber", (hex(number), False)) for number in numbers]
    return [block for block in chain.request_all(requests) if block is not None]


def raw_receipts(chain: Chain, block: RawBlock) -> list[Mapping[str, Any]]:
    """Return all receipts of a block, in its order and in the node's own JSON."""
    requests = [("eth_getTransactionReceipt", (tx_hash,)) for tx_hash in block["transactions"]]
    return [receipt for receipt in chain.request_all(requests) if receipt is not None]
