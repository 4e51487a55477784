// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ISignedActions } from "./ISignedActions.sol";
import { ConsentId } from "./Types.sol";

/// @title IConsentRegistry
/// @notice Consents of enterprises to the reading of their data, and the roots of the access log.
///
/// State machine of a consent: NONE → ACTIVE ⇄ PAUSED → REVOKED (also ACTIVE → REVOKED). REVOKED is final. An expired
/// consent keeps its state but is not active.
///
/// Assumptions:
/// - The consent id is the digest of a salted record kept off chain, which names the purpose and the fields.
/// - Readers ask `isActive` at each read; nothing on chain can stop one that does not.
interface IConsentRegistry is ISignedActions {
    enum State {
        NONE, // never granted
        ACTIVE, // reads are covered until it expires
        PAUSED, // reads are not covered until it is resumed
        REVOKED // terminal
    }

    /// @param did The enterprise's identity, whose owner grants, pauses, resumes and revokes.
    /// @param expiresAt Unix time, seconds, exclusive; zero means that it does not expire.
    /// @param state See `State`.
    /// @param sequence Number of changes since the grant; the next one must name it.
    /// @param recipient Who may read.
    /// @param grantedAt Unix time, seconds.
    struct Consent {
        // slot 0: 20 + 5 + 1 + 4 bytes
        address did;
        uint40 expiresAt;
        State state;
        uint32 sequence;
        // slot 1: 20 + 5 bytes
        address recipient;
        uint40 grantedAt;
    }

    /// @param consentId Salted digest of the consent record.
    /// @param did The enterprise's identity; its owner authorises.
    /// @param recipient Who may read.
    /// @param expiresAt Unix time, seconds, exclusive; zero means that it does not expire.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `ConsentGrant`, or empty when the caller is the owner.
    struct ConsentGrant {
        ConsentId consentId;
        address did;
        address recipient;
        uint40 expiresAt;
        uint40 deadline;
        bytes signature;
    }

    /// @param consentId Which consent changes.
    /// @param sequence The consent's present sequence, so that no change can be replayed.
    /// @param deadline Unix time until which `signature` may be used, seconds.
    /// @param signature EIP-712 signature of `ConsentPause`, `ConsentResumption` or `ConsentRevocation`, or empty when
    /// the caller is the owner.
    struct ConsentChange {
        ConsentId consentId;
        uint32 sequence;
        uint40 deadline;
        bytes signature;
    }

    /// @param root Root of the access log after its first `size` entries.
    /// @param previousRoot The root anchored before; zero for the first.
    /// @param size Number of log entries under the root.
    struct LogRoot {
        bytes32 root;
        bytes32 previousRoot;
        uint64 size;
    }

    /// @param root The last anchored root.
    /// @param size Number of log entries under it.
    /// @param anchoredAt Unix time, seconds.
    struct LogHead {
        // slot 0
        bytes32 root;
        // slot 1: 8 + 5 bytes
        uint64 size;
        uint40 anchoredAt;
    }

    /// @notice A consent was granted.
    event ConsentGranted(ConsentId indexed consentId, address indexed did, address indexed recipient, uint40 expiresAt);

    /// @notice A consent's state changed; `sequence` is the number of changes including this one.
    event ConsentChanged(ConsentId indexed consentId, State state, uint32 sequence);

    /// @notice A keeper of an access log anchored its next root.
    event LogAnchored(address indexed keeper, uint64 indexed size, bytes32 root, bytes32 previousRoot);

    /// @notice The consent id was used before.
    error ConsentRegistry_AlreadyGranted(ConsentId consentId, address did);

    /// @notice The recipient is zero.
    error ConsentRegistry_NoRecipient(ConsentId consentId);

    /// @notice The consent would be expired from the start; Unix seconds.
    error ConsentRegistry_AlreadyExpired(ConsentId consentId, uint40 expiresAt, uint256 timestamp);

    /// @notice The consent's state forbids the change.
    error ConsentRegistry_WrongState(ConsentId consentId, State actual, State requested);

    /// @notice The item was signed for another sequence: it was used already, or another change came first.
    error ConsentRegistry_WrongSequence(ConsentId consentId, uint32 actual, uint32 given);

    /// @notice The root does not continue the log: `previousRoot` is not the last one, or the log did not grow.
    error ConsentRegistry_LogOutOfOrder(address keeper, bytes32 lastRoot, uint64 lastSize, uint64 size);

    /// @notice Grants consents.
    ///
    /// Requirements:
    /// - the consent id was never used.
    /// - the recipient is not zero and the expiry is in the future or zero.
    /// - authorised by the owner of `did`, directly or by EIP-712.
    function grantBatch(ConsentGrant[] calldata items) external;

    /// @notice Pauses consents; takes effect at the next read.
    ///
    /// Requirements:
    /// - the consent is ACTIVE and `sequence` is its present one.
    /// - authorised by the owner of its DID, directly or by EIP-712.
    function pauseBatch(ConsentChange[] calldata items) external;

    /// @notice Resumes paused consents.
    ///
    /// Requirements:
    /// - the consent is PAUSED and `sequence` is its present one.
    /// - authorised by the owner of its DID, directly or by EIP-712.
    function resumeBatch(ConsentChange[] calldata items) external;

    /// @notice Revokes consents, for good.
    ///
    /// Requirements:
    /// - the consent is ACTIVE or PAUSED and `sequence` is its present one.
    /// - authorised by the owner of its DID, directly or by EIP-712.
    function revokeBatch(ConsentChange[] calldata items) external;

    /// @notice Anchors the next roots of the caller's access log, strictly in order.
    ///
    /// Requirements:
    /// - the caller has the log keeper role.
    /// - `previousRoot` is the last root anchored by the caller, zero at first.
    /// - `size` is larger than the last one.
    function anchorLogBatch(LogRoot[] calldata items) external;

    /// @notice Whether the recipient may read under this consent now.
    function isActive(ConsentId consentId, address recipient) external view returns (bool);

    /// @notice The consent's record; all zero if it was never granted.
    function consentOf(ConsentId consentId) external view returns (Consent memory);

    /// @notice The last root a keeper anchored; all zero if none.
    function logHeadOf(address keeper) external view returns (LogHead memory);
}
