// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import { SignedActions } from "./base/SignedActions.sol";
import { IAccreditationRegistry } from "./interfaces/IAccreditationRegistry.sol";
import { ICreditRegistry } from "./interfaces/ICreditRegistry.sol";
import { IDIDRegistry } from "./interfaces/IDIDRegistry.sol";
import { CredentialType, LoanId } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing
// slither-disable-start calls-loop: the callee is a registry of ours, fixed at deployment; a batch is as long as its sender pays for
// slither-disable-start naming-convention: immutables are written as constants are

/// @title CreditRegistry
contract CreditRegistry is ICreditRegistry, SignedActions, AccessManaged {
    /// @notice The act a bank must be licensed for.
    CredentialType public constant LOAN_ATTESTATION = CredentialType.wrap(keccak256("urn:qilian:act:loan-attestation"));

    /// @notice Seconds after a change in which the subject can dispute it.
    uint40 public immutable DISPUTE_WINDOW;

    /// @notice Who says which bank is licensed.
    IAccreditationRegistry public immutable ACCREDITATION_REGISTRY;

    bytes32 private constant _DISPUTE = keccak256(
        "LoanDispute(bytes32 loanId,uint32 revision,bytes32 reasonDigest,uint40 deadline)"
    );

    mapping(LoanId loanId => Loan) private _loans;

    constructor(
        address authority_,
        IDIDRegistry didRegistry,
        IAccreditationRegistry accreditationRegistry,
        uint40 disputeWindow
    ) SignedActions("CreditRegistry", didRegistry) AccessManaged(authority_) {
        ACCREDITATION_REGISTRY = accreditationRegistry;
        DISPUTE_WINDOW = disputeWindow;
    }

    /// @inheritdoc ICreditRegistry
    function recordBatch(LoanRecord[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _record(items[i]);
    }

    /// @inheritdoc ICreditRegistry
    function advanceBatch(LoanAdvance[] calldata items) external {
        if (!ACCREDITATION_REGISTRY.isStanding(msg.sender)) revert CreditRegistry_NotLicensed(msg.sender, 0);
        for (uint256 i; i < items.length; ++i) _advance(items[i]);
    }

    /// @inheritdoc ICreditRegistry
    function reviewBatch(LoanReview[] calldata items) external restricted {
        for (uint256 i; i < items.length; ++i) _review(items[i]);
    }

    /// @inheritdoc ICreditRegistry
    function disputeBatch(LoanDispute[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _dispute(items[i]);
    }

    /// @inheritdoc ICreditRegistry
    function resolveDisputeBatch(DisputeResolution[] calldata items) external restricted {
        for (uint256 i; i < items.length; ++i) _resolve(items[i]);
    }

    /// @inheritdoc ICreditRegistry
    function loanOf(LoanId loanId) external view returns (Loan memory) {
        return _loans[loanId];
    }

    /// @inheritdoc ICreditRegistry
    function loanIdOf(
        address bank,
        address subject,
        bytes32 evidenceDigest,
        LoanId corrects
    ) public pure returns (LoanId) {
        return LoanId.wrap(keccak256(abi.encode(bank, subject, evidenceDigest, corrects)));
    }

    function _record(LoanRecord calldata item) private {
        uint40 present = uint40(block.timestamp);
        if (!ACCREDITATION_REGISTRY.isAccredited(msg.sender, LOAN_ATTESTATION, item.jurisdiction, present)) {
            revert CreditRegistry_NotLicensed(msg.sender, item.jurisdiction);
        }
        LoanId loanId = loanIdOf(msg.sender, item.subject, item.evidenceDigest, item.corrects);
        if (_loans[loanId].status != Status.NONE) revert CreditRegistry_AlreadyRecorded(loanId);
        if (item.subject == address(0)) revert CreditRegistry_NoSubject(loanId);
        Status status = Status.GRANTED;
        if (LoanId.unwrap(item.corrects) != 0) status = _correct(item.corrects, loanId);
        _loans[loanId] = Loan({
            bank: msg.sender,
            changedAt: present,
            revision: 0,
            status: status,
            review: Review.NONE,
            dispute: Dispute.NONE
        });
        emit LoanRecorded(loanId, msg.sender, item.subject, item.evidenceDigest, item.corrects, status);
    }

    /// @dev Ends the attestation that is corrected; returns the status that passes to the one in its place.
    function _correct(LoanId loanId, LoanId by) private returns (Status status) {
        Loan storage loan = _own(loanId);
        status = loan.status;
        if (status == Status.CORRECTED) {
            revert CreditRegistry_IllegalTransition(loanId, status, Status.CORRECTED);
        }
        loan.status = Status.CORRECTED;
        loan.changedAt = uint40(block.timestamp);
        ++loan.revision;
        emit LoanCorrected(loanId, by);
    }

    function _advance(LoanAdvance calldata item) private {
        Loan storage loan = _own(item.loanId);
        Status actual = loan.status;
        if (!_isLegal(actual, item.status)) {
            revert CreditRegistry_IllegalTransition(item.loanId, actual, item.status);
        }
        uint32 revision = loan.revision + 1;
        loan.status = item.status;
        loan.changedAt = uint40(block.timestamp);
        loan.revision = revision;
        if (loan.dispute != Dispute.OPEN) loan.dispute = Dispute.NONE;
        emit LoanAdvanced(item.loanId, item.status, revision, item.evidenceDigest);
    }

    function _review(LoanReview calldata item) private {
        Loan storage loan = _known(item.loanId);
        if (item.review == Review.NONE || item.review == loan.review) {
            revert CreditRegistry_WrongReview(item.loanId, loan.review, item.review);
        }
        loan.review = item.review;
        emit LoanReviewed(item.loanId, msg.sender, item.review, item.reasonDigest);
    }

    function _dispute(LoanDispute calldata item) private {
        Loan storage loan = _known(item.loanId);
        LoanId given = loanIdOf(loan.bank, item.subject, item.evidenceDigest, item.corrects);
        if (LoanId.unwrap(given) != LoanId.unwrap(item.loanId)) {
            revert CreditRegistry_OtherContent(item.loanId, given);
        }
        if (loan.status == Status.CORRECTED) {
            revert CreditRegistry_IllegalTransition(item.loanId, Status.CORRECTED, Status.CORRECTED);
        }
        if (loan.dispute != Dispute.NONE) revert CreditRegistry_WrongDispute(item.loanId, loan.dispute);
        if (item.revision != loan.revision) {
            revert CreditRegistry_WrongRevision(item.loanId, loan.revision, item.revision);
        }
        uint256 windowEnd = uint256(loan.changedAt) + DISPUTE_WINDOW;
        if (block.timestamp > windowEnd) {
            revert CreditRegistry_DisputeWindowOver(item.loanId, windowEnd, block.timestamp);
        }
        bytes32 structHash = keccak256(
            abi.encode(_DISPUTE, item.loanId, item.revision, item.reasonDigest, item.deadline)
        );
        _requireOwner(item.subject, structHash, item.deadline, item.signature);
        loan.dispute = Dispute.OPEN;
        emit LoanDisputed(item.loanId, item.revision, item.reasonDigest);
    }

    function _resolve(DisputeResolution calldata item) private {
        Loan storage loan = _known(item.loanId);
        if (loan.dispute != Dispute.OPEN) revert CreditRegistry_WrongDispute(item.loanId, loan.dispute);
        loan.dispute = item.upheld ? Dispute.UPHELD : Dispute.DISMISSED;
        emit DisputeResolved(item.loanId, loan.dispute, item.reasonDigest);
    }

    function _known(LoanId loanId) private view returns (Loan storage loan) {
        loan = _loans[loanId];
        if (loan.status == Status.NONE) revert CreditRegistry_Unknown(loanId);
    }

    function _own(LoanId loanId) private view returns (Loan storage loan) {
        loan = _known(loanId);
        if (loan.bank != msg.sender) revert CreditRegistry_NotOwnLoan(loanId, loan.bank, msg.sender);
    }

    function _isLegal(Status actual, Status requested) private pure returns (bool) {
        if (actual == Status.GRANTED) return requested == Status.DRAWN;
        if (actual == Status.DRAWN) return requested == Status.REPAID || requested == Status.OVERDUE;
        if (actual == Status.REPAID) return requested == Status.SETTLED;
        return
            actual == Status.OVERDUE &&
            (requested == Status.REPAID || requested == Status.SETTLED || requested == Status.WRITTEN_OFF);
    }
}
// slither-disable-end timestamp,calls-loop,naming-convention
