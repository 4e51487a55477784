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

/// @notice Invariant 13 by induction over the state machine: whatever the state, if
///  - the asset's shares add up to 10,000 at most (whole),
///  - each live reservation's lane holds its share and its end (counted), and
///  - no two live reservations have the same lane (apart),
/// then the same holds after one item of any call; a batch is its items one after the other. Time only ends reservations.
///
/// The state is read from the slots, without branches, which keeps the paths few.
contract SharesProof is Proof {
    uint256 private constant _SHARES_SLOT = 2;
    uint256 private constant _LIENS_SLOT = 3;
    uint256 private constant _RESERVED = 1;
    uint256 private constant _WHOLE_BPS = 10_000;

    PledgeRegistry private _registry;
    uint256 private _time;

    enum Act {
        RESERVE,
        PLEDGE,
        RELEASE,
        ENFORCE,
        TRANSFER
    }

    function setUp() public {
        _registry = new PledgeRegistry(
            address(this),
            IAccreditationRegistry(address(new AnyAccreditation())),
            ICredentialRegistry(address(new AnyCredentials())),
            new CredentialType[](0)
        );
        SVM.enableSymbolicStorage(address(_registry));
    }

    function check_aReservationKeepsTheWhole(AssetId asset, LienId item, uint16 bps, uint40 until) public {
        _keepsTheWhole(Act.RESERVE, asset, item, bps, until);
    }

    function check_aPledgeKeepsTheWhole(AssetId asset, LienId item, uint16 bps) public {
        _keepsTheWhole(Act.PLEDGE, asset, item, bps, 0);
    }

    function check_aReleaseKeepsTheWhole(AssetId asset, LienId item) public {
        _keepsTheWhole(Act.RELEASE, asset, item, 0, 0);
    }

    function check_anEnforcementKeepsTheWhole(AssetId asset, LienId item) public {
        _keepsTheWhole(Act.ENFORCE, asset, item, 0, 0);
    }

    function check_aTransferKeepsTheWhole(AssetId asset, LienId item) public {
        _keepsTheWhole(Act.TRANSFER, asset, item, 0, 0);
    }

    function check_aReservationKeepsTheLanes(
        AssetId asset,
        LienId item,
        LienId other,
        uint16 bps,
        uint40 until
    ) public {
        _keepsTheLanes(Act.RESERVE, asset, item, other, bps, until);
    }

    function check_aPledgeKeepsTheLanes(AssetId asset, LienId item, LienId other, uint16 bps) public {
        _keepsTheLanes(Act.PLEDGE, asset, item, other, bps, 0);
    }

    function check_aReleaseKeepsTheLanes(AssetId asset, LienId item, LienId other) public {
        _keepsTheLanes(Act.RELEASE, asset, item, other, 0, 0);
    }

    function check_anEnforcementKeepsTheLanes(AssetId asset, LienId item, LienId other) public {
        _keepsTheLanes(Act.ENFORCE, asset, item, other, 0, 0);
    }

    function check_aTransferKeepsTheLanes(AssetId asset, LienId item, LienId other) public {
        _keepsTheLanes(Act.TRANSFER, asset, item, other, 0, 0);
    }

    function _keepsTheWhole(Act act, AssetId asset, LienId item, uint16 bps, uint40 until) private {
        _time = _anyTime();
        VM.assume(_isWhole(asset));
        VM.assume(_isCounted(asset, item));
        _do(act, asset, item, bps, until);
        assert(_isWhole(asset));
    }

    function _keepsTheLanes(Act act, AssetId asset, LienId item, LienId other, uint16 bps, uint40 until) private {
        _time = _anyTime();
        VM.assume(LienId.unwrap(item) != LienId.unwrap(other));
        VM.assume(_isCounted(asset, item));
        VM.assume(_isCounted(asset, other));
        VM.assume(_areApart(asset, item, other));
        _do(act, asset, item, bps, until);
        assert(_isCounted(asset, item));
        assert(_isCounted(asset, other));
        assert(_areApart(asset, item, other));
    }

    function _do(Act act, AssetId asset, LienId item, uint16 bps, uint40 until) private {
        VM.prank(address(uint160(SVM.createUint(160, "caller"))));
        if (act == Act.RESERVE) {
            IPledgeRegistry.Reservation[] memory items = new IPledgeRegistry.Reservation[](1);
            items[0] = IPledgeRegistry.Reservation(item, bps, until, 110000, _cite(asset));
            _registry.reserveBatch(items);
        } else if (act == Act.PLEDGE) {
            IPledgeRegistry.Pledge[] memory items = new IPledgeRegistry.Pledge[](1);
            items[0] = IPledgeRegistry.Pledge(item, bps, 110000, _cite(asset));
            _registry.pledgeBatch(items);
        } else if (act == Act.TRANSFER) {
            IPledgeRegistry.LienTransfer[] memory items = new IPledgeRegistry.LienTransfer[](1);
            items[0] = IPledgeRegistry.LienTransfer(asset, item, address(0x1004), 110000);
            _registry.transferBatch(items);
        } else {
            IPledgeRegistry.LienEnd[] memory items = new IPledgeRegistry.LienEnd[](1);
            items[0] = IPledgeRegistry.LienEnd(asset, item, 0);
            if (act == Act.RELEASE) _registry.releaseBatch(items);
            else _registry.enforceBatch(items);
        }
    }

    function _isWhole(AssetId asset) private view returns (bool whole) {
        uint256 shares = _sharesOf(asset);
        uint256 time = _time;
        assembly ("memory-safe") {
            let total := and(shares, 0xffff)
            for {
                let lane := 0
            } lt(lane, 4) {
                lane := add(lane, 1)
            } {
                let held := and(shr(add(32, mul(lane, 54)), shares), 0x3fffffffffffff)
                let isLive := gt(and(held, 0xffffffffff), time)
                total := add(total, and(sub(0, isLive), shr(40, held)))
            }
            whole := iszero(gt(total, _WHOLE_BPS))
        }
    }

    function _isCounted(AssetId asset, LienId lienId) private view returns (bool counted) {
        uint256 shares = _sharesOf(asset);
        uint256 lien = _lienOf(asset, lienId);
        uint256 isLive = _isLive(lien);
        assembly ("memory-safe") {
            let lane := and(shr(240, lien), 0xff)
            let held := and(shr(add(32, mul(lane, 54)), shares), 0x3fffffffffffff)
            let wanted := or(shl(40, and(shr(200, lien), 0xffff)), and(shr(160, lien), 0xffffffffff))
            counted := or(iszero(isLive), and(lt(lane, 4), eq(held, wanted)))
        }
    }

    function _areApart(AssetId asset, LienId one, LienId other) private view returns (bool apart) {
        uint256 first = _lienOf(asset, one);
        uint256 second = _lienOf(asset, other);
        uint256 areLive = _isLive(first) & _isLive(second);
        assembly ("memory-safe") {
            let areSame := eq(and(shr(240, first), 0xff), and(shr(240, second), 0xff))
            apart := iszero(and(areLive, areSame))
        }
    }

    /// @dev 1 if the lien is RESERVED and has not ended, else 0.
    function _isLive(uint256 lien) private view returns (uint256 live) {
        uint256 time = _time;
        assembly ("memory-safe") {
            live := and(eq(and(shr(232, lien), 0xff), _RESERVED), gt(and(shr(160, lien), 0xffffffffff), time))
        }
    }

    function _sharesOf(AssetId asset) private view returns (uint256) {
        return uint256(VM.load(address(_registry), keccak256(abi.encode(asset, _SHARES_SLOT))));
    }

    /// @dev A lien's slot: 160 bits holder, 40 end, 16 basis points, 16 rank, 8 state, 8 lane.
    function _lienOf(AssetId asset, LienId lienId) private view returns (uint256) {
        bytes32 ofAsset = keccak256(abi.encode(asset, _LIENS_SLOT));
        return uint256(VM.load(address(_registry), keccak256(abi.encode(lienId, ofAsset))));
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
