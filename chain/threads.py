"""The outbox worker and the follower inside a web process: the product as one program."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from flask import Flask
from sqlalchemy.exc import OperationalError

from chain.errors import ChainError
from chain.follower import Follower
from chain.worker import OutboxWorker

_log = logging.getLogger(__name__)
_PAUSE_AFTER_ERROR_S = 2.0


class OutboxThread:
    """A daemon thread that lands queued writes and reads events, with pauses when there are none.

    It may run in every web process: leases and the cursor's lock keep them apart.
    """

    def __init__(
        self,
        app: Flask,
        *,
        worker: OutboxWorker | None = None,
        follower: Follower | None = None,
        duties: Sequence[Callable[[], None]] = (),
        poll_s: float = 0.5,
    ) -> None:
        """Take worker and follower as given, or make and find them by the app's extensions.

        Args:
            duties: what else to do on every pass, before anything is sent; each commits.
        """
        self._app = app
        self._worker = worker or OutboxWorker(app.extensions["qilian.chain"])
        self._follower = follower or app.extensions.get("qilian.follower")
        self._duties = tuple(duties)
        self._poll_s = poll_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> OutboxThread:
        """Start and return at once."""
        self._thread.start()
        return self

    def stop(self, timeout_s: float = 30) -> None:
        """Finish the pass under way, and end."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause_s = self._pass()
            self._stopping.wait(pause_s)

    def _pass(self) -> float:
        """Make one pass; returns how long to rest after it, in seconds."""
        try:
            with self._app.app_context():
                for duty in self._duties:
                    duty()
                moved = self._worker.run_once().moved
                if self._follower is not None:
                    self._follower.run_once()
            return 0.0 if moved else self._poll_s
        except (ChainError, OperationalError) as error:  # the node or the database is away
            _log.error("the outbox thread rests after %s: %s", type(error).__name__, error)
        except Exception:  # a fault of ours in one pass must not end all further passes
            _log.exception("the outbox thread rests after a pass that failed")
        return _PAUSE_AFTER_ERROR_S
