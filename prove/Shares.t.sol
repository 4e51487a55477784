// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PledgeRegistry } from "../contracts_sol/PledgeRegistry.sol";
import { IAccreditationRegistry } from "../contracts_sol/interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "../contracts_sol/interfaces/ICredentialRegistry.sol";
import { IPledgeRegistry } from "../contracts_sol/interfaces/IPledgeRegistry.sol";
import { AssetId, CredentialType, LienId } from "../contracts_sol/interfaces/Types.sol";
import { AnyAccreditation, Proof } from "./Proof.sol";

/// @notice Answers anything to what the PledgeRegistry asks the CredentialRegistry.
contract AnyCredentials is Proof {
    function verifyInclusion(ICredentialRegistry.Inclusion calldata) external pure returns (bool) {
        return SVM.createBool("included");
    }

    function statusOf(address, uint256) external pure returns (uint8) {
        return uint8(SVM.createUint(8, "status"));
    }
}

/// @notice Invariant 13 by induction: whatever the state, if shares add up to 10,000 at most and each live reservation is
/// counted in a lane of its own, the same holds after any item of any call. A batch is its items one after the other.
contract SharesProof is Proof {
    uint256 private constant _SHARES_SLOT = 2;

    PledgeRegistry private _registry;

    function setUp() public {
        _registry = new PledgeRegistry(
            address(this),
            IAccreditationRegistry(address(new AnyAccreditation())),
            ICredentialRegistry(address(new AnyCredentials())),
            new CredentialType[](0)
        );
        SVM.enableSymbolicStorage(address(_registry));
    }

    function check_aReservationKeepsTheWhole(
        address caller,
        LienId item,
        LienId one,
        LienId other,
        uint16 shareBps,
        uint40 expiresAt
    ) public {
        AssetId asset = _begin(item, one, other);
        IPledgeRegistry.Reservation[] memory items = new IPledgeRegistry.Reservation[](1);
        items[0] = IPledgeRegistry.Reservation(item, shareBps, expiresAt, 110000, _cite(asset));
        VM.prank(caller);
        _registry.reserveBatch(items);
        _end(asset, item, one, other);
    }

    function check_aPledgeKeepsTheWhole(
        address caller,
        LienId item,
        LienId one,
        LienId other,
        uint16 shareBps
    ) public {
        AssetId asset = _begin(item, one, other);
        IPledgeRegistry.Pledge[] memory items = new IPledgeRegistry.Pledge[](1);
        items[0] = IPledgeRegistry.Pledge(item, shareBps, 110000, _cite(asset));
        VM.prank(caller);
        _registry.pledgeBatch(items);
        _end(asset, item, one, other);
    }

    function check_anEndKeepsTheWhole(
        address caller,
        LienId item,
        LienId one,
        LienId other,
        bool enforces
    ) public {
        AssetId asset = _begin(item, one, other);
        IPledgeRegistry.LienEnd[] memory items = new IPledgeRegistry.LienEnd[](1);
        items[0] = IPledgeRegistry.LienEnd(asset, item, 0);
        VM.prank(caller);
        if (enforces) _registry.enforceBatch(items);
        else _registry.releaseBatch(items);
        _end(asset, item, one, other);
    }

    function check_aTransferKeepsTheWhole(
        address caller,
        LienId item,
        LienId one,
        LienId other,
        address to
    ) public {
        AssetId asset = _begin(item, one, other);
        IPledgeRegistry.LienTransfer[] memory items = new IPledgeRegistry.LienTransfer[](1);
        items[0] = IPledgeRegistry.LienTransfer(asset, item, to, 110000);
        VM.prank(caller);
        _registry.transferBatch(items);
        _end(asset, item, one, other);
    }

    /// @dev Any asset in any state in which the statement holds, of the lien acted on and of any two others.
    function _begin(LienId item, LienId one, LienId other) private returns (AssetId asset) {
        _anyTime();
        asset = AssetId.wrap(SVM.createBytes32("asset"));
        VM.assume(_isWhole(asset));
        VM.assume(_isCounted(asset, item) && _isCounted(asset, one) && _isCounted(asset, other));
        VM.assume(_areApart(asset, item, one) && _areApart(asset, item, other) && _areApart(asset, one, other));
    }

    function _end(AssetId asset, LienId item, LienId one, LienId other) private view {
        assert(_isWhole(asset));
        assert(_isCounted(asset, item) && _isCounted(asset, one));
        assert(_areApart(asset, item, one) && _areApart(asset, one, other));
    }

    function _isWhole(AssetId asset) private view returns (bool) {
        (uint256 pledged, uint256 reserved) = _registry.sharesOf(asset);
        return pledged + reserved <= 10_000;
    }

    /// @dev A live reservation's lane holds its share and its end.
    function _isCounted(AssetId asset, LienId lienId) private view returns (bool) {
        IPledgeRegistry.Lien memory lien = _registry.lienOf(asset, lienId);
        if (!_isLive(lien)) return true;
        if (lien.lane > 3) return false;
        uint256 shares = uint256(VM.load(address(_registry), keccak256(abi.encode(asset, _SHARES_SLOT))));
        uint256 lane = (shares >> (32 + uint256(lien.lane) * 54)) & ((1 << 54) - 1);
        return lane == (uint256(lien.shareBps) << 40 | lien.expiresAt);
    }

    /// @dev Two live reservations have different lanes.
    function _areApart(AssetId asset, LienId one, LienId other) private view returns (bool) {
        if (LienId.unwrap(one) == LienId.unwrap(other)) return true;
        IPledgeRegistry.Lien memory first = _registry.lienOf(asset, one);
        IPledgeRegistry.Lien memory second = _registry.lienOf(asset, other);
        return !_isLive(first) || !_isLive(second) || first.lane != second.lane;
    }

    function _isLive(IPledgeRegistry.Lien memory lien) private view returns (bool) {
        return lien.state == IPledgeRegistry.State.RESERVED && block.timestamp < lien.expiresAt;
    }

    function _cite(AssetId asset) private pure returns (ICredentialRegistry.Inclusion memory) {
        return
            ICredentialRegistry.Inclusion({
                issuer: address(1),
                root: bytes32(uint256(1)),
                credentialDigest: 0,
                credentialType: CredentialType.wrap(bytes32(uint256(1))),
                statusIndex: 0,
                assetFingerprint: AssetId.unwrap(asset),
                proof: new bytes32[](0)
            });
    }
}
