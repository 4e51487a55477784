"""CreditRegistry beside its model. Invariants 11, 12 and 17."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi import encode
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..calls import Call
from ..signing import key_of, sign
from ..world import BEIJING, SHANGHAI, ZERO, digest
from .machine import TICK_S, ContractMachine, first

NONE, GRANTED, DRAWN, REPAID, OVERDUE, SETTLED, WRITTEN_OFF, CORRECTED = range(8)
NOT_DISPUTED, OPEN, UPHELD, DISMISSED = range(4)
LEGAL = {
    GRANTED: {DRAWN},
    DRAWN: {REPAID, OVERDUE},
    OVERDUE: {REPAID, SETTLED, WRITTEN_OFF},
    REPAID: {SETTLED},
}
SUBJECT, OTHER = key_of("borrower"), key_of("another borrower")
BANKS = ("bank_a", "bank_b")
SENDERS = (*BANKS, *BANKS, *BANKS, "stranger")
WINDOW_S = 30 * 86_400
ERROR = "CreditRegistry_"
senders = st.sampled_from(SENDERS)
rarely = st.sampled_from((False, False, False, False, True))
statuses = st.sampled_from(
    (DRAWN, DRAWN, REPAID, OVERDUE, SETTLED, WRITTEN_OFF, GRANTED, CORRECTED)
)
places = st.integers(0, 40)


@dataclass
class Loan:
    """What the model knows of a loan attestation."""

    loan_id: str
    bank: str
    evidence: str
    corrects: str
    status: int
    tick: int
    revision: int = 0
    review: int = 0
    dispute: int = NOT_DISPUTED
    corrected_by: str | None = None


class CreditMachine(ContractMachine):
    """Two banks and a stranger, one borrower, the regulator."""

    contracts = ("CreditRegistry",)

    @initialize()
    def begin(self) -> None:
        self.loans: list[Loan] = []
        self.used: list[Call] = []
        self.suspended = False
        self.world.license_banks()
        self.record("bank_a", 0, corrects=None, is_abroad=False)

    def _pick(self, place: int) -> Loan | None:
        """Return a loan that was recorded, and now and then none."""
        return self.loans[place % len(self.loans)] if place < 38 else None

    def _is_licensed(self, bank: str) -> bool:
        return bank in BANKS and not (bank == "bank_b" and self.suspended)

    @rule(
        by=senders,
        evidence=st.integers(0, 9),
        corrects=st.one_of(st.none(), st.none(), places),
        is_abroad=rarely,
    )
    def record(self, by: str, evidence: int, corrects: int | None, is_abroad: bool) -> None:
        bank = getattr(self.world, by)
        old = None if corrects is None else self._pick(corrects)
        old_id = ZERO if corrects is None else old.loan_id if old else digest("unknown")
        values = [bank, SUBJECT.address, digest(f"evidence {evidence}"), old_id]
        words = [bytes.fromhex(v[2:]) if len(v) == 66 else v for v in values]
        loan_id = "0x" + keccak(encode(["address", "address", "bytes32", "bytes32"], words)).hex()
        refusal = first(
            (not self._is_licensed(by) or is_abroad, ERROR + "NotLicensed"),
            (any(loan.loan_id == loan_id for loan in self.loans), ERROR + "AlreadyRecorded"),
            (corrects is not None and old is None, ERROR + "Unknown"),
            (old is not None and old.bank != by, ERROR + "NotOwnLoan"),
            (old is not None and old.status == CORRECTED, ERROR + "IllegalTransition"),
        )
        call = self.world.credit.recordBatch([[*values[1:], SHANGHAI if is_abroad else BEIJING]])
        if self.attempt(call, bank, refusal):
            loan = Loan(loan_id, by, values[2], old_id, old.status if old else GRANTED, self.tick)
            self.loans.append(loan)
            if old is not None:
                self._correct(old, loan_id)

    def _correct(self, old: Loan, by: str) -> None:
        assert old.corrected_by is None, "exactly one attestation takes the place"
        old.status, old.corrected_by, old.tick = CORRECTED, by, self.tick
        old.revision += 1
        self._compare(old)

    @rule(by=senders, place=places, status=statuses)
    def advance(self, by: str, place: int, status: int) -> None:
        loan = self._pick(place)
        refusal = first(
            (not self._is_licensed(by), ERROR + "NotLicensed"),
            (loan is None, ERROR + "Unknown"),
            (loan is not None and loan.bank != by, ERROR + "NotOwnLoan"),
            (loan and status not in LEGAL.get(loan.status, ()), ERROR + "IllegalTransition"),
        )
        loan_id = loan.loan_id if loan else digest("unknown")
        call = self.world.credit.advanceBatch([[loan_id, status, ZERO]])
        if self.attempt(call, getattr(self.world, by), refusal) and loan:
            loan.status, loan.tick = status, self.tick
            loan.revision += 1
            if loan.dispute != OPEN:
                loan.dispute = NOT_DISPUTED
        self._compare(loan)

    @rule(place=places, review=st.sampled_from((1, 2, 1, 2, 0)), is_other=rarely)
    def review(self, place: int, review: int, is_other: bool) -> None:
        loan = self._pick(place)
        refusal = first(
            (is_other, "AccessManagedUnauthorized"),
            (loan is None, ERROR + "Unknown"),
            (loan and review in (0, loan.review), ERROR + "WrongReview"),
        )
        call = self.world.credit.reviewBatch(
            [[loan.loan_id if loan else digest("unknown"), review, ZERO]]
        )
        sender = self.world.bank_a if is_other else self.world.regulator
        if self.attempt(call, sender, refusal) and loan:
            loan.review = review
        self._compare(loan)

    @rule(place=places, is_other=rarely, is_stale=rarely, is_late=rarely, is_forged=rarely)
    def dispute(
        self, place: int, is_other: bool, is_stale: bool, is_late: bool, is_forged: bool
    ) -> None:
        loan = self._pick(place)
        if loan is None:
            return
        values = (
            *(loan.loan_id, loan.revision + is_stale),
            *(digest("why"), self.time_of(self.tick - is_late)),
        )
        signature = sign(OTHER if is_other else SUBJECT, self.world.credit, "LoanDispute", *values)
        evidence = digest("forged") if is_forged else loan.evidence
        content = [loan.loan_id, SUBJECT.address, evidence, loan.corrects]
        refusal = first(
            (is_forged, ERROR + "OtherContent"),
            (loan.status == CORRECTED, ERROR + "IllegalTransition"),
            (loan.dispute != NOT_DISPUTED, ERROR + "WrongDispute"),
            (is_stale, ERROR + "WrongRevision"),
            ((self.tick - loan.tick) * TICK_S > WINDOW_S, ERROR + "DisputeWindowOver"),
            (is_late, "SignedActions_DeadlinePassed"),
            (is_other, "SignedActions_BadSignature"),
        )
        call = self.world.credit.disputeBatch([[*content, *values[1:], signature]])
        if self.attempt(call, self.world.platform, refusal):
            loan.dispute = OPEN
            self.used.append(call)
        self._compare(loan)

    @rule(place=places, upheld=st.booleans())
    def resolve(self, place: int, upheld: bool) -> None:
        loan = self._pick(place)
        refusal = first(
            (loan is None, ERROR + "Unknown"),
            (loan and loan.dispute != OPEN, ERROR + "WrongDispute"),
        )
        call = self.world.credit.resolveDisputeBatch(
            [[loan.loan_id if loan else digest("unknown"), upheld, ZERO]]
        )
        if self.attempt(call, self.world.regulator, refusal) and loan:
            loan.dispute = UPHELD if upheld else DISMISSED
        self._compare(loan)

    @rule(data=st.data())
    def use_a_signature_again(self, data: st.DataObject) -> None:
        if self.used:
            self.replay(data.draw(st.sampled_from(self.used)), self.world.platform)

    @rule(suspended=st.sampled_from((False, False, True)))
    def suspend_a_bank(self, suspended: bool) -> None:
        if suspended != self.suspended:
            self.world.suspend(self.world.bank_b, suspended)
            self.suspended = suspended

    @rule()
    def wait_for_the_window(self) -> None:
        self.let_time_pass(WINDOW_S // TICK_S)

    def _compare(self, loan: Loan | None) -> None:
        if loan is not None:
            found = self.world.credit.loanOf(loan.loan_id).fields()
            assert found["bank"] == getattr(self.world, loan.bank)
            for name in ("status", "revision", "review", "dispute"):
                assert found[name] == getattr(loan, name)
