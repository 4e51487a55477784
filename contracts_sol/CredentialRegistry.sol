// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import { IAccreditationRegistry } from "./interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "./interfaces/ICredentialRegistry.sol";
import { CredentialType } from "./interfaces/Types.sol";

/// @title CredentialRegistry
contract CredentialRegistry is ICredentialRegistry {
    /// @param until Unix time until which the branch is accredited if nothing changes, seconds, exclusive.
    /// @param epoch The epoch in which the AccreditationRegistry said so.
    struct Permit {
        // slot 0: 5 + 5 bytes
        uint40 until;
        uint40 epoch;
    }

    uint8 private constant _REVOKED = 1;
    uint8 private constant _SUSPENDED = 2;

    /// @dev The low bit of each of the 128 statuses of a word.
    uint256 private constant _LOW_BITS = type(uint256).max / 3;

    /// @notice Who says which issuer is accredited.
    IAccreditationRegistry public immutable ACCREDITATION_REGISTRY;

    /// @notice Permits of an earlier epoch are void.
    uint40 public epoch = 1;

    mapping(address issuer => mapping(CredentialType credentialType => mapping(uint24 jurisdiction => Permit)))
        private _permits;
    mapping(address issuer => uint256 epoch) private _standingIn;
    mapping(address issuer => mapping(CredentialType credentialType => mapping(bytes32 root => Batch)))
        private _batches;
    mapping(address issuer => mapping(uint256 wordIndex => uint256 word)) private _words;

    constructor(IAccreditationRegistry accreditationRegistry) {
        ACCREDITATION_REGISTRY = accreditationRegistry;
    }

    /// @inheritdoc ICredentialRegistry
    function anchorBatch(Anchor[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _anchor(items[i]);
    }

    /// @inheritdoc ICredentialRegistry
    function setStatusBatch(StatusUpdate[] calldata items) external {
        _requireStanding();
        uint256 i;
        while (i < items.length) {
            uint256 wordIndex = items[i].index >> 7;
            uint256 before = _words[msg.sender][wordIndex];
            uint256 word = before;
            for (; i < items.length && items[i].index >> 7 == wordIndex; ++i) {
                word = _withStatus(word, items[i].index, items[i].status);
            }
            _setWord(wordIndex, before, word);
        }
    }

    /// @inheritdoc ICredentialRegistry
    function setStatusWordBatch(StatusWord[] calldata items) external {
        _requireStanding();
        for (uint256 i; i < items.length; ++i) {
            uint256 word = items[i].word;
            uint256 wordIndex = items[i].wordIndex;
            uint256 bad = word & (word >> 1) & _LOW_BITS;
            if (bad != 0) revert CredentialRegistry_BadWord(wordIndex, bad);
            uint256 before = _words[msg.sender][wordIndex];
            uint256 lost = _revokedIn(before) & ~_revokedIn(word);
            if (lost != 0) revert CredentialRegistry_RevokedInWord(msg.sender, wordIndex, lost);
            _setWord(wordIndex, before, word);
        }
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
        if (_batches[inclusion.issuer][inclusion.credentialType][inclusion.root].anchoredAt == 0) return false;
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
        return _statusIn(_words[issuer][index >> 7], index);
    }

    /// @inheritdoc ICredentialRegistry
    function statusWordOf(address issuer, uint256 wordIndex) external view returns (uint256) {
        return _words[issuer][wordIndex];
    }

    /// @inheritdoc ICredentialRegistry
    function batchOf(address issuer, CredentialType credentialType, bytes32 root) external view returns (Batch memory) {
        return _batches[issuer][credentialType][root];
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
        if (item.root == 0 || item.count == 0) revert CredentialRegistry_EmptyBatch(item.root, item.count);
        _requireAccredited(item.credentialType, item.jurisdiction);
        Batch storage batch = _batches[msg.sender][item.credentialType][item.root];
        if (batch.anchoredAt != 0) revert CredentialRegistry_AlreadyAnchored(item.root, batch.anchoredAt);
        batch.anchoredAt = uint40(block.timestamp);
        batch.jurisdiction = item.jurisdiction;
        batch.count = item.count;
        emit BatchAnchored(item.root, msg.sender, item.credentialType, item.jurisdiction, item.count);
    }

    /// @dev Writes a word of the caller's statuses if it changes.
    function _setWord(uint256 wordIndex, uint256 before, uint256 word) private {
        if (word == before) return;
        _words[msg.sender][wordIndex] = word;
        emit StatusWordChanged(msg.sender, wordIndex, word);
    }

    /// @dev Reverts unless the caller's branch is accredited now. A permit of this epoch answers with one SLOAD.
    function _requireAccredited(CredentialType credentialType, uint24 jurisdiction) private {
        Permit storage permit = _permits[msg.sender][credentialType][jurisdiction];
        uint40 present = epoch;
        if (permit.epoch == present && block.timestamp < permit.until) return;
        uint40 until = ACCREDITATION_REGISTRY.accreditedUntil(msg.sender, credentialType, jurisdiction);
        if (until == 0) revert CredentialRegistry_NotAccredited(msg.sender, credentialType, jurisdiction);
        permit.until = until;
        permit.epoch = present;
    }

    /// @dev Reverts unless the caller's branch is standing now, by the same kind of permit.
    function _requireStanding() private {
        uint256 present = epoch;
        if (_standingIn[msg.sender] == present) return;
        if (!ACCREDITATION_REGISTRY.isStanding(msg.sender)) revert CredentialRegistry_NotStanding(msg.sender);
        _standingIn[msg.sender] = present;
    }

    /// @dev The word with one status changed.
    function _withStatus(uint256 word, uint256 index, uint8 status) private view returns (uint256) {
        if (status > _SUSPENDED) revert CredentialRegistry_BadStatus(index, status);
        if (_statusIn(word, index) == _REVOKED && status != _REVOKED) {
            revert CredentialRegistry_RevokedIsFinal(msg.sender, index, status);
        }
        uint256 shift = (index & 127) << 1;
        return (word & ~(3 << shift)) | (uint256(status) << shift);
    }

    function _statusIn(uint256 word, uint256 index) private pure returns (uint8) {
        return uint8((word >> ((index & 127) << 1)) & 3);
    }

    /// @dev The low bits of the statuses that are 1: low bit set, high bit clear.
    function _revokedIn(uint256 word) private pure returns (uint256) {
        return word & ~(word >> 1) & _LOW_BITS;
    }
}
