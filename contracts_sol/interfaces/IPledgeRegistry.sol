// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICredentialRegistry } from "./ICredentialRegistry.sol";
import { AssetId, CredentialType, LienId } from "./Types.sol";

/// @title IPledgeRegistry
/// @notice Liens of licensed banks on assets: shares in basis points of the asset's value, never above 10,000 in all.
///
/// State machine of a lien: NONE → RESERVED (until it expires) → PLEDGED → RELEASED or ENFORCED (also NONE → PLEDGED and
/// RESERVED → RELEASED). RELEASED and ENFORCED are final. An expired reservation counts for nothing from its expiry on,
/// without anyone's doing. An enforced share stays used up.
///
/// Assumptions:
/// - The asset's fingerprint is keyed, so that two banks that are shown the same asset's credential name the same asset.
/// - Whether the owner agreed to the pledge is in the agreement whose salted digest is the lien's id.
interface IPledgeRegistry {
    enum State {
        NONE, // never made
        RESERVED, // holds a share until it expires
        PLEDGED, // holds a share
        RELEASED, // terminal: the share is free again
        ENFORCED // terminal: the share is used up
    }

    /// @param holder The bank that holds the lien.
    /// @param expiresAt Unix time at which a reservation ends, seconds, exclusive; zero once pledged.
    /// @param shareBps Share of the asset's value, basis points.
    /// @param rank Order of satisfaction: 1 before 2.
    /// @param state See `State`.
    /// @param lane Where a reservation is counted in the asset's word, 0 to 3.
    struct Lien {
        // slot 0: 20 + 5 + 2 + 2 + 1 + 1 bytes
        address holder;
        uint40 expiresAt;
        uint16 shareBps;
        uint16 rank;
        State state;
        uint8 lane;
    }

    /// @param lienId Salted digest of the agreement.
    /// @param shareBps Share asked for, basis points.
    /// @param expiresAt Unix time at which the reservation ends, seconds.
    /// @param jurisdiction GB/T 2260 code for which the bank acts.
    /// @param inclusion Proof of the asset's credential; its `assetFingerprint` names the asset.
    struct Reservation {
        LienId lienId;
        uint16 shareBps;
        uint40 expiresAt;
        uint24 jurisdiction;
        ICredentialRegistry.Inclusion inclusion;
    }

    /// @param lienId Salted digest of the agreement; the caller's live reservation of that id is turned into the pledge.
    /// @param shareBps Share asked for, basis points; the reserved one where there is a reservation.
    /// @param jurisdiction GB/T 2260 code for which the bank acts.
    /// @param inclusion Proof of the asset's credential; its `assetFingerprint` names the asset.
    struct Pledge {
        LienId lienId;
        uint16 shareBps;
        uint24 jurisdiction;
        ICredentialRegistry.Inclusion inclusion;
    }

    /// @param asset On which asset.
    /// @param lienId Which lien.
    /// @param evidenceDigest Salted digest of the evidence kept off chain.
    struct LienEnd {
        AssetId asset;
        LienId lienId;
        bytes32 evidenceDigest;
    }

    /// @param asset On which asset.
    /// @param lienId Which lien.
    /// @param to The bank that takes it over.
    /// @param jurisdiction GB/T 2260 code for which that bank acts.
    struct LienTransfer {
        AssetId asset;
        LienId lienId;
        address to;
        uint24 jurisdiction;
    }

    /// @notice A bank reserved a share of an asset.
    event LienReserved(
        AssetId indexed asset,
        LienId indexed lienId,
        address indexed holder,
        uint16 shareBps,
        uint16 rank,
        uint40 expiresAt
    );

    /// @notice A share of an asset was pledged to a bank.
    event LienPledged(
        AssetId indexed asset,
        LienId indexed lienId,
        address indexed holder,
        uint16 shareBps,
        uint16 rank
    );

    /// @notice A lien was given up; its share is free.
    event LienReleased(AssetId indexed asset, LienId indexed lienId, bytes32 evidenceDigest);

    /// @notice A lien was enforced; its share is used up.
    event LienEnforced(AssetId indexed asset, LienId indexed lienId, bytes32 evidenceDigest);

    /// @notice A lien passed to another bank, rank and share unchanged.
    event LienTransferred(AssetId indexed asset, LienId indexed lienId, address indexed to);

    /// @notice Credentials of this type can or can no longer be cited for an asset.
    event AssetTypeSet(CredentialType indexed credentialType, bool allowed);

    /// @notice Together with what is pledged and validly reserved the share would exceed 10,000 basis points.
    error PledgeRegistry_OverPledged(AssetId asset, uint256 alreadyBps, uint256 requestedBps);

    /// @notice The share is zero or above 10,000, or differs from the reserved one.
    error PledgeRegistry_BadShare(LienId lienId, uint16 shareBps);

    /// @notice The bank's branch is not licensed now for pledges in that jurisdiction, or is suspended.
    error PledgeRegistry_NotLicensed(address bank, uint24 jurisdiction);

    /// @notice The credential names no asset, or its type cannot be cited for one.
    error PledgeRegistry_NotAnAsset(AssetId asset, CredentialType credentialType);

    /// @notice The proof does not lead to a root its issuer anchored for that type.
    error PledgeRegistry_NotIncluded(AssetId asset, address issuer, bytes32 root);

    /// @notice The asset's credential is revoked (1) or suspended (2).
    error PledgeRegistry_CredentialNotValid(AssetId asset, address issuer, uint256 statusIndex, uint8 status);

    /// @notice The lien id was used before on this asset.
    error PledgeRegistry_AlreadyMade(AssetId asset, LienId lienId, State state);

    /// @notice The lien's state forbids the call.
    error PledgeRegistry_WrongState(AssetId asset, LienId lienId, State actual, State requested);

    /// @notice The lien belongs to another bank.
    error PledgeRegistry_NotHolder(AssetId asset, LienId lienId, address holder, address caller);

    /// @notice The reservation is over; Unix seconds.
    error PledgeRegistry_ReservationExpired(AssetId asset, LienId lienId, uint40 expiresAt, uint256 timestamp);

    /// @notice The reservation would end in the past, or too far ahead; Unix seconds.
    error PledgeRegistry_BadExpiry(LienId lienId, uint40 expiresAt, uint256 latest);

    /// @notice The asset has as many live reservations as it can have.
    error PledgeRegistry_TooManyReservations(AssetId asset, uint256 maximum);

    /// @notice The asset has as many liens as it can have in its life.
    error PledgeRegistry_TooManyLiens(AssetId asset, uint256 maximum);

    /// @notice Reserves shares of assets for the caller.
    ///
    /// Requirements:
    /// - the caller's branch is licensed now for pledges in the jurisdiction.
    /// - the asset's credential is of a type for assets, anchored, proved by Merkle proof and valid.
    /// - the lien id is new on the asset and 1 ≤ `shareBps` ≤ 10,000.
    /// - `expiresAt` is in the future and at most `MAX_RESERVATION` seconds ahead.
    /// - fewer than `MAX_RESERVATIONS` reservations are live on the asset.
    /// - pledged, enforced and validly reserved shares stay at or below 10,000 basis points.
    function reserveBatch(Reservation[] calldata items) external;

    /// @notice Pledges shares of assets to the caller, directly or from its live reservation.
    ///
    /// Requirements:
    /// - the caller's branch is licensed now for pledges in the jurisdiction.
    /// - the asset's credential is of a type for assets, anchored, proved by Merkle proof and valid.
    /// - the lien id is new on the asset, or the caller's reservation, not expired, of the same share.
    /// - pledged, enforced and validly reserved shares stay at or below 10,000 basis points.
    function pledgeBatch(Pledge[] calldata items) external;

    /// @notice Gives up reservations or pledges; their shares are free.
    ///
    /// Requirements:
    /// - the caller holds the lien and it is RESERVED or PLEDGED.
    function releaseBatch(LienEnd[] calldata items) external;

    /// @notice Records that pledges were enforced; their shares stay used up.
    ///
    /// Requirements:
    /// - the caller holds the lien, its branch is not suspended, and the lien is PLEDGED.
    function enforceBatch(LienEnd[] calldata items) external;

    /// @notice Passes pledges to other banks.
    ///
    /// Requirements:
    /// - the caller holds the lien and it is PLEDGED.
    /// - the other bank's branch is licensed now for pledges in the jurisdiction.
    function transferBatch(LienTransfer[] calldata items) external;

    /// @notice Says whether credentials of a type can be cited for an asset.
    ///
    /// Requirements:
    /// - the caller has the governor role.
    function setAssetType(CredentialType credentialType, bool allowed) external;

    /// @notice The lien's record; all zero if it was never made.
    function lienOf(AssetId asset, LienId lienId) external view returns (Lien memory);

    /// @notice What is taken of an asset now.
    /// @return pledgedBps Pledged and enforced shares, basis points.
    /// @return reservedBps Shares of reservations that have not expired, basis points.
    function sharesOf(AssetId asset) external view returns (uint256 pledgedBps, uint256 reservedBps);

    /// @notice Whether credentials of a type can be cited for an asset.
    function isAssetType(CredentialType credentialType) external view returns (bool);
}
