// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CredentialType } from "./Types.sol";

/// @title ICredentialRegistry
/// @notice Merkle roots of credential batches and two-bit statuses: 0 valid, 1 revoked (final), 2 suspended.
///
/// A leaf is keccak256(keccak256(abi.encode(credentialDigest, credentialType, statusIndex, assetFingerprint))): the double
/// hash makes a leaf differ from every inner node, so that no inner node passes for a credential. Inner nodes hash their
/// sorted pair, as OpenZeppelin's MerkleProof does: the position of a leaf proves nothing here, because the leaf itself
/// binds its status index, so an index in the proof would only cost calldata.
///
/// Statuses live in each issuer's own namespace: word `index >> 7` of the issuer holds 128 of them, the status of
/// `index` in bits `2 * (index & 127)`.
///
/// Assumptions:
/// - An issuer gives each of its credentials a status index of its own.
/// - `permits` keep positive answers of the AccreditationRegistry for as long as its tree is not narrowed, see
///   `invalidatePermits`; they are a cache, never a source.
interface ICredentialRegistry {
    /// @param anchoredAt Unix time, seconds; zero if never anchored.
    /// @param jurisdiction GB/T 2260 code for which the issuer acted.
    struct Batch {
        // slot 0: 5 + 3 bytes
        uint40 anchoredAt;
        uint24 jurisdiction;
    }

    /// @param root Merkle root of the batch.
    /// @param credentialType keccak256(vct), the same for every leaf.
    /// @param jurisdiction GB/T 2260 code for which the issuer acts.
    struct Anchor {
        bytes32 root;
        CredentialType credentialType;
        uint24 jurisdiction;
    }

    /// @param index Status index in the caller's namespace.
    /// @param status 0 valid, 1 revoked, 2 suspended.
    struct StatusUpdate {
        uint256 index;
        uint8 status;
    }

    /// @param wordIndex Which word of the caller's namespace: statuses `128 * wordIndex` to `128 * wordIndex + 127`.
    /// @param word All 128 statuses, two bits each.
    struct StatusWord {
        uint256 wordIndex;
        uint256 word;
    }

    /// @param issuer Who anchored the batch.
    /// @param root The batch's Merkle root.
    /// @param credentialDigest Digest of the credential as issued.
    /// @param credentialType keccak256(vct).
    /// @param statusIndex The credential's status index in the issuer's namespace.
    /// @param assetFingerprint Keyed fingerprint of the asset the credential is about; zero if none.
    /// @param proof Sibling hashes from the leaf up.
    struct Inclusion {
        address issuer;
        bytes32 root;
        bytes32 credentialDigest;
        CredentialType credentialType;
        uint256 statusIndex;
        bytes32 assetFingerprint;
        bytes32[] proof;
    }

    /// @notice An accredited issuer anchored a batch.
    event BatchAnchored(
        bytes32 indexed root,
        address indexed issuer,
        CredentialType indexed credentialType,
        uint24 jurisdiction
    );

    /// @notice An issuer set single statuses; those that were so already are among them.
    event StatusesChanged(address indexed issuer, StatusUpdate[] updates);

    /// @notice An issuer set whole words of statuses.
    event StatusWordsChanged(address indexed issuer, StatusWord[] words);

    /// @notice Every permit kept so far is void; each issuer's next write asks the AccreditationRegistry again.
    event PermitsInvalidated(uint256 epoch);

    /// @notice The issuer's branch is not accredited now for that type and jurisdiction.
    error CredentialRegistry_NotAccredited(address issuer, CredentialType credentialType, uint24 jurisdiction);

    /// @notice The caller is not a known issuer, or its branch is suspended.
    error CredentialRegistry_NotStanding(address issuer);

    /// @notice The issuer anchored this root for this type before.
    error CredentialRegistry_AlreadyAnchored(bytes32 root, uint40 anchoredAt);

    /// @notice The root is zero.
    error CredentialRegistry_NoRoot();

    /// @notice The credential is revoked, which is final.
    error CredentialRegistry_RevokedIsFinal(address issuer, uint256 index, uint8 requested);

    /// @notice The word would change a status that is revoked; `lost` has bit `2k` set for each such status `k`.
    error CredentialRegistry_RevokedInWord(address issuer, uint256 wordIndex, uint256 lost);

    /// @notice Statuses are 0, 1 or 2.
    error CredentialRegistry_BadStatus(uint256 index, uint256 status);

    /// @notice The word holds the value 3, which is no status; `bad` has bit `2k` set for each such status `k`.
    error CredentialRegistry_BadWord(uint256 wordIndex, uint256 bad);

    /// @notice Only the AccreditationRegistry may call.
    error CredentialRegistry_NotAccreditationRegistry(address caller);

    /// @notice Anchors one batch of the caller's credentials.
    ///
    /// Requirements:
    /// - the caller's whole branch is accredited now for the type and the jurisdiction.
    /// - the caller has not anchored the same root for the same type.
    /// - the root is not zero.
    function anchor(Anchor calldata item) external;

    /// @notice Anchors several batches of the caller's credentials.
    ///
    /// Requirements:
    /// - those of `anchor`, for each.
    function anchorBatch(Anchor[] calldata items) external;

    /// @notice Sets single statuses in the caller's namespace; a status that is already so is left alone. Consecutive
    /// items of the same word cost one write together.
    ///
    /// Requirements:
    /// - the caller is a known issuer and its branch is not suspended.
    /// - each status is 0, 1 or 2.
    /// - a revoked credential stays revoked.
    function setStatusBatch(StatusUpdate[] calldata items) external;

    /// @notice Sets whole words, 128 statuses each, in the caller's namespace.
    ///
    /// Requirements:
    /// - the caller is a known issuer and its branch is not suspended.
    /// - each of the 128 statuses is 0, 1 or 2.
    /// - a revoked credential stays revoked.
    function setStatusWordBatch(StatusWord[] calldata items) external;

    /// @notice Voids every permit kept so far.
    ///
    /// Requirements:
    /// - the caller is the AccreditationRegistry.
    function invalidatePermits() external;

    /// @notice Whether the credential is a leaf of a batch that its issuer anchored for its type.
    function verifyInclusion(Inclusion calldata inclusion) external view returns (bool);

    /// @notice The status of a credential: 0 valid, 1 revoked, 2 suspended; 0 for an index never used.
    function statusOf(address issuer, uint256 index) external view returns (uint8);

    /// @notice All 128 statuses of one word.
    function statusWordOf(address issuer, uint256 wordIndex) external view returns (uint256);

    /// @notice The batch an issuer anchored; all zero if it did not.
    function batchOf(address issuer, CredentialType credentialType, bytes32 root) external view returns (Batch memory);

    /// @notice The leaf that binds a credential, its type, its status index and its asset.
    function leafOf(
        bytes32 credentialDigest,
        CredentialType credentialType,
        uint256 statusIndex,
        bytes32 assetFingerprint
    ) external pure returns (bytes32);
}
