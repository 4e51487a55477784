// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import { IAccreditationRegistry } from "./interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "./interfaces/ICredentialRegistry.sol";
import { CredentialType } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing
// slither-disable-start calls-loop: the callee is a registry of ours, fixed at deployment; a batch is as long as its sender pays for
// slither-disable-start naming-convention: immutables are written as constants are

/// @title CredentialRegistry
/// @dev Batches and permits are packed by hand: anchoring is what happens most, and every slot is touched once.
contract CredentialRegistry is ICredentialRegistry {
    /// @param permits By jurisdiction. 40 bits: until when the issuer's branch is accredited if nothing changes (Unix seconds,
    /// exclusive); the rest: the epoch in which the AccreditationRegistry said so.
    /// @param batches By root. 40 bits: when it was anchored (Unix seconds); 24 bits: jurisdiction.
    struct Issuance {
        mapping(uint256 jurisdiction => uint256 permit) permits;
        mapping(bytes32 root => uint256 batch) batches;
    }

    uint256 private constant _REVOKED = 1;
    uint256 private constant _SUSPENDED = 2;

    /// @dev The low bit of each of the 128 statuses of a word.
    uint256 private constant _LOW_BITS = type(uint256).max / 3;

    /// @notice Who says which issuer is accredited.
    IAccreditationRegistry public immutable ACCREDITATION_REGISTRY;

    /// @notice Permits of an earlier epoch are void.
    uint256 public epoch = 1;

    /// @dev The epoch in which the AccreditationRegistry said that the issuer's branch is standing.
    mapping(address issuer => uint256 epoch) private _standingIn;

    mapping(address issuer => mapping(CredentialType credentialType => Issuance)) private _issuances;

    mapping(address issuer => mapping(uint256 wordIndex => uint256 word)) private _words;

    constructor(IAccreditationRegistry accreditationRegistry) {
        ACCREDITATION_REGISTRY = accreditationRegistry;
    }

    /// @inheritdoc ICredentialRegistry
    function anchor(Anchor calldata item) external {
        _anchor(item);
    }

    /// @inheritdoc ICredentialRegistry
    function anchorBatch(Anchor[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _anchor(items[i]);
    }

    /// @inheritdoc ICredentialRegistry
    function setStatusBatch(StatusUpdate[] calldata items) external {
        _requireStanding();
        mapping(uint256 wordIndex => uint256 word) storage words = _words[msg.sender];
        uint256 wordIndex = 0;
        uint256 before = 0;
        uint256 word = 0;
        for (uint256 i; i < items.length; ++i) {
            uint256 index = items[i].index;
            if (i == 0 || index >> 7 != wordIndex) {
                if (word != before) words[wordIndex] = word;
                wordIndex = index >> 7;
                before = words[wordIndex];
                word = before;
            }
            word = _withStatus(word, index, items[i].status);
        }
        if (word != before) words[wordIndex] = word;
        emit StatusesChanged(msg.sender, items);
    }

    /// @inheritdoc ICredentialRegistry
    function setStatusWordBatch(StatusWord[] calldata items) external {
        _requireStanding();
        mapping(uint256 wordIndex => uint256 word) storage words = _words[msg.sender];
        for (uint256 i; i < items.length; ++i) {
            uint256 word = items[i].word;
            uint256 wordIndex = items[i].wordIndex;
            uint256 bad = word & (word >> 1) & _LOW_BITS;
            if (bad != 0) revert CredentialRegistry_BadWord(wordIndex, bad);
            uint256 lost = _revokedIn(words[wordIndex]) & ~_revokedIn(word);
            if (lost != 0) revert CredentialRegistry_RevokedInWord(msg.sender, wordIndex, lost);
            words[wordIndex] = word;
        }
        emit StatusWordsChanged(msg.sender, items);
    }

    /// @inheritdoc ICredentialRegistry
    function invalidatePermits() external {
        if (msg.sender != address(ACCREDITATION_REGISTRY)) {
            revert CredentialRegistry_NotAccreditationRegistry(msg.sender);
        }
        emit PermitsInvalidated(++epoch);
    }

    /// @inheritdoc ICredentialRegistry
    function verifyInclusion(Inclusion calldata inclusion) external view returns (bool) {
        if (_issuances[inclusion.issuer][inclusion.credentialType].batches[inclusion.root] == 0) return false;
        bytes32 leaf = leafOf(
            inclusion.credentialDigest,
            inclusion.credentialType,
            inclusion.statusIndex,
            inclusion.assetFingerprint
        );
        return MerkleProof.verifyCalldata(inclusion.proof, inclusion.root, leaf);
    }

    /// @inheritdoc ICredentialRegistry
    function statusOf(address issuer, uint256 index) external view returns (uint8) {
        return uint8(_statusIn(_words[issuer][index >> 7], index));
    }

    /// @inheritdoc ICredentialRegistry
    function statusWordOf(address issuer, uint256 wordIndex) external view returns (uint256) {
        return _words[issuer][wordIndex];
    }

    /// @inheritdoc ICredentialRegistry
    function batchOf(address issuer, CredentialType credentialType, bytes32 root) external view returns (Batch memory) {
        uint256 batch = _issuances[issuer][credentialType].batches[root];
        return Batch({ anchoredAt: uint40(batch), jurisdiction: uint24(batch >> 40) });
    }

    /// @inheritdoc ICredentialRegistry
    function leafOf(
        bytes32 credentialDigest,
        CredentialType credentialType,
        uint256 statusIndex,
        bytes32 assetFingerprint
    ) public pure returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(credentialDigest, credentialType, statusIndex, assetFingerprint));
        return keccak256(bytes.concat(inner));
    }

    function _anchor(Anchor calldata item) private {
        bytes32 root = item.root;
        CredentialType credentialType = item.credentialType;
        uint24 jurisdiction = item.jurisdiction;
        if (root == 0) revert CredentialRegistry_NoRoot();
        Issuance storage issuance = _issuances[msg.sender][credentialType];
        _requireAccredited(issuance, credentialType, jurisdiction);
        uint256 batch = issuance.batches[root];
        if (batch != 0) revert CredentialRegistry_AlreadyAnchored(root, uint40(batch));
        issuance.batches[root] = block.timestamp | (uint256(jurisdiction) << 40);
        emit BatchAnchored(root, msg.sender, credentialType, jurisdiction);
    }

    /// @dev Reverts unless the caller's branch is accredited now. A permit of this epoch answers with one SLOAD.
    function _requireAccredited(Issuance storage issuance, CredentialType credentialType, uint24 jurisdiction) private {
        uint256 permit = issuance.permits[jurisdiction];
        uint256 present = epoch;
        if (permit >> 40 == present && block.timestamp < uint40(permit)) return;
        uint256 until = ACCREDITATION_REGISTRY.accreditedUntil(msg.sender, credentialType, jurisdiction);
        if (until == 0) revert CredentialRegistry_NotAccredited(msg.sender, credentialType, jurisdiction);
        issuance.permits[jurisdiction] = until | (present << 40);
    }

    /// @dev Reverts unless the caller's branch is standing now, by the same kind of permit.
    function _requireStanding() private {
        uint256 present = epoch;
        if (_standingIn[msg.sender] == present) return;
        if (!ACCREDITATION_REGISTRY.isStanding(msg.sender)) revert CredentialRegistry_NotStanding(msg.sender);
        _standingIn[msg.sender] = present;
    }

    /// @dev The word with one status changed.
    function _withStatus(uint256 word, uint256 index, uint256 status) private view returns (uint256) {
        if (status > _SUSPENDED) revert CredentialRegistry_BadStatus(index, status);
        if (status != _REVOKED && _statusIn(word, index) == _REVOKED) {
            revert CredentialRegistry_RevokedIsFinal(msg.sender, index, uint8(status));
        }
        uint256 shift = (index & 127) << 1;
        return (word & ~(3 << shift)) | (status << shift);
    }

    function _statusIn(uint256 word, uint256 index) private pure returns (uint256) {
        return (word >> ((index & 127) << 1)) & 3;
    }

    /// @dev The low bits of the statuses that are 1: low bit set, high bit clear.
    function _revokedIn(uint256 word) private pure returns (uint256) {
        return word & ~(word >> 1) & _LOW_BITS;
    }
}
// slither-disable-end timestamp,calls-loop,naming-convention
