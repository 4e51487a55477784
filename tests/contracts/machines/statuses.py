"""The statuses and batches of CredentialRegistry beside a model. Invariants 6, 7 and 8."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..world import BEIJING, INVOICE, TAX_CREDIT, digest
from .machine import ContractMachine, first

ISSUERS = ("tax", "department")
SENDERS = (*ISSUERS, *ISSUERS, *ISSUERS, "stranger")
REVOKED = 1
WORD = 128
ERROR = "CredentialRegistry_"
issuers = st.sampled_from(ISSUERS)
senders = st.sampled_from(SENDERS)
indexes = st.one_of(st.sampled_from((0, 1, 127, 128, 129, 255)), st.integers(0, 3 * WORD - 1))
statuses = st.sampled_from((0, 1, 2, 2, 0, 1, 2, 0, 3))
words = st.integers(0, 2)


class StatusMachine(ContractMachine):
    """Two issuers set statuses one by one and by the word, and a stranger tries to."""

    contracts = ("CredentialRegistry",)

    @initialize()
    def begin(self) -> None:
        self.status: dict[str, dict[int, int]] = {who: defaultdict(int) for who in SENDERS}
        self.anchored: set[tuple[str, str]] = set()
        self.suspended = {"tax": False, "department": False, "stranger": True}
        self.world.accredit(self.world.tax, [TAX_CREDIT, INVOICE])
        self.world.accredit(self.world.department, [TAX_CREDIT], by=self.world.tax)

    def _is_standing(self, who: str) -> bool:
        return not self.suspended[who] and not (who == "department" and self.suspended["tax"])

    @rule(by=senders, updates=st.lists(st.tuples(indexes, statuses), min_size=1, max_size=6))
    def set_statuses(self, by: str, updates: list[tuple[int, int]]) -> None:
        after, refusal = dict(self.status[by]), None
        if not self._is_standing(by):
            refusal = ERROR + "NotStanding"
        for index, status in updates:
            refusal = refusal or first(
                (status == 3, ERROR + "BadStatus"),
                (after.get(index) == REVOKED and status != REVOKED, ERROR + "RevokedIsFinal"),
            )
            after[index] = status
        call = self.world.credentials.setStatusBatch([list(update) for update in updates])
        if self.attempt(call, getattr(self.world, by), refusal):
            self.status[by] |= after
        self._compare({index // WORD for index, _ in updates})

    @rule(
        by=senders,
        word_index=words,
        changes=st.dictionaries(st.integers(0, WORD - 1), statuses, max_size=5),
        forgets=st.sampled_from((False, False, False, True)),
    )
    def set_word(self, by: str, word_index: int, changes: dict[int, int], forgets: bool) -> None:
        """Set what the word holds and some changes; or forget what it holds."""
        first_index = word_index * WORD
        held = [self.status[by][first_index + place] for place in range(WORD)]
        after = [changes.get(place, 0 if forgets else held[place]) for place in range(WORD)]
        lost = any(old == REVOKED != new for old, new in zip(held, after, strict=True))
        refusal = first(
            (not self._is_standing(by), ERROR + "NotStanding"),
            (3 in after, ERROR + "BadWord"),
            (lost, ERROR + "RevokedInWord"),
        )
        word = sum(status << (2 * place) for place, status in enumerate(after))
        call = self.world.credentials.setStatusWordBatch([[word_index, word]])
        if self.attempt(call, getattr(self.world, by), refusal):
            self.status[by] |= {first_index + place: status for place, status in enumerate(after)}
        self._compare({word_index})

    @rule(who=issuers, suspended=st.sampled_from((False, False, True)))
    def suspend(self, who: str, suspended: bool) -> None:
        if self.suspended[who] != suspended:
            self.world.suspend(getattr(self.world, who), suspended)
            self.suspended[who] = suspended

    @rule(by=senders, root=st.sampled_from(("a", "b", "c", None)))
    def anchor(self, by: str, root: str | None) -> None:
        item = [digest(root) if root else "0x" + "00" * 32, TAX_CREDIT, BEIJING]
        refusal = first(
            (root is None, ERROR + "NoRoot"),
            (not self._is_standing(by), ERROR + "NotAccredited"),
            ((by, str(root)) in self.anchored, ERROR + "AlreadyAnchored"),
        )
        if self.attempt(
            self.world.credentials.anchorBatch([item]), getattr(self.world, by), refusal
        ):
            self.anchored.add((by, str(root)))

    def _compare(self, touched: set[int]) -> None:
        """Compare the words of every issuer, so that nobody's status changed by another's call."""
        for who in set(SENDERS):
            for word_index in touched:
                word = self.world.credentials.statusWordOf(
                    getattr(self.world, who), word_index
                ).read()
                held = [self.status[who][word_index * WORD + place] for place in range(WORD)]
                assert [word >> (2 * place) & 3 for place in range(WORD)] == held
