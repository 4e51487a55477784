// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import { SignedActions } from "./base/SignedActions.sol";
import { IDIDRegistry } from "./interfaces/IDIDRegistry.sol";
import { IEnterpriseRegistry } from "./interfaces/IEnterpriseRegistry.sol";
import { Fingerprint } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing
// slither-disable-start calls-loop: the callee is a registry of ours, fixed at deployment; a batch is as long as its sender pays for
// slither-disable-start naming-convention: immutables are written as constants are

/// @title EnterpriseRegistry
contract EnterpriseRegistry is IEnterpriseRegistry, SignedActions, AccessManaged {
    /// @notice The most guardians an enterprise can have.
    uint256 public constant MAX_GUARDIANS = 16;

    /// @notice Seconds between a recovery's proposal and its execution, in which the owner can cancel.
    uint40 public immutable RECOVERY_DELAY;

    bytes32 private constant _KEY_NAME = "did/pub/Multikey/veriKey";

    bytes32 private constant _REGISTRATION = keccak256("Registration(bytes32 fingerprint,address did,uint40 deadline)");
    bytes32 private constant _GUARDIAN_SET = keccak256(
        "GuardianSet(bytes32 fingerprint,uint8 threshold,address[] guardians,uint32 sequence,uint40 deadline)"
    );
    bytes32 private constant _RECOVERY_PROPOSAL = keccak256(
        "RecoveryProposal(bytes32 fingerprint,address newDid,uint32 sequence,uint40 deadline)"
    );
    bytes32 private constant _RECOVERY_CANCELLATION = keccak256(
        "RecoveryCancellation(bytes32 fingerprint,uint32 sequence,uint40 deadline)"
    );

    /// @inheritdoc IEnterpriseRegistry
    mapping(address account => bool allowed) public isRegistrar;

    mapping(Fingerprint fingerprint => Enterprise) private _enterprises;
    mapping(Fingerprint fingerprint => Recovery) private _recoveries;
    mapping(Fingerprint fingerprint => bytes32 digest) private _guardians;

    constructor(
        address authority_,
        IDIDRegistry didRegistry,
        uint40 recoveryDelay
    ) SignedActions("EnterpriseRegistry", didRegistry) AccessManaged(authority_) {
        RECOVERY_DELAY = recoveryDelay;
    }

    /// @inheritdoc IEnterpriseRegistry
    function registerBatch(Registration[] calldata items) external {
        if (!isRegistrar[msg.sender]) revert EnterpriseRegistry_NotRegistrar(msg.sender);
        for (uint256 i; i < items.length; ++i) _register(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function setStateBatch(StateChange[] calldata items) external restricted {
        for (uint256 i; i < items.length; ++i) _setState(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function setGuardiansBatch(GuardianSet[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _setGuardians(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function proposeRecoveryBatch(RecoveryProposal[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _proposeRecovery(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function cancelRecoveryBatch(RecoveryCancellation[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _cancelRecovery(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function executeRecoveryBatch(Fingerprint[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _executeRecovery(items[i]);
    }

    /// @inheritdoc IEnterpriseRegistry
    function setRegistrar(address account, bool allowed) external restricted {
        isRegistrar[account] = allowed;
        emit RegistrarSet(account, allowed);
    }

    /// @inheritdoc IEnterpriseRegistry
    function enterpriseOf(Fingerprint fingerprint) external view returns (Enterprise memory) {
        return _enterprises[fingerprint];
    }

    /// @inheritdoc IEnterpriseRegistry
    function recoveryOf(Fingerprint fingerprint) external view returns (Recovery memory) {
        return _recoveries[fingerprint];
    }

    /// @inheritdoc IEnterpriseRegistry
    function guardiansDigestOf(Fingerprint fingerprint) external view returns (bytes32) {
        return _guardians[fingerprint];
    }

    /// @inheritdoc IEnterpriseRegistry
    function isLive(Fingerprint fingerprint, address did) external view returns (bool) {
        Enterprise storage enterprise = _enterprises[fingerprint];
        return enterprise.state == State.ACTIVE && enterprise.did == did;
    }

    function _register(Registration calldata item) private {
        Enterprise storage enterprise = _enterprises[item.fingerprint];
        if (enterprise.state != State.NONE) {
            revert EnterpriseRegistry_AlreadyRegistered(item.fingerprint, enterprise.did);
        }
        bytes32 structHash = keccak256(abi.encode(_REGISTRATION, item.fingerprint, item.did, item.deadline));
        _requireOwner(item.did, structHash, item.deadline, item.signature);
        enterprise.did = item.did;
        enterprise.registeredAt = uint40(block.timestamp);
        enterprise.state = State.ACTIVE;
        emit EnterpriseRegistered(item.fingerprint, item.did);
        DID_REGISTRY.setAttributeSigned(
            item.did,
            item.keyV,
            item.keyR,
            item.keyS,
            _KEY_NAME,
            item.key,
            item.keyValidity
        );
    }

    function _setState(StateChange calldata item) private {
        Enterprise storage enterprise = _known(item.fingerprint);
        State actual = enterprise.state;
        if (actual == State.DISSOLVED || actual == item.state || item.state == State.NONE) {
            revert EnterpriseRegistry_WrongState(item.fingerprint, actual, item.state);
        }
        enterprise.state = item.state;
        emit EnterpriseStateChanged(item.fingerprint, item.state, item.reasonDigest);
    }

    function _setGuardians(GuardianSet calldata item) private {
        Enterprise storage enterprise = _undissolved(item.fingerprint);
        _requireNoRecovery(item.fingerprint);
        _requireWellFormed(item.guardians, item.threshold);
        _useSequence(enterprise, item.fingerprint, item.sequence);
        bytes32 structHash = keccak256(
            abi.encode(
                _GUARDIAN_SET,
                item.fingerprint,
                item.threshold,
                keccak256(abi.encodePacked(item.guardians)),
                item.sequence,
                item.deadline
            )
        );
        _requireOwner(enterprise.did, structHash, item.deadline, item.signature);
        _guardians[item.fingerprint] = _digest(item.threshold, item.guardians);
        emit GuardiansSet(item.fingerprint, item.threshold, item.guardians, item.sequence);
    }

    function _proposeRecovery(RecoveryProposal calldata item) private {
        Enterprise storage enterprise = _undissolved(item.fingerprint);
        _requireNoRecovery(item.fingerprint);
        if (item.newDid == address(0) || item.newDid == enterprise.did) {
            revert EnterpriseRegistry_BadDid(item.fingerprint, item.newDid);
        }
        _useSequence(enterprise, item.fingerprint, item.sequence);
        _requireGuardians(item);
        uint40 executableAt = uint40(block.timestamp) + RECOVERY_DELAY;
        _recoveries[item.fingerprint] = Recovery({ newDid: item.newDid, executableAt: executableAt });
        emit RecoveryProposed(item.fingerprint, item.newDid, executableAt, item.sequence);
    }

    function _cancelRecovery(RecoveryCancellation calldata item) private {
        _pending(item.fingerprint);
        Enterprise storage enterprise = _enterprises[item.fingerprint];
        _useSequence(enterprise, item.fingerprint, item.sequence);
        bytes32 structHash = keccak256(
            abi.encode(_RECOVERY_CANCELLATION, item.fingerprint, item.sequence, item.deadline)
        );
        _requireOwner(enterprise.did, structHash, item.deadline, item.signature);
        // slither-disable-next-line costly-loop: each item deletes a slot of its own
        delete _recoveries[item.fingerprint];
        emit RecoveryCancelled(item.fingerprint, item.sequence);
    }

    function _executeRecovery(Fingerprint fingerprint) private {
        Recovery memory recovery = _pending(fingerprint);
        Enterprise storage enterprise = _undissolved(fingerprint);
        if (block.timestamp < recovery.executableAt) {
            revert EnterpriseRegistry_TooEarly(fingerprint, recovery.executableAt, block.timestamp);
        }
        address oldDid = enterprise.did;
        enterprise.did = recovery.newDid;
        // slither-disable-next-line costly-loop: each item deletes a slot of its own
        delete _recoveries[fingerprint];
        emit EnterpriseRecovered(fingerprint, oldDid, recovery.newDid);
    }

    /// @dev Uses the sequence up, which makes every signed item of an enterprise single-use.
    function _useSequence(Enterprise storage enterprise, Fingerprint fingerprint, uint32 given) private {
        uint32 actual = enterprise.sequence;
        if (given != actual) revert EnterpriseRegistry_WrongSequence(fingerprint, actual, given);
        enterprise.sequence = actual + 1;
    }

    /// @dev Reverts unless the set given is the recorded one and enough of it signed.
    function _requireGuardians(RecoveryProposal calldata item) private view {
        bytes32 recorded = _guardians[item.fingerprint];
        bytes32 digest = _digest(item.threshold, item.guardians);
        if (digest != recorded) revert EnterpriseRegistry_OtherGuardians(item.fingerprint, recorded, digest);
        if (item.signatures.length != item.guardians.length) {
            revert EnterpriseRegistry_SignaturesDoNotMatch(item.guardians.length, item.signatures.length);
        }
        bytes32 structHash = keccak256(
            abi.encode(_RECOVERY_PROPOSAL, item.fingerprint, item.newDid, item.sequence, item.deadline)
        );
        uint256 signed = 0;
        for (uint256 i; i < item.guardians.length; ++i) {
            if (item.signatures[i].length == 0) continue;
            _requireAuthoriser(item.guardians[i], structHash, item.deadline, item.signatures[i]);
            ++signed;
        }
        if (signed < item.threshold) {
            revert EnterpriseRegistry_TooFewSignatures(item.fingerprint, signed, item.threshold);
        }
    }

    function _known(Fingerprint fingerprint) private view returns (Enterprise storage enterprise) {
        enterprise = _enterprises[fingerprint];
        if (enterprise.state == State.NONE) revert EnterpriseRegistry_Unknown(fingerprint);
    }

    function _undissolved(Fingerprint fingerprint) private view returns (Enterprise storage enterprise) {
        enterprise = _known(fingerprint);
        if (enterprise.state == State.DISSOLVED) {
            revert EnterpriseRegistry_WrongState(fingerprint, State.DISSOLVED, State.ACTIVE);
        }
    }

    function _pending(Fingerprint fingerprint) private view returns (Recovery memory recovery) {
        recovery = _recoveries[fingerprint];
        if (recovery.newDid == address(0)) revert EnterpriseRegistry_NoRecovery(fingerprint);
    }

    function _requireNoRecovery(Fingerprint fingerprint) private view {
        address newDid = _recoveries[fingerprint].newDid;
        if (newDid != address(0)) revert EnterpriseRegistry_RecoveryPending(fingerprint, newDid);
    }

    function _requireWellFormed(address[] calldata guardians, uint8 threshold) private pure {
        bool fits = threshold > 0 && threshold <= guardians.length && guardians.length <= MAX_GUARDIANS;
        address last = address(0);
        for (uint256 i; fits && i < guardians.length; ++i) {
            fits = guardians[i] > last;
            last = guardians[i];
        }
        if (!fits) revert EnterpriseRegistry_BadGuardians(guardians.length, threshold);
    }

    function _digest(uint8 threshold, address[] calldata guardians) private pure returns (bytes32) {
        return keccak256(abi.encode(threshold, guardians));
    }
}
// slither-disable-end timestamp,calls-loop,naming-convention
