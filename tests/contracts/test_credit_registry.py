"""CreditRegistry: licensed banks, legal transitions, corrections, reviews and disputes."""

from __future__ import annotations

from itertools import pairwise
from unittest.mock import ANY

import pytest
from eth_abi import encode
from eth_utils import keccak

from .calls import refused
from .signing import key_of, sign
from .world import BEIJING, LOAN_ATTESTATION, NOBODY, SHANGHAI, ZERO, World, digest

NONE, GRANTED, DRAWN, REPAID, OVERDUE, SETTLED, WRITTEN_OFF, CORRECTED = range(8)
NOT_REVIEWED, ACCEPTED, QUESTIONED = range(3)
NOT_DISPUTED, OPEN, UPHELD, DISMISSED = range(4)
BORROWER = key_of("borrower")
EVIDENCE = digest("evidence")
MONTH = 30 * 86400

LEGAL = {
    (GRANTED, DRAWN),
    (DRAWN, REPAID),
    (DRAWN, OVERDUE),
    (OVERDUE, REPAID),
    (OVERDUE, SETTLED),
    (OVERDUE, WRITTEN_OFF),
    (REPAID, SETTLED),
}
PATHS = {
    GRANTED: [],
    DRAWN: [DRAWN],
    REPAID: [DRAWN, REPAID],
    OVERDUE: [DRAWN, OVERDUE],
    SETTLED: [DRAWN, REPAID, SETTLED],
    WRITTEN_OFF: [DRAWN, OVERDUE, WRITTEN_OFF],
}


def loan_id(bank: str, evidence: str = EVIDENCE, corrects: str = ZERO) -> str:
    words = [bank, BORROWER.address, bytes.fromhex(evidence[2:]), bytes.fromhex(corrects[2:])]
    return "0x" + keccak(encode(["address", "address", "bytes32", "bytes32"], words)).hex()


def record(world: World, *, by: str, evidence: str = EVIDENCE, corrects: str = ZERO):
    item = [BORROWER.address, evidence, corrects, BEIJING]
    return world.credit.recordBatch([item]).by(by)


def advance(world: World, loan: str, *path: int, by: str | None = None):
    for status in path:
        done = world.credit.advanceBatch([[loan, status, digest("proof")]]).by(by or world.bank_a)
    return done


def dispute(world: World, *, revision: int = 0, signer=BORROWER, evidence=EVIDENCE, deadline=None):
    loan, until = loan_id(world.bank_a), deadline or world.node.now() + 90 * 86400
    values = (loan, revision, digest("why"), until)
    signature = sign(signer, world.credit, "LoanDispute", *values)
    return world.credit.disputeBatch(
        [[loan, BORROWER.address, evidence, ZERO, revision, digest("why"), until, signature]]
    )


def resolve(world: World, upheld: bool):
    item = [loan_id(world.bank_a), upheld, digest("because")]
    return world.credit.resolveDisputeBatch([item]).by(world.regulator)


def review(world: World, loan: str, outcome: int):
    return world.credit.reviewBatch([[loan, outcome, digest("why")]]).by(world.regulator)


@pytest.fixture
def banks(world: World) -> World:
    world.license_banks()
    return world


@pytest.fixture
def lent(banks: World) -> World:
    record(banks, by=banks.bank_a)
    return banks


class TestRecordBatch:
    def test_a_licensed_bank_records(self, banks: World) -> None:
        done = record(banks, by=banks.bank_a)
        loan = loan_id(banks.bank_a)
        assert done.only("LoanRecorded") == {
            "loanId": loan,
            "bank": banks.bank_a,
            "subject": BORROWER.address,
            "evidenceDigest": EVIDENCE,
            "corrects": ZERO,
            "status": GRANTED,
        }
        assert banks.credit.loanOf(loan).fields() == {
            "bank": banks.bank_a,
            "changedAt": done.at,
            "revision": 0,
            "status": GRANTED,
            "review": NOT_REVIEWED,
            "dispute": NOT_DISPUTED,
        }
        assert banks.credit.loanIdOf(banks.bank_a, BORROWER.address, EVIDENCE, ZERO).read() == loan

    def test_the_same_content_is_recorded_once(self, lent: World) -> None:
        with refused("CreditRegistry_AlreadyRecorded", loan_id(lent.bank_a)):
            record(lent, by=lent.bank_a)
        record(lent, by=lent.bank_b)

    def test_an_unlicensed_account_records_nothing(self, banks: World) -> None:
        with refused("CreditRegistry_NotLicensed", banks.stranger, BEIJING):
            record(banks, by=banks.stranger)

    def test_a_bank_licensed_elsewhere_or_otherwise_records_nothing(self, world: World) -> None:
        world.accredit(world.bank_a, [LOAN_ATTESTATION], where=[SHANGHAI])
        world.accredit(world.bank_b, [digest("urn:qilian:act:another")])
        for bank in (world.bank_a, world.bank_b):
            with refused("CreditRegistry_NotLicensed", bank, BEIJING):
                record(world, by=bank)

    def test_a_suspended_bank_records_nothing(self, lent: World) -> None:
        lent.suspend(lent.bank_a)
        with refused("CreditRegistry_NotLicensed", lent.bank_a, BEIJING):
            record(lent, by=lent.bank_a, evidence=digest("more"))

    def test_a_loan_has_a_subject(self, banks: World) -> None:
        with refused("CreditRegistry_NoSubject", ANY):
            banks.credit.recordBatch([[NOBODY, EVIDENCE, ZERO, BEIJING]]).by(banks.bank_a)


class TestCorrection:
    @pytest.mark.parametrize("status", PATHS)
    def test_it_takes_the_place_of_what_it_corrects(self, lent: World, status: int) -> None:
        first = loan_id(lent.bank_a)
        if PATHS[status]:
            advance(lent, first, *PATHS[status])
        done = record(lent, by=lent.bank_a, evidence=digest("better"), corrects=first)
        second = loan_id(lent.bank_a, digest("better"), first)
        assert done.only("LoanCorrected") == {"loanId": first, "by": second}
        assert done.only("LoanRecorded")["corrects"] == first
        assert lent.credit.loanOf(first).fields()["status"] == CORRECTED
        assert lent.credit.loanOf(second).fields()["status"] == status

    def test_it_happens_once(self, lent: World) -> None:
        first = loan_id(lent.bank_a)
        record(lent, by=lent.bank_a, evidence=digest("better"), corrects=first)
        with refused("CreditRegistry_IllegalTransition", first, CORRECTED, CORRECTED):
            record(lent, by=lent.bank_a, evidence=digest("best"), corrects=first)

    def test_only_by_the_bank_that_recorded(self, lent: World) -> None:
        first = loan_id(lent.bank_a)
        with refused("CreditRegistry_NotOwnLoan", first, lent.bank_a, lent.bank_b):
            record(lent, by=lent.bank_b, evidence=digest("better"), corrects=first)

    def test_only_of_what_was_recorded(self, banks: World) -> None:
        with refused("CreditRegistry_Unknown", digest("nothing")):
            record(banks, by=banks.bank_a, corrects=digest("nothing"))


class TestAdvanceBatch:
    @pytest.mark.parametrize("path", PATHS.values(), ids=str)
    def test_along_the_state_machine(self, lent: World, path: list[int]) -> None:
        loan = loan_id(lent.bank_a)
        for revision, status in enumerate(path, start=1):
            assert advance(lent, loan, status).only("LoanAdvanced") == {
                "loanId": loan,
                "status": status,
                "revision": revision,
                "evidenceDigest": digest("proof"),
            }
        assert all(step in LEGAL for step in pairwise([GRANTED, *path]))

    @pytest.mark.parametrize("actual", PATHS)
    def test_nowhere_else(self, lent: World, actual: int) -> None:
        loan = loan_id(lent.bank_a)
        if PATHS[actual]:
            advance(lent, loan, *PATHS[actual])
        for requested in set(range(8)) - {to for of, to in LEGAL if of == actual}:
            with refused("CreditRegistry_IllegalTransition", loan, actual, requested):
                advance(lent, loan, requested)

    def test_every_legal_step_is_taken(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        for of, to in LEGAL:
            snapshot = lent.node.snapshot()
            advance(lent, loan, *PATHS[of], to)
            lent.node.revert(snapshot)

    def test_a_corrected_attestation_moves_no_more(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        record(lent, by=lent.bank_a, evidence=digest("better"), corrects=loan)
        with refused("CreditRegistry_IllegalTransition", loan, CORRECTED, DRAWN):
            advance(lent, loan, DRAWN)

    def test_another_banks_loan_is_not_touched(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        with refused("CreditRegistry_NotOwnLoan", loan, lent.bank_a, lent.bank_b):
            advance(lent, loan, DRAWN, by=lent.bank_b)

    def test_a_suspended_bank_moves_nothing(self, lent: World) -> None:
        lent.suspend(lent.bank_a)
        with refused("CreditRegistry_NotLicensed", lent.bank_a, 0):
            advance(lent, loan_id(lent.bank_a), DRAWN)

    def test_an_unknown_loan_is_refused(self, banks: World) -> None:
        with refused("CreditRegistry_Unknown", digest("nothing")):
            advance(banks, digest("nothing"), DRAWN)


class TestReviewBatch:
    def test_the_regulator_accepts_and_questions(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        for outcome in (QUESTIONED, ACCEPTED, QUESTIONED):
            assert review(lent, loan, outcome).only("LoanReviewed") == {
                "loanId": loan,
                "regulator": lent.regulator,
                "review": outcome,
                "reasonDigest": digest("why"),
            }
            assert lent.credit.loanOf(loan).fields()["review"] == outcome

    def test_no_review_is_taken_back_or_repeated(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        review(lent, loan, ACCEPTED)
        for outcome in (NOT_REVIEWED, ACCEPTED):
            with refused("CreditRegistry_WrongReview", loan, ACCEPTED, outcome):
                review(lent, loan, outcome)

    def test_an_unknown_loan_is_refused(self, banks: World) -> None:
        with refused("CreditRegistry_Unknown", digest("nothing")):
            review(banks, digest("nothing"), ACCEPTED)

    def test_nobody_else_reviews(self, lent: World) -> None:
        item = [loan_id(lent.bank_a), ACCEPTED, ZERO]
        with refused("AccessManagedUnauthorized", lent.bank_a):
            lent.credit.reviewBatch([item]).by(lent.bank_a)


class TestDisputeBatch:
    def state(self, world: World) -> int:
        return world.credit.loanOf(loan_id(world.bank_a)).fields()["dispute"]

    def test_the_subject_disputes_and_the_regulator_resolves(self, lent: World) -> None:
        done = dispute(lent).by(lent.platform)
        loan = loan_id(lent.bank_a)
        assert done.only("LoanDisputed") == {
            "loanId": loan,
            "revision": 0,
            "reasonDigest": digest("why"),
        }
        assert self.state(lent) == OPEN
        assert resolve(lent, True).only("DisputeResolved") == {
            "loanId": loan,
            "dispute": UPHELD,
            "reasonDigest": digest("because"),
        }

    def test_each_revision_is_disputed_once(self, lent: World) -> None:
        call = dispute(lent)
        call.by(lent.platform)
        with refused("CreditRegistry_WrongDispute", loan_id(lent.bank_a), OPEN):
            call.by(lent.platform)
        resolve(lent, False)
        with refused("CreditRegistry_WrongDispute", loan_id(lent.bank_a), DISMISSED):
            call.by(lent.platform)
        advance(lent, loan_id(lent.bank_a), DRAWN)
        assert self.state(lent) == NOT_DISPUTED
        with refused("CreditRegistry_WrongRevision", loan_id(lent.bank_a), 1, 0):
            call.by(lent.platform)
        dispute(lent, revision=1).by(lent.platform)

    def test_an_open_dispute_outlives_the_next_change(self, lent: World) -> None:
        dispute(lent).by(lent.platform)
        advance(lent, loan_id(lent.bank_a), DRAWN)
        assert self.state(lent) == OPEN

    def test_the_window_ends(self, lent: World) -> None:
        changed = lent.credit.loanOf(loan_id(lent.bank_a)).fields()["changedAt"]
        lent.node.advance(MONTH + 1)
        with refused(
            "CreditRegistry_DisputeWindowOver", loan_id(lent.bank_a), changed + MONTH, ANY
        ):
            dispute(lent).by(lent.platform)

    def test_nobody_else_disputes(self, lent: World) -> None:
        other = key_of("other")
        with refused("SignedActions_BadSignature", other.address, BORROWER.address):
            dispute(lent, signer=other).by(lent.platform)

    def test_the_content_must_be_that_of_the_loan(self, lent: World) -> None:
        forged = digest("forged")
        with refused(
            "CreditRegistry_OtherContent",
            loan_id(lent.bank_a),
            loan_id(lent.bank_a, forged),
        ):
            dispute(lent, evidence=forged).by(lent.platform)

    def test_a_late_signature_is_refused(self, lent: World) -> None:
        past = lent.node.now() - 1
        with refused("SignedActions_DeadlinePassed", past, ANY):
            dispute(lent, deadline=past).by(lent.platform)

    def test_a_corrected_attestation_is_not_disputed(self, lent: World) -> None:
        loan = loan_id(lent.bank_a)
        record(lent, by=lent.bank_a, evidence=digest("better"), corrects=loan)
        with refused("CreditRegistry_IllegalTransition", loan, CORRECTED, CORRECTED):
            dispute(lent, revision=1).by(lent.platform)

    def test_an_unknown_loan_is_refused(self, banks: World) -> None:
        with refused("CreditRegistry_Unknown", loan_id(banks.bank_a)):
            dispute(banks).by(banks.platform)

    def test_only_an_open_dispute_is_resolved(self, lent: World) -> None:
        with refused("CreditRegistry_WrongDispute", loan_id(lent.bank_a), NOT_DISPUTED):
            resolve(lent, True)

    def test_nobody_else_resolves(self, lent: World) -> None:
        item = [loan_id(lent.bank_a), True, ZERO]
        with refused("AccessManagedUnauthorized", lent.bank_a):
            lent.credit.resolveDisputeBatch([item]).by(lent.bank_a)


class TestViews:
    def test_a_loan_never_recorded_is_all_zero(self, world: World) -> None:
        assert set(world.credit.loanOf(digest("never")).read()) == {NOBODY, 0}

    def test_an_id_is_its_content(self, world: World) -> None:
        found = world.credit.loanIdOf(world.bank_a, BORROWER.address, EVIDENCE, digest("old"))
        assert found.read() == loan_id(world.bank_a, corrects=digest("old"))

    def test_without_a_signature_only_the_owner_disputes(self, lent: World) -> None:
        content = [BORROWER.address, EVIDENCE, ZERO]
        item = [loan_id(lent.bank_a), *content, 0, digest("why"), 0, "0x"]
        with refused("SignedActions_NotAuthoriser", lent.platform, BORROWER.address):
            lent.credit.disputeBatch([item]).by(lent.platform)
