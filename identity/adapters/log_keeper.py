"""Anchors the access log's head on chain from time to time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chain import Outbox
from identity.adapters.access_log import locked_head
from identity.adapters.chain_writer import RELAYER

ANCHOR_EVERY_S = 60


@dataclass(frozen=True)
class LogKeeper:
    """Queues the log's head for ConsentRegistry, each naming the one before."""

    clock: Callable[[], int]

    def anchor_if_due(self) -> None:
        """Queue the head when it moved and the last anchor is a minute old; the caller commits."""
        head = locked_head()
        now = self.clock()
        if head.seq == head.anchored_seq or now - head.anchored_at < ANCHOR_EVERY_S:
            return
        Outbox.enqueue(
            dedupe_key=f"access-log:{head.seq}",
            signer=RELAYER,
            contract="ConsentRegistry",
            function="anchorLogBatch",
            item=["0x" + head.digest, "0x" + head.anchored_digest, head.seq],
        )
        head.anchored_seq, head.anchored_digest, head.anchored_at = head.seq, head.digest, now
