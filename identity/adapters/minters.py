"""Who signs many credentials: this process, or one process beside it for every core."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from cryptography.hazmat.primitives import serialization

from identity.model import jose
from identity.model.minting import Minted, Mould, Order
from identity.ports import Submit

SLICE = 256  # orders that a process takes at a time
_DER, _PKCS8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8


class InlineMinters:
    """Signs in the caller's process, when the result is asked for."""

    @contextmanager
    def at_work(self, mould: Mould, key: jose.PrivateKey) -> Iterator[Submit]:
        """Yield the function that takes orders."""
        yield lambda orders: lambda: mould.mint(key, orders)


class ProcessMinters:
    """Signs in processes beside this one; the issuer's key goes to them through a pipe.

    They know no other key: sealing and storing stay with the caller. Where a process may have no
    children (a web server's worker), the work is done inline.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or len(os.sched_getaffinity(0))

    @contextmanager
    def at_work(self, mould: Mould, key: jose.PrivateKey) -> Iterator[Submit]:
        """Yield the function that hands out orders; the processes end with the context."""
        if multiprocessing.current_process().daemon:
            with InlineMinters().at_work(mould, key) as submit:
                yield submit
            return
        der = key.private_bytes(_DER, _PKCS8, serialization.NoEncryption())
        # Started afresh rather than forked: a fork would inherit database connections and locks.
        pool = ProcessPoolExecutor(
            self._processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(replace(mould), der),
        )
        try:
            yield lambda orders: _submit(pool, orders)
        finally:
            pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, orders: Sequence[Order]) -> Callable[[], list[Minted]]:
    slices = [orders[start : start + SLICE] for start in range(0, len(orders), SLICE)]
    futures = [pool.submit(_mint, part) for part in slices]
    return lambda: [minted for future in futures for minted in future.result()]


_at_work: tuple[Mould, jose.PrivateKey] | None = None


def _start(mould: Mould, der: bytes) -> None:
    """Take up work in a new process."""
    global _at_work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _at_work = mould, serialization.load_der_private_key(der, None)  # type: ignore[assignment]


def _end_with_parent() -> None:
    """End this process when its parent is gone, however it went: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _mint(orders: Sequence[Order]) -> list[Minted]:
    assert _at_work is not None, "a process mints after it was started"
    mould, key = _at_work
    return mould.mint(key, orders)
