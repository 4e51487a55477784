// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ISignedActions } from "./ISignedActions.sol";
import { Fingerprint } from "./Types.sol";

/// @title IEnterpriseRegistry
/// @notice Binds the keyed fingerprint of an enterprise's USCC to its DID: one live DID per enterprise.
///
/// State machine of an enterprise: NONE → ACTIVE ⇄ SUSPENDED → DISSOLVED (also ACTIVE → DISSOLVED). DISSOLVED is final.
/// State machine of a recovery: none → proposed (by m of n guardians) → cancelled by the owner within
/// `RECOVERY_DELAY`, or executed by anyone after it.
///
/// Assumptions:
/// - The registrar has checked that the fingerprint is the enterprise's and that the DID's controller acts for it.
/// - Guardians are chosen by the enterprise; m of them together can move its fingerprint to another DID
///   unless the present owner cancels in time.
interface IEnterpriseRegistry is ISignedActions {
    enum State {
        NONE, // never registered
        ACTIVE, // its DID is live
        SUSPENDED, // its DID is not live until the regulator reinstates it
        DISSOLVED // terminal: the enterprise no longer exists
    }

    /// @param did The enterprise's identity address; did:ethr of this chain.
    /// @param registeredAt Unix time of the first registration, seconds.
    /// @param state See `State`.
    /// @param sequence Number of guardian and recovery actions so far; the next signed one must name it.
    struct Enterprise {
        // slot 0: 20 + 5 + 1 + 4 bytes
        address did;
        uint40 registeredAt;
        State state;
        uint32 sequence;
    }

    /// @param newDid The identity that replaces the present one; zero when no recovery is proposed.
    /// @param executableAt Unix time from which the recovery can be executed, seconds.
    struct Recovery {
        // slot 0: 20 + 5 bytes
        address newDid;
        uint40 executableAt;
    }

    /// @param fingerprint Keyed fingerprint of the USCC.
    /// @param did The identity; its owner signs.
    /// @param key Value of the attribute `did/pub/Multikey/veriKey`: multicodec prefix 0x8024 and the compressed P-256 point.
    /// @param keyValidity Seconds for which the key attribute is valid.
    /// @param keyV Recovery id (27 or 28) of the owner's ERC-1056 signature of `setAttribute` for that key.
    /// @param keyR First half of that signature.
    /// @param keyS Second half of that signature.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `Registration`, or empty when the caller is the owner.
    struct Registration {
        Fingerprint fingerprint;
        address did;
        bytes key;
        uint256 keyValidity;
        uint8 keyV;
        bytes32 keyR;
        bytes32 keyS;
        uint40 deadline;
        bytes signature;
    }

    /// @param fingerprint Whose state changes.
    /// @param state ACTIVE, SUSPENDED or DISSOLVED.
    /// @param reasonDigest Salted digest of the reason kept off chain.
    struct StateChange {
        Fingerprint fingerprint;
        State state;
        bytes32 reasonDigest;
    }

    /// @param fingerprint Whose guardians are set.
    /// @param threshold How many guardians a recovery needs (m).
    /// @param guardians All guardians (n), strictly ascending by address, at most `MAX_GUARDIANS`.
    /// @param sequence The enterprise's present sequence.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `GuardianSet` by the DID's owner, or empty when the caller is the owner.
    struct GuardianSet {
        Fingerprint fingerprint;
        uint8 threshold;
        address[] guardians;
        uint32 sequence;
        uint40 deadline;
        bytes signature;
    }

    /// @param fingerprint Whose DID is to be replaced.
    /// @param newDid The identity that shall replace it.
    /// @param threshold The recorded m, which the stored digest proves.
    /// @param guardians The recorded n guardians, which the stored digest proves.
    /// @param sequence The enterprise's present sequence.
    /// @param deadline Unix time until which the signatures may be used, seconds.
    /// @param signatures One per guardian, in the same order; empty where a guardian has not signed. EIP-712 `RecoveryProposal`.
    struct RecoveryProposal {
        Fingerprint fingerprint;
        address newDid;
        uint8 threshold;
        address[] guardians;
        uint32 sequence;
        uint40 deadline;
        bytes[] signatures;
    }

    /// @param fingerprint Whose recovery is cancelled.
    /// @param sequence The enterprise's present sequence.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `RecoveryCancellation` by the present DID's owner, or empty when the caller is the owner.
    struct RecoveryCancellation {
        Fingerprint fingerprint;
        uint32 sequence;
        uint40 deadline;
        bytes signature;
    }

    /// @notice An enterprise was registered with its DID.
    event EnterpriseRegistered(Fingerprint indexed fingerprint, address indexed did);

    /// @notice The regulator or registrar changed an enterprise's state.
    event EnterpriseStateChanged(Fingerprint indexed fingerprint, State state, bytes32 reasonDigest);

    /// @notice An enterprise set its guardians; the set itself is in the event, only its digest in storage.
    event GuardiansSet(Fingerprint indexed fingerprint, uint8 threshold, address[] guardians, uint32 sequence);

    /// @notice Guardians proposed to replace the enterprise's DID.
    event RecoveryProposed(
        Fingerprint indexed fingerprint,
        address indexed newDid,
        uint40 executableAt,
        uint32 sequence
    );

    /// @notice The owner cancelled the proposed recovery.
    event RecoveryCancelled(Fingerprint indexed fingerprint, uint32 sequence);

    /// @notice The enterprise's DID was replaced.
    event EnterpriseRecovered(Fingerprint indexed fingerprint, address indexed oldDid, address indexed newDid);

    /// @notice An account became or ceased to be a registrar.
    event RegistrarSet(address indexed account, bool allowed);

    /// @notice The caller is not a registrar.
    error EnterpriseRegistry_NotRegistrar(address caller);

    /// @notice The fingerprint has a DID already.
    error EnterpriseRegistry_AlreadyRegistered(Fingerprint fingerprint, address did);

    /// @notice The enterprise's state forbids the call.
    error EnterpriseRegistry_WrongState(Fingerprint fingerprint, State actual, State requested);

    /// @notice No enterprise has this fingerprint.
    error EnterpriseRegistry_Unknown(Fingerprint fingerprint);

    /// @notice The item was signed for another sequence: it was used already, or something else came first.
    error EnterpriseRegistry_WrongSequence(Fingerprint fingerprint, uint32 actual, uint32 given);

    /// @notice The guardians are not strictly ascending, too many, none, or the threshold does not fit their number.
    error EnterpriseRegistry_BadGuardians(uint256 guardians, uint8 threshold);

    /// @notice The guardian set given is not the recorded one.
    error EnterpriseRegistry_OtherGuardians(Fingerprint fingerprint, bytes32 recorded, bytes32 given);

    /// @notice There must be one signature, empty or not, for each guardian.
    error EnterpriseRegistry_SignaturesDoNotMatch(uint256 guardians, uint256 signatures);

    /// @notice Too few guardians signed.
    error EnterpriseRegistry_TooFewSignatures(Fingerprint fingerprint, uint256 given, uint8 threshold);

    /// @notice A recovery is already proposed.
    error EnterpriseRegistry_RecoveryPending(Fingerprint fingerprint, address newDid);

    /// @notice No recovery is proposed.
    error EnterpriseRegistry_NoRecovery(Fingerprint fingerprint);

    /// @notice The owner can still cancel: the recovery is executable later; Unix seconds.
    error EnterpriseRegistry_TooEarly(Fingerprint fingerprint, uint40 executableAt, uint256 timestamp);

    /// @notice The new DID is zero or the present one.
    error EnterpriseRegistry_BadDid(Fingerprint fingerprint, address did);

    /// @notice Registers enterprises, each with its DID and the DID's P-256 key.
    ///
    /// Requirements:
    /// - the caller is a registrar.
    /// - no DID was ever registered for the fingerprint.
    /// - `signature` is the DID owner's over the registration and before `deadline`.
    /// - the key signature is the DID owner's ERC-1056 signature over the attribute and the owner's nonce.
    function registerBatch(Registration[] calldata items) external;

    /// @notice Suspends, reinstates or dissolves enterprises.
    ///
    /// Requirements:
    /// - the caller has the regulator role.
    /// - the transition is legal, see the state machine.
    function setStateBatch(StateChange[] calldata items) external;

    /// @notice Sets the guardians who can recover the enterprise.
    ///
    /// Requirements:
    /// - the enterprise is ACTIVE or SUSPENDED and no recovery is proposed.
    /// - guardians are strictly ascending, none is zero, 1 ≤ threshold ≤ their number ≤ `MAX_GUARDIANS`.
    /// - `sequence` is the present one.
    /// - authorised by the DID's owner, directly or by EIP-712.
    function setGuardiansBatch(GuardianSet[] calldata items) external;

    /// @notice Proposes to replace enterprises' DIDs; starts the delay in which the owner can cancel.
    ///
    /// Requirements:
    /// - the enterprise is ACTIVE or SUSPENDED and no recovery is proposed.
    /// - `threshold` and `guardians` are the recorded set, and at least `threshold` of them signed.
    /// - every signature that is not empty is that guardian's, and the deadline has not passed.
    /// - `sequence` is the present one.
    /// - `newDid` is neither zero nor the present DID.
    function proposeRecoveryBatch(RecoveryProposal[] calldata items) external;

    /// @notice Cancels proposed recoveries.
    ///
    /// Requirements:
    /// - a recovery is proposed.
    /// - `sequence` is the present one.
    /// - authorised by the present DID's owner, directly or by EIP-712.
    function cancelRecoveryBatch(RecoveryCancellation[] calldata items) external;

    /// @notice Executes recoveries whose delay is over; anyone may call.
    ///
    /// Requirements:
    /// - a recovery is proposed and its delay is over.
    /// - the enterprise is not DISSOLVED.
    function executeRecoveryBatch(Fingerprint[] calldata items) external;

    /// @notice Makes an account a registrar, or ends that. Kept here and not in the AccessManager, whose answer would cost
    /// each registration 12,000 gas more.
    ///
    /// Requirements:
    /// - the caller has the governor role.
    function setRegistrar(address account, bool allowed) external;

    /// @notice Whether an account is a registrar.
    function isRegistrar(address account) external view returns (bool);

    /// @notice The enterprise's record; all zero if it was never registered.
    function enterpriseOf(Fingerprint fingerprint) external view returns (Enterprise memory);

    /// @notice The proposed recovery; all zero if there is none.
    function recoveryOf(Fingerprint fingerprint) external view returns (Recovery memory);

    /// @notice keccak256(abi.encode(threshold, guardians)); zero if none were set.
    function guardiansDigestOf(Fingerprint fingerprint) external view returns (bytes32);

    /// @notice Whether `did` is the enterprise's DID and the enterprise is ACTIVE.
    function isLive(Fingerprint fingerprint, address did) external view returns (bool);
}
