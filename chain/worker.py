"""The outbox worker: takes queued items, packs them, and lands them on the chain.

Order is kept within one signer and contract. Across them the contracts' own rules decide: an item
that came too early is refused in trial, waits, and is judged failed only when nothing asked for
before it is still on its way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from chain import intents
from chain.batches import Group, Split, no_trial, split_batch, trial_on
from chain.errors import ContractReverted, LeaseLost, NotDeployed, OutboxNotIdle, UnknownSigner
from chain.intents import Intent
from chain.node import Chain
from chain.sender import Sender
from db import db

_log = logging.getLogger(__name__)
_FIRST_BATCH_ITEMS = 25  # until a receipt has shown what an item costs
_ATTEMPTS_MAX = 5


@dataclass(frozen=True)
class Progress:
    """What one pass did: transactions signed and settled, items failed and put off."""

    signed: int = 0
    settled: int = 0
    failed: int = 0
    put_off: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.signed + other.signed,
            self.settled + other.settled,
            self.failed + other.failed,
            self.put_off + other.put_off,
        )

    @property
    def moved(self) -> bool:
        """Whether anything changed."""
        return bool(self.signed or self.settled or self.failed)


class OutboxWorker:
    """Lands queued items; any number may run, in any number of processes.

    Works in, and commits, the current database session, so it is never run inside a request.
    """

    def __init__(self, chain: Chain, *, lease_s: int = 30, resend_s: int = 15) -> None:
        self.chain = chain
        self._sender = Sender(chain, lease_s=lease_s, resend_s=resend_s)
        self._gas_per_item: dict[tuple[str, str], int] = {}

    def run_until_idle(self, timeout_s: float = 600, poll_s: float = 0.1) -> Progress:
        """Work until nothing is queued or on its way; failed items do not count as waiting.

        Raises:
            OutboxNotIdle: something still waits after ``timeout_s``.
        """
        deadline = time.monotonic() + timeout_s
        total = Progress()
        while True:
            progress = self.run_once()
            total += progress
            waiting = intents.waiting()
            if not any(waiting.values()):
                return total
            if time.monotonic() > deadline:
                told = ", ".join(f"{count} {what}" for what, count in waiting.items())
                raise OutboxNotIdle(f"after {timeout_s:g} s still {told}; {intents.last_error()}")
            if not progress.moved:
                time.sleep(poll_s)

    def run_once(self) -> Progress:
        """Make one pass over every signer with work that no other worker is busy with."""
        total = Progress()
        for signer in intents.signers_with_work():
            try:
                total += self._serve(signer)
            except UnknownSigner as error:
                failed = intents.fail_all_of(signer, "UnknownSigner", error.detail)
                total += Progress(failed=failed)
            except LeaseLost as error:
                _log.warning("%s", error.detail)
        return total

    def _serve(self, signer: str) -> Progress:
        if not self._sender.lease(signer):
            return Progress()
        try:
            settled, taken = self._sender.push(signer)
            progress = Progress(settled=settled)
            if taken:
                for contract in intents.lanes(signer):
                    progress += self._serve_lane(signer, contract)
            return progress
        finally:
            db.session.rollback()
            self._sender.release(signer)

    def _serve_lane(self, signer: str, contract: str) -> Progress:
        """Send what is queued for one contract, in order, each item tried once."""
        try:
            address = self.chain.address(contract)
        except NotDeployed:
            return Progress()  # it waits for the deployment
        finally:
            db.session.commit()
        progress, after = Progress(), 0
        while batch := self._take(signer, contract, after):
            after = batch[-1].seq
            floor = intents.first_waiting_besides([intent.seq for intent in batch])
            split = self._try(signer, batch, address)
            self._sender.lease(signer)
            progress += self._record(signer, split, floor)
            if split.groups:
                settled, taken = self._sender.push(signer)
                self._learn_gas(split.groups)
                progress += Progress(settled=settled)
                if not taken:
                    break
        return progress

    def _take(self, signer: str, contract: str, after: int) -> list[Intent]:
        """Return the next queued items of one function, as many as fit; claims none."""
        limit = self.chain.profile.batch_items_max
        found = intents.queued(signer, contract, after=after, limit=limit)
        if not found:
            return []
        same = list(takewhile(lambda intent: intent.function == found[0].function, found))
        return same[: self._items_max(found[0])]

    def _items_max(self, first: Intent) -> int:
        gas = self._gas_per_item.get((first.contract, first.function))
        if gas is None:
            return _FIRST_BATCH_ITEMS
        return max(1, self.chain.profile.batch_gas * 8 // 10 // gas)

    def _try(self, signer: str, batch: Sequence[Intent], address: str) -> Split:
        hopeless = [intent for intent in batch if intent.attempts >= _ATTEMPTS_MAX]
        batch = [intent for intent in batch if intent.attempts < _ATTEMPTS_MAX]
        split = self._split(signer, batch, address) if batch else Split()
        reason = ContractReverted("RevertedInBlock", (_ATTEMPTS_MAX,))
        split.refused.extend((intent, reason) for intent in hopeless)
        return split

    def _split(self, signer: str, batch: Sequence[Intent], address: str) -> Split:
        simulate = self.chain.profile.simulate_first or any(i.attempts for i in batch)
        trial = trial_on(self.chain, self.chain.signers.address(signer)) if simulate else no_trial
        artifact = self.chain.artifact(batch[0].contract)
        return split_batch(batch, artifact=artifact, to=address, trial=trial)

    def _record(self, signer: str, split: Split, floor: int | None) -> Progress:
        """Sign the groups and record the failures in one database transaction.

        A refused item has failed when nothing was waiting before it: neither ``floor``, the
        earliest item outside this batch when the trial began, nor an item of these groups.
        """
        stored = self._sender.sign(signer, [group.draft for group in split.groups])
        if stored is None:
            raise LeaseLost(f"another worker took over the signer {signer}; nothing was sent twice")
        for group, transaction in zip(split.groups, stored, strict=True):
            intents.bind(group.intents, transaction.id)
        failed, before = 0, [] if floor is None else [floor]
        before.extend(group.intents[0].seq for group in split.groups)
        for intent, reverted in split.refused:
            if all(intent.seq < seq for seq in before):
                failed += intents.fail(intent.seq, reverted.error_name, reverted.error_args)
        for intent, malformed in split.malformed:
            failed += intents.fail(intent.seq, "ItemNotEncodable", (malformed.detail,))
        db.session.commit()
        put_off = len(split.refused) + len(split.malformed) - failed
        return Progress(signed=len(stored), failed=failed, put_off=put_off)

    def _learn_gas(self, groups: Sequence[Group]) -> None:
        """Remember what an item costs, from the receipts of the groups just sent."""
        for group in groups:
            first = group.intents[0]
            gas_used = intents.gas_used(first.seq)
            if gas_used:
                key = (first.contract, first.function)
                each = gas_used // len(group.intents) + 1
                self._gas_per_item[key] = max(each, self._gas_per_item.get(key, 0))
