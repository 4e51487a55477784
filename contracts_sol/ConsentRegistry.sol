// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import { SignedActions } from "./base/SignedActions.sol";
import { IConsentRegistry } from "./interfaces/IConsentRegistry.sol";
import { IDIDRegistry } from "./interfaces/IDIDRegistry.sol";
import { ConsentId } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing

/// @title ConsentRegistry
contract ConsentRegistry is IConsentRegistry, SignedActions, AccessManaged {
    bytes32 private constant _GRANT = keccak256(
        "ConsentGrant(bytes32 consentId,address did,address recipient,uint40 expiresAt,uint40 deadline)"
    );
    bytes32 private constant _PAUSE = keccak256("ConsentPause(bytes32 consentId,uint32 sequence,uint40 deadline)");
    bytes32 private constant _RESUMPTION = keccak256(
        "ConsentResumption(bytes32 consentId,uint32 sequence,uint40 deadline)"
    );
    bytes32 private constant _REVOCATION = keccak256(
        "ConsentRevocation(bytes32 consentId,uint32 sequence,uint40 deadline)"
    );

    mapping(ConsentId consentId => Consent) private _consents;
    mapping(address keeper => LogHead) private _logHeads;

    constructor(
        address authority_,
        IDIDRegistry didRegistry
    ) SignedActions("ConsentRegistry", didRegistry) AccessManaged(authority_) {}

    /// @inheritdoc IConsentRegistry
    function grantBatch(ConsentGrant[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _grant(items[i]);
    }

    /// @inheritdoc IConsentRegistry
    function pauseBatch(ConsentChange[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _change(items[i], _PAUSE, State.PAUSED);
    }

    /// @inheritdoc IConsentRegistry
    function resumeBatch(ConsentChange[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _change(items[i], _RESUMPTION, State.ACTIVE);
    }

    /// @inheritdoc IConsentRegistry
    function revokeBatch(ConsentChange[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _change(items[i], _REVOCATION, State.REVOKED);
    }

    /// @inheritdoc IConsentRegistry
    function anchorLogBatch(LogRoot[] calldata items) external restricted {
        for (uint256 i; i < items.length; ++i) _anchorLog(items[i]);
    }

    /// @inheritdoc IConsentRegistry
    function isActive(ConsentId consentId, address recipient) external view returns (bool) {
        Consent storage consent = _consents[consentId];
        uint40 expiresAt = consent.expiresAt;
        return
            consent.state == State.ACTIVE &&
            consent.recipient == recipient &&
            (expiresAt == 0 || block.timestamp < expiresAt);
    }

    /// @inheritdoc IConsentRegistry
    function consentOf(ConsentId consentId) external view returns (Consent memory) {
        return _consents[consentId];
    }

    /// @inheritdoc IConsentRegistry
    function logHeadOf(address keeper) external view returns (LogHead memory) {
        return _logHeads[keeper];
    }

    function _grant(ConsentGrant calldata item) private {
        Consent storage consent = _consents[item.consentId];
        if (consent.state != State.NONE) revert ConsentRegistry_AlreadyGranted(item.consentId, consent.did);
        if (item.recipient == address(0)) revert ConsentRegistry_NoRecipient(item.consentId);
        if (item.expiresAt != 0 && item.expiresAt <= block.timestamp) {
            revert ConsentRegistry_AlreadyExpired(item.consentId, item.expiresAt, block.timestamp);
        }
        bytes32 structHash = keccak256(
            abi.encode(_GRANT, item.consentId, item.did, item.recipient, item.expiresAt, item.deadline)
        );
        _requireOwner(item.did, structHash, item.deadline, item.signature);
        _consents[item.consentId] = Consent({
            did: item.did,
            expiresAt: item.expiresAt,
            state: State.ACTIVE,
            sequence: 0,
            recipient: item.recipient,
            grantedAt: uint40(block.timestamp)
        });
        emit ConsentGranted(item.consentId, item.did, item.recipient, item.expiresAt);
    }

    function _change(ConsentChange calldata item, bytes32 typeHash, State requested) private {
        Consent storage consent = _consents[item.consentId];
        if (!_isLegal(consent.state, requested)) {
            revert ConsentRegistry_WrongState(item.consentId, consent.state, requested);
        }
        uint32 sequence = consent.sequence;
        if (item.sequence != sequence) {
            revert ConsentRegistry_WrongSequence(item.consentId, sequence, item.sequence);
        }
        bytes32 structHash = keccak256(abi.encode(typeHash, item.consentId, item.sequence, item.deadline));
        _requireOwner(consent.did, structHash, item.deadline, item.signature);
        consent.state = requested;
        consent.sequence = sequence + 1;
        emit ConsentChanged(item.consentId, requested, sequence + 1);
    }

    function _anchorLog(LogRoot calldata item) private {
        LogHead storage head = _logHeads[msg.sender];
        if (item.previousRoot != head.root || item.size <= head.size) {
            revert ConsentRegistry_LogOutOfOrder(msg.sender, head.root, head.size, item.size);
        }
        _logHeads[msg.sender] = LogHead({ root: item.root, size: item.size, anchoredAt: uint40(block.timestamp) });
        emit LogAnchored(msg.sender, item.size, item.root, item.previousRoot);
    }

    function _isLegal(State actual, State requested) private pure returns (bool) {
        if (requested == State.PAUSED) return actual == State.ACTIVE;
        if (requested == State.ACTIVE) return actual == State.PAUSED;
        return actual == State.ACTIVE || actual == State.PAUSED;
    }
}
// slither-disable-end timestamp
