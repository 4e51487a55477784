"""Reads our contracts' events in order and hands each to what derives rows from it.

1. Blocks and logs are fetched first, without holding the database.
2. Each block must name the one before it as its parent, and each log the block it is in.
3. Events, block hashes, the cursor and all derived rows are written in one transaction.
4. When the newest block read is not on the chain any more, the follower walks back to one that is,
   drops the events behind it, and makes the derived rows again from the events that stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chain.check import first_deployment_block
from chain.errors import ReorganisationTooDeep
from chain.events import DecodedEvent, decoded_event
from chain.node import Chain, recorded_addresses
from chain.tables import BlockRow, CursorRow, EventRow
from chain.windows import Window, fetch_window, last_common
from db import db

EventHandler = Callable[[DecodedEvent, Session], None]
Reset = Callable[[Session], None]

_CURSOR = "main"
_BLOCKS_REMEMBERED = 256


@dataclass(frozen=True)
class _Position:
    """Where reading goes on, and the (number, hash) of blocks read before, newest first."""

    next_block: int
    remembered: tuple[tuple[int, str], ...]


class Follower:
    """One reader of one chain; several processes may run it, and one of them applies each block.

    Works in, and commits, the current database session, so it is never run inside a request.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._handlers: dict[tuple[str, str], list[EventHandler]] = defaultdict(list)
        self._resets: list[Reset] = []

    def register(self, contract: str, event: str, handler: EventHandler) -> None:
        """Call ``handler(event, session)`` for each such event, in chain order.

        It writes derived rows through the session, never commits, and depends on nothing but the
        event and those rows: the same events must always give the same rows.
        """
        self._handlers[contract, event].append(handler)

    def register_reset(self, reset: Reset) -> None:
        """Call ``reset(session)`` to delete derived rows before they are made again."""
        self._resets.append(reset)

    def run_once(self) -> int:
        """Read up to the newest final block and commit; returns how many steps changed something.

        Raises:
            ReorganisationTooDeep: no block that is remembered is on the chain any more.
        """
        steps = 0
        while self._step():
            steps += 1
        return steps

    def lag_blocks(self) -> int:
        """Return how many final blocks have not been read."""
        position = _position()
        db.session.commit()
        newest = self._newest_final()
        return max(0, newest + 1 - position.next_block) if position else 0

    def rebuild(self) -> None:
        """Forget everything read and derived, and read the chain again from the deployment on.

        Readers of derived rows see them come back window by window; commits.
        """
        session = db.session()
        session.get(CursorRow, _CURSOR, with_for_update=True)
        self._reset(session)
        for table in (EventRow, BlockRow, CursorRow):
            session.execute(delete(table))
        session.commit()
        self.run_once()

    def _step(self) -> bool:
        """Apply one window; returns whether there may be more to do at once."""
        position = _position()
        addresses = recorded_addresses()
        db.session.commit()
        if position is None:
            return False
        start, parent_hash = self._continue_from(position)
        end = min(self._newest_final(), start + self._chain.profile.log_window_blocks - 1)
        window: Window | None = Window()
        if end >= start:
            window = fetch_window(
                self._chain, addresses=addresses, start=start, end=end, parent_hash=parent_hash
            )
        elif start == position.next_block:
            return False
        return window is not None and self._apply(position, start, window)

    def _newest_final(self) -> int:
        return self._chain.head_number() - self._chain.profile.confirmations

    def _continue_from(self, position: _Position) -> tuple[int, str | None]:
        """Return the first block to read and its parent's hash, behind whatever is still there."""
        if not position.remembered:
            return position.next_block, None
        common = last_common(self._chain, position.remembered)
        if common is None:
            raise ReorganisationTooDeep(
                f"none of the last {len(position.remembered)} blocks read is on the chain any "
                "more; run 'flask --app app chain rebuild' if the chain is the right one"
            )
        return common + 1, dict(position.remembered)[common]

    def _apply(self, position: _Position, start: int, window: Window) -> bool:
        """Write a window unless another process has moved on meanwhile."""
        session = db.session()
        try:
            cursor = session.get(CursorRow, _CURSOR, with_for_update=True, populate_existing=True)
            if _position() != position:
                session.rollback()
                return True
            if cursor is None:
                cursor = CursorRow(name=_CURSOR, next_block=start)
                session.add(cursor)
                session.flush()
            if start < position.next_block:
                self._drop_from(start, session)
            self._add(window, session)
            cursor.next_block = start + len(window.blocks)
            session.commit()
        except IntegrityError:  # another process wrote the first window
            session.rollback()
        except BaseException:
            session.rollback()
            raise
        return True

    def _add(self, window: Window, session: Session) -> None:
        session.add_all(
            BlockRow(number=block.number, hash=block.hash, parent_hash=block.parent_hash)
            for block in window.blocks
        )
        session.add_all(EventRow(**asdict(event)) for event in window.events)
        session.flush()
        for event in window.events:
            self._handle(event, session)
        if window.blocks:
            oldest = window.blocks[-1].number - _BLOCKS_REMEMBERED
            session.execute(delete(BlockRow).where(BlockRow.number <= oldest))

    def _drop_from(self, start: int, session: Session) -> None:
        """Drop blocks and events from ``start`` on; derived rows are made again without them."""
        session.execute(delete(BlockRow).where(BlockRow.number >= start))
        dropped = session.execute(delete(EventRow).where(EventRow.block_number >= start))
        if not dropped.rowcount:  # type: ignore[attr-defined]
            return
        self._reset(session)
        kept = select(EventRow).order_by(EventRow.block_number, EventRow.log_index)
        for row in session.scalars(kept.execution_options(yield_per=1000)):
            self._handle(decoded_event(row), session)

    def _handle(self, event: DecodedEvent, session: Session) -> None:
        for handler in self._handlers.get((event.contract, event.event), ()):
            handler(event, session)

    def _reset(self, session: Session) -> None:
        for reset in self._resets:
            reset(session)
        session.flush()
        session.expire_all()


def _position() -> _Position | None:
    """Return where reading stands, None before the first deployment."""
    next_block = db.session.scalar(select(CursorRow.next_block).where(CursorRow.name == _CURSOR))
    if next_block is None:
        next_block = first_deployment_block()
    if next_block is None:
        return None
    blocks = db.session.execute(
        select(BlockRow.number, BlockRow.hash).order_by(BlockRow.number.desc())
    ).all()
    return _Position(next_block, tuple((number, block_hash) for number, block_hash in blocks))
