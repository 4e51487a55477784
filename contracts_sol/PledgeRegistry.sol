// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import { AssetShares } from "./base/AssetShares.sol";
import { IAccreditationRegistry } from "./interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "./interfaces/ICredentialRegistry.sol";
import { IPledgeRegistry } from "./interfaces/IPledgeRegistry.sol";
import { AssetId, CredentialType, LienId } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing
// slither-disable-start calls-loop: the callee is a registry of ours, fixed at deployment; a batch is as long as its sender pays for
// slither-disable-start naming-convention: immutables are written as constants are

/// @title PledgeRegistry
// slither-disable-next-line unimplemented-functions: the getter of the mapping implements it
contract PledgeRegistry is IPledgeRegistry, AccessManaged {
    using AssetShares for uint256;

    /// @notice The act a bank must be licensed for.
    CredentialType public constant PLEDGE = CredentialType.wrap(keccak256("urn:qilian:act:pledge"));

    /// @notice The most seconds a reservation can last.
    uint40 public constant MAX_RESERVATION = 30 days;

    /// @notice The most reservations that can be live on an asset at a time.
    uint256 public constant MAX_RESERVATIONS = AssetShares.LANES;

    /// @notice The most liens an asset can have in its life.
    uint256 public constant MAX_LIENS = type(uint16).max;

    /// @notice Who says which bank is licensed.
    IAccreditationRegistry public immutable ACCREDITATION_REGISTRY;

    /// @notice Where the assets' credentials are anchored.
    ICredentialRegistry public immutable CREDENTIAL_REGISTRY;

    /// @inheritdoc IPledgeRegistry
    mapping(CredentialType credentialType => bool allowed) public isAssetType;

    /// @dev See `AssetShares` for the layout.
    mapping(AssetId asset => uint256 shares) private _shares;
    mapping(AssetId asset => mapping(LienId lienId => Lien)) private _liens;

    constructor(
        address authority_,
        IAccreditationRegistry accreditationRegistry,
        ICredentialRegistry credentialRegistry,
        CredentialType[] memory assetTypes
    ) AccessManaged(authority_) {
        ACCREDITATION_REGISTRY = accreditationRegistry;
        CREDENTIAL_REGISTRY = credentialRegistry;
        for (uint256 i; i < assetTypes.length; ++i) _setAssetType(assetTypes[i], true);
    }

    /// @inheritdoc IPledgeRegistry
    function reserveBatch(Reservation[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _reserve(items[i]);
    }

    /// @inheritdoc IPledgeRegistry
    function pledgeBatch(Pledge[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _pledge(items[i]);
    }

    /// @inheritdoc IPledgeRegistry
    function releaseBatch(LienEnd[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _release(items[i]);
    }

    /// @inheritdoc IPledgeRegistry
    function enforceBatch(LienEnd[] calldata items) external {
        if (!ACCREDITATION_REGISTRY.isStanding(msg.sender)) revert PledgeRegistry_NotLicensed(msg.sender, 0);
        for (uint256 i; i < items.length; ++i) _enforce(items[i]);
    }

    /// @inheritdoc IPledgeRegistry
    function transferBatch(LienTransfer[] calldata items) external {
        for (uint256 i; i < items.length; ++i) _transfer(items[i]);
    }

    /// @inheritdoc IPledgeRegistry
    function setAssetType(CredentialType credentialType, bool allowed) external restricted {
        _setAssetType(credentialType, allowed);
    }

    /// @inheritdoc IPledgeRegistry
    function lienOf(AssetId asset, LienId lienId) external view returns (Lien memory) {
        return _liens[asset][lienId];
    }

    /// @inheritdoc IPledgeRegistry
    function sharesOf(AssetId asset) external view returns (uint256 pledgedBps, uint256 reservedBps) {
        uint256 shares = _shares[asset];
        return (shares.pledgedBps(), shares.reservedBps(block.timestamp));
    }

    function _reserve(Reservation calldata item) private {
        AssetId asset = _cite(item.inclusion, item.jurisdiction);
        _requireNew(asset, item.lienId);
        uint256 latest = block.timestamp + MAX_RESERVATION;
        if (item.expiresAt <= block.timestamp || item.expiresAt > latest) {
            revert PledgeRegistry_BadExpiry(item.lienId, item.expiresAt, latest);
        }
        uint256 shares = _withNewLien(asset, item.lienId, item.shareBps);
        uint256 lane = shares.freeLane(block.timestamp);
        // slither-disable-next-line incorrect-equality: `freeLane` counts up to that at most
        if (lane == MAX_RESERVATIONS) revert PledgeRegistry_TooManyReservations(asset, MAX_RESERVATIONS);
        uint16 rank = uint16(shares.liens());
        _shares[asset] = shares.setLane(lane, item.expiresAt, item.shareBps);
        _liens[asset][item.lienId] = Lien({
            holder: msg.sender,
            expiresAt: item.expiresAt,
            shareBps: item.shareBps,
            rank: rank,
            state: State.RESERVED,
            lane: uint8(lane)
        });
        emit LienReserved(asset, item.lienId, msg.sender, item.shareBps, rank, item.expiresAt);
    }

    function _pledge(Pledge calldata item) private {
        AssetId asset = _cite(item.inclusion, item.jurisdiction);
        Lien storage lien = _liens[asset][item.lienId];
        uint16 rank;
        if (lien.state == State.RESERVED) {
            rank = _pledgeReserved(asset, item, lien);
        } else {
            _requireNew(asset, item.lienId);
            uint256 shares = _withNewLien(asset, item.lienId, item.shareBps);
            rank = uint16(shares.liens());
            _shares[asset] = shares.addPledged(item.shareBps);
            _liens[asset][item.lienId] = Lien({
                holder: msg.sender,
                expiresAt: 0,
                shareBps: item.shareBps,
                rank: rank,
                state: State.PLEDGED,
                lane: 0
            });
        }
        emit LienPledged(asset, item.lienId, msg.sender, item.shareBps, rank);
    }

    /// @dev Turns the caller's live reservation into a pledge; returns its rank.
    function _pledgeReserved(AssetId asset, Pledge calldata item, Lien storage lien) private returns (uint16) {
        _requireHolder(asset, item.lienId, lien);
        if (block.timestamp >= lien.expiresAt) {
            revert PledgeRegistry_ReservationExpired(asset, item.lienId, lien.expiresAt, block.timestamp);
        }
        if (item.shareBps != lien.shareBps) revert PledgeRegistry_BadShare(item.lienId, item.shareBps);
        _shares[asset] = _shares[asset].setLane(lien.lane, 0, 0).addPledged(item.shareBps);
        lien.state = State.PLEDGED;
        lien.expiresAt = 0;
        lien.lane = 0;
        return lien.rank;
    }

    function _release(LienEnd calldata item) private {
        Lien storage lien = _liens[item.asset][item.lienId];
        _requireHolder(item.asset, item.lienId, lien);
        if (lien.state == State.PLEDGED) {
            _shares[item.asset] = _shares[item.asset].removePledged(lien.shareBps);
        } else if (lien.state != State.RESERVED) {
            revert PledgeRegistry_WrongState(item.asset, item.lienId, lien.state, State.RELEASED);
        } else if (block.timestamp < lien.expiresAt) {
            // Once expired, the lane may already belong to another reservation.
            _shares[item.asset] = _shares[item.asset].setLane(lien.lane, 0, 0);
        }
        lien.state = State.RELEASED;
        emit LienReleased(item.asset, item.lienId, item.evidenceDigest);
    }

    function _enforce(LienEnd calldata item) private {
        _ownPledge(item.asset, item.lienId, State.ENFORCED).state = State.ENFORCED;
        emit LienEnforced(item.asset, item.lienId, item.evidenceDigest);
    }

    function _transfer(LienTransfer calldata item) private {
        Lien storage lien = _ownPledge(item.asset, item.lienId, State.PLEDGED);
        _requireLicensed(item.to, item.jurisdiction);
        lien.holder = item.to;
        emit LienTransferred(item.asset, item.lienId, item.to);
    }

    function _setAssetType(CredentialType credentialType, bool allowed) private {
        isAssetType[credentialType] = allowed;
        emit AssetTypeSet(credentialType, allowed);
    }

    /// @dev The asset of a valid credential that the licensed caller cites.
    function _cite(
        ICredentialRegistry.Inclusion calldata inclusion,
        uint24 jurisdiction
    ) private view returns (AssetId asset) {
        _requireLicensed(msg.sender, jurisdiction);
        asset = AssetId.wrap(inclusion.assetFingerprint);
        if (inclusion.assetFingerprint == 0 || !isAssetType[inclusion.credentialType]) {
            revert PledgeRegistry_NotAnAsset(asset, inclusion.credentialType);
        }
        if (!CREDENTIAL_REGISTRY.verifyInclusion(inclusion)) {
            revert PledgeRegistry_NotIncluded(asset, inclusion.issuer, inclusion.root);
        }
        uint8 status = CREDENTIAL_REGISTRY.statusOf(inclusion.issuer, inclusion.statusIndex);
        if (status != 0) {
            revert PledgeRegistry_CredentialNotValid(asset, inclusion.issuer, inclusion.statusIndex, status);
        }
    }

    /// @dev The asset's shares with one lien more counted, after checking that the share still fits.
    function _withNewLien(AssetId asset, LienId lienId, uint16 shareBps) private view returns (uint256 shares) {
        if (shareBps == 0 || shareBps > AssetShares.WHOLE_BPS) revert PledgeRegistry_BadShare(lienId, shareBps);
        shares = _shares[asset];
        uint256 already = shares.pledgedBps() + shares.reservedBps(block.timestamp);
        if (already + shareBps > AssetShares.WHOLE_BPS) {
            revert PledgeRegistry_OverPledged(asset, already, shareBps);
        }
        // slither-disable-next-line incorrect-equality: the count goes up by one at a time
        if (shares.liens() == MAX_LIENS) revert PledgeRegistry_TooManyLiens(asset, MAX_LIENS);
        return shares.countLien();
    }

    function _ownPledge(AssetId asset, LienId lienId, State requested) private view returns (Lien storage lien) {
        lien = _liens[asset][lienId];
        _requireHolder(asset, lienId, lien);
        if (lien.state != State.PLEDGED) {
            revert PledgeRegistry_WrongState(asset, lienId, lien.state, requested);
        }
    }

    function _requireNew(AssetId asset, LienId lienId) private view {
        State state = _liens[asset][lienId].state;
        if (state != State.NONE) revert PledgeRegistry_AlreadyMade(asset, lienId, state);
    }

    function _requireHolder(AssetId asset, LienId lienId, Lien storage lien) private view {
        if (lien.holder != msg.sender) revert PledgeRegistry_NotHolder(asset, lienId, lien.holder, msg.sender);
    }

    function _requireLicensed(address bank, uint24 jurisdiction) private view {
        if (!ACCREDITATION_REGISTRY.isAccredited(bank, PLEDGE, jurisdiction, uint40(block.timestamp))) {
            revert PledgeRegistry_NotLicensed(bank, jurisdiction);
        }
    }
}
// slither-disable-end timestamp,calls-loop,naming-convention
