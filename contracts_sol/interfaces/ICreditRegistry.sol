// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ISignedActions } from "./ISignedActions.sol";
import { LoanId } from "./Types.sol";

/// @title ICreditRegistry
/// @notice Attestations of loans by licensed banks: no amount, no name, only digests, states and times.
///
/// State machine of a loan: NONE → GRANTED → DRAWN; DRAWN → REPAID or OVERDUE; OVERDUE → REPAID, SETTLED or WRITTEN_OFF;
/// REPAID → SETTLED. SETTLED and WRITTEN_OFF are final. From any state but CORRECTED a correction makes the attestation
/// CORRECTED, which is final, and takes its place in the same state, linked to it. Nothing is ever deleted.
/// State machine of a review: NONE → ACCEPTED ⇄ QUESTIONED (also NONE → QUESTIONED), by the regulator.
/// State machine of a dispute: NONE → OPEN (by the subject, within the window) → UPHELD or DISMISSED (by the regulator);
/// the next change of the loan makes it NONE again unless it is OPEN.
///
/// A loan's id is derived from what it attests, see `loanIdOf`: its content can never change, and what an attestation says
/// about its subject is proved by showing the preimage.
interface ICreditRegistry is ISignedActions {
    enum Status {
        NONE, // never recorded
        GRANTED, // agreed, not paid out
        DRAWN, // paid out
        REPAID, // paid back in full
        OVERDUE, // payment is late
        SETTLED, // terminal: closed
        WRITTEN_OFF, // terminal: given up
        CORRECTED // terminal: another attestation took its place
    }

    enum Review {
        NONE, // not reviewed
        ACCEPTED, // the regulator accepted it
        QUESTIONED // the regulator asks for an explanation
    }

    enum Dispute {
        NONE, // not disputed since the last change
        OPEN, // the subject contests it
        UPHELD, // the regulator found for the subject
        DISMISSED // the regulator found for the bank
    }

    /// @param bank Who recorded it and alone may change it.
    /// @param changedAt Unix time of the last change of `status`, seconds.
    /// @param revision Number of changes of `status` so far.
    /// @param status See `Status`.
    /// @param review See `Review`.
    /// @param dispute See `Dispute`.
    struct Loan {
        // slot 0: 20 + 5 + 4 + 1 + 1 + 1 bytes
        address bank;
        uint40 changedAt;
        uint32 revision;
        Status status;
        Review review;
        Dispute dispute;
    }

    /// @param subject The borrower's identity (DID address).
    /// @param evidenceDigest Salted digest of the decision bundle kept off chain.
    /// @param corrects The attestation this one takes the place of; zero if none.
    /// @param jurisdiction GB/T 2260 code for which the bank acts.
    struct LoanRecord {
        address subject;
        bytes32 evidenceDigest;
        LoanId corrects;
        uint24 jurisdiction;
    }

    /// @param loanId Which loan.
    /// @param status The next status.
    /// @param evidenceDigest Salted digest of the evidence kept off chain.
    struct LoanAdvance {
        LoanId loanId;
        Status status;
        bytes32 evidenceDigest;
    }

    /// @param loanId Which loan.
    /// @param review ACCEPTED or QUESTIONED.
    /// @param reasonDigest Salted digest of the reason kept off chain.
    struct LoanReview {
        LoanId loanId;
        Review review;
        bytes32 reasonDigest;
    }

    /// @param loanId Which loan.
    /// @param subject As recorded; proved by the id.
    /// @param evidenceDigest As recorded; proved by the id.
    /// @param corrects As recorded; proved by the id.
    /// @param revision The loan's present revision.
    /// @param reasonDigest Salted digest of the reason kept off chain.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `LoanDispute` by the subject's owner, or empty when the caller is the owner.
    struct LoanDispute {
        LoanId loanId;
        address subject;
        bytes32 evidenceDigest;
        LoanId corrects;
        uint32 revision;
        bytes32 reasonDigest;
        uint40 deadline;
        bytes signature;
    }

    /// @param loanId Which loan.
    /// @param upheld Whether the regulator finds for the subject.
    /// @param reasonDigest Salted digest of the reason kept off chain.
    struct DisputeResolution {
        LoanId loanId;
        bool upheld;
        bytes32 reasonDigest;
    }

    /// @notice A bank attested a loan. `status` is GRANTED, or that of the attestation it corrects.
    event LoanRecorded(
        LoanId indexed loanId,
        address indexed bank,
        address indexed subject,
        bytes32 evidenceDigest,
        LoanId corrects,
        Status status
    );

    /// @notice A loan's status changed.
    event LoanAdvanced(LoanId indexed loanId, Status status, uint32 revision, bytes32 evidenceDigest);

    /// @notice Another attestation took the loan's place.
    event LoanCorrected(LoanId indexed loanId, LoanId indexed by);

    /// @notice The regulator reviewed a loan.
    event LoanReviewed(LoanId indexed loanId, address indexed regulator, Review review, bytes32 reasonDigest);

    /// @notice The subject contests a loan's attestation.
    event LoanDisputed(LoanId indexed loanId, uint32 revision, bytes32 reasonDigest);

    /// @notice The regulator resolved a dispute.
    event DisputeResolved(LoanId indexed loanId, Dispute dispute, bytes32 reasonDigest);

    /// @notice The bank's branch is not licensed now for loan attestations in that jurisdiction, or is suspended.
    error CreditRegistry_NotLicensed(address bank, uint24 jurisdiction);

    /// @notice The same content was recorded before.
    error CreditRegistry_AlreadyRecorded(LoanId loanId);

    /// @notice The subject is zero.
    error CreditRegistry_NoSubject(LoanId loanId);

    /// @notice The loan was never recorded.
    error CreditRegistry_Unknown(LoanId loanId);

    /// @notice The loan belongs to another bank.
    error CreditRegistry_NotOwnLoan(LoanId loanId, address bank, address caller);

    /// @notice The loan's status does not allow the requested one.
    error CreditRegistry_IllegalTransition(LoanId loanId, Status actual, Status requested);

    /// @notice The review is so already, or NONE was requested.
    error CreditRegistry_WrongReview(LoanId loanId, Review actual, Review requested);

    /// @notice The dispute's state forbids the call.
    error CreditRegistry_WrongDispute(LoanId loanId, Dispute actual);

    /// @notice The preimage shown does not give the loan's id.
    error CreditRegistry_OtherContent(LoanId loanId, LoanId given);

    /// @notice The item was signed for another revision.
    error CreditRegistry_WrongRevision(LoanId loanId, uint32 actual, uint32 given);

    /// @notice The window for a dispute is over; Unix seconds.
    error CreditRegistry_DisputeWindowOver(LoanId loanId, uint256 windowEnd, uint256 timestamp);

    /// @notice Records loan attestations of the caller.
    ///
    /// Requirements:
    /// - the caller's branch is licensed now for loan attestations in the jurisdiction.
    /// - the same content was not recorded before and the subject is not zero.
    /// - the attestation it corrects, if any, is the caller's and not CORRECTED.
    function recordBatch(LoanRecord[] calldata items) external;

    /// @notice Moves loans to their next status.
    ///
    /// Requirements:
    /// - the caller recorded the loan and its branch is not suspended.
    /// - the transition is legal, see the state machine.
    function advanceBatch(LoanAdvance[] calldata items) external;

    /// @notice Accepts or questions attestations.
    ///
    /// Requirements:
    /// - the caller has the regulator role.
    /// - the loan is recorded, and the review is ACCEPTED or QUESTIONED and not so already.
    function reviewBatch(LoanReview[] calldata items) external;

    /// @notice Contests attestations on behalf of their subject.
    ///
    /// Requirements:
    /// - subject, evidence and correction give the loan's id.
    /// - the loan is not CORRECTED, `revision` is its present one and was not disputed before.
    /// - no more than `DISPUTE_WINDOW` seconds passed since the last change.
    /// - authorised by the owner of the subject's DID, directly or by EIP-712.
    function disputeBatch(LoanDispute[] calldata items) external;

    /// @notice Resolves open disputes.
    ///
    /// Requirements:
    /// - the caller has the regulator role.
    /// - the dispute is OPEN.
    function resolveDisputeBatch(DisputeResolution[] calldata items) external;

    /// @notice The loan's record; all zero if it was never recorded.
    function loanOf(LoanId loanId) external view returns (Loan memory);

    /// @notice The id of an attestation: keccak256(abi.encode(bank, subject, evidenceDigest, corrects)).
    function loanIdOf(
        address bank,
        address subject,
        bytes32 evidenceDigest,
        LoanId corrects
    ) external pure returns (LoanId);
}
