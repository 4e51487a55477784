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

/// @notice Invariants 13 and 14 by induction: in any state of an asset in which
///  - all shares add up to 10,000 at most,
///  - the pledged ones are the sum of what its liens hold, and
///  - each live reservation is counted in a lane of its own,
/// one item of any call keeps all three; a batch is its items one after the other, and time only ends reservations.
///
/// The state is any asset word, and one lien that is acted on, in any state it can be in; `_rest` is what all other liens
/// hold of the pledged shares. That no other lien is affected is that no lane of theirs is.
contract SharesProof is Proof {
    uint256 private constant _ASSET_TYPES_SLOT = 1;
    uint256 private constant _SHARES_SLOT = 2;
    uint256 private constant _LIENS_SLOT = 3;
    uint256 private constant _WHOLE_BPS = 10_000;
    uint256 private constant _RESERVED = 1;
    uint256 private constant _PLEDGED = 2;
    uint256 private constant _RELEASED = 3;
    uint256 private constant _ENFORCED = 4;
    uint256 private constant _NO_LANE = 4;
    CredentialType private constant _KIND = CredentialType.wrap(bytes32(uint256(1)));
    AssetId private constant _ASSET = AssetId.wrap(bytes32(uint256(0xA55E7)));
    LienId private constant _LIEN = LienId.wrap(bytes32(uint256(0x11E2)));

    PledgeRegistry private _registry;
    uint256 private _time;
    uint256 private _rest;

    function setUp() public {
        _registry = new PledgeRegistry(
            address(this),
            IAccreditationRegistry(address(new AnyAccreditation())),
            ICredentialRegistry(address(new AnyCredentials())),
            new CredentialType[](0)
        );
        VM.store(address(_registry), keccak256(abi.encode(_KIND, _ASSET_TYPES_SLOT)), bytes32(uint256(1)));
    }

    function check_aReservationKeepsTheWhole(uint8 state, address caller, uint16 bps, uint40 until) public {
        (uint256 before, uint256 lane) = _begin(state);
        IPledgeRegistry.Reservation[] memory items = new IPledgeRegistry.Reservation[](1);
        items[0] = IPledgeRegistry.Reservation(_LIEN, bps, until, 110000, _cite());
        VM.prank(caller);
        _registry.reserveBatch(items);
        _end(before, lane);
    }

    function check_aPledgeKeepsTheWhole(uint8 state, address caller, uint16 bps) public {
        (uint256 before, uint256 lane) = _begin(state);
        IPledgeRegistry.Pledge[] memory items = new IPledgeRegistry.Pledge[](1);
        items[0] = IPledgeRegistry.Pledge(_LIEN, bps, 110000, _cite());
        VM.prank(caller);
        _registry.pledgeBatch(items);
        _end(before, lane);
    }

    function check_aReleaseKeepsTheWhole(uint8 state, address caller) public {
        (uint256 before, uint256 lane) = _begin(state);
        IPledgeRegistry.LienEnd[] memory items = new IPledgeRegistry.LienEnd[](1);
        items[0] = IPledgeRegistry.LienEnd(_ASSET, _LIEN, 0);
        VM.prank(caller);
        _registry.releaseBatch(items);
        _end(before, lane);
    }

    function check_anEnforcementKeepsTheWhole(uint8 state, address caller) public {
        (uint256 before, uint256 lane) = _begin(state);
        IPledgeRegistry.LienEnd[] memory items = new IPledgeRegistry.LienEnd[](1);
        items[0] = IPledgeRegistry.LienEnd(_ASSET, _LIEN, 0);
        VM.prank(caller);
        _registry.enforceBatch(items);
        _end(before, lane);
    }

    function check_aTransferKeepsTheWhole(uint8 state, address caller, address to) public {
        (uint256 before, uint256 lane) = _begin(state);
        IPledgeRegistry.LienTransfer[] memory items = new IPledgeRegistry.LienTransfer[](1);
        items[0] = IPledgeRegistry.LienTransfer(_ASSET, _LIEN, to, 110000);
        VM.prank(caller);
        _registry.transferBatch(items);
        _end(before, lane);
    }

    /// @dev Any state of the asset; returns its word and the lane of the lien, `_NO_LANE` if it has none.
    /// @param state 0 no lien; 1 to 4 a live reservation in that lane, counted from 1; 5 an expired one; 6 pledged;
    /// 7 released; 8 enforced.
    function _begin(uint8 state) private returns (uint256 shares, uint256 lane) {
        _time = _anyTime();
        _rest = SVM.createUint(14, "rest");
        uint256 bps = SVM.createUint(14, "share");
        uint256 lien = SVM.createUint(160, "holder") | (SVM.createUint(16, "rank") << 216);
        lane = _NO_LANE;
        uint256 pledged = _rest;
        shares = SVM.createUint(16, "liens") << 16;
        for (uint256 i; i < 4; ++i) {
            uint256 held = SVM.createUint(54, "lane");
            shares |= held << (32 + i * 54);
            if (state == i + 1) {
                lane = i;
                VM.assume(held & 0xffffffffff > _time);
                lien |= ((held & 0xffffffffff) << 160) | ((held >> 40) << 200) | (_RESERVED << 232) | (i << 240);
            }
        }
        if (state == 0) lien = 0;
        if (state > 4) lien |= bps << 200;
        if (state == 5) {
            uint256 ended = SVM.createUint(40, "ended");
            VM.assume(ended <= _time);
            lien |= (ended << 160) | (_RESERVED << 232) | (SVM.createUint(2, "lane of old") << 240);
        }
        if (state == 6) lien |= _PLEDGED << 232;
        if (state == 7) lien |= _RELEASED << 232;
        if (state == 8) lien |= _ENFORCED << 232;
        if (state == 6 || state == 8) pledged += bps;
        VM.assume(state < 9 && pledged <= _WHOLE_BPS);
        shares |= pledged;
        VM.assume(_total(shares) <= _WHOLE_BPS);
        VM.store(address(_registry), _sharesSlot(), bytes32(shares));
        VM.store(address(_registry), _lienSlot(), bytes32(lien));
    }

    function _end(uint256 before, uint256 lane) private view {
        uint256 shares = uint256(VM.load(address(_registry), _sharesSlot()));
        uint256 lien = uint256(VM.load(address(_registry), _lienSlot()));
        uint256 state = (lien >> 232) & 0xff;
        uint256 bps = (lien >> 200) & 0xffff;
        assert(_total(shares) <= _WHOLE_BPS);
        uint256 own = state == _PLEDGED || state == _ENFORCED ? bps : 0;
        assert(shares & 0xffff == _rest + own);
        uint256 present = _NO_LANE;
        if (state == _RESERVED && (lien >> 160) & 0xffffffffff > _time) {
            present = (lien >> 240) & 0xff;
            assert(present < 4);
        }
        for (uint256 i; i < 4; ++i) {
            uint256 held = _lane(shares, i);
            if (i == present) {
                // Its own lane, which was its own before or nobody's.
                assert(held == ((bps << 40) | ((lien >> 160) & 0xffffffffff)));
                assert(i == lane || _lane(before, i) & 0xffffffffff <= _time);
            } else if (i == lane) {
                assert(held & 0xffffffffff <= _time);
            } else {
                assert(held == _lane(before, i));
            }
        }
    }

    /// @dev Pledged basis points and those of live reservations, added up without branches.
    function _total(uint256 shares) private view returns (uint256 total) {
        uint256 time = _time;
        assembly ("memory-safe") {
            total := and(shares, 0xffff)
            for {
                let i := 0
            } lt(i, 4) {
                i := add(i, 1)
            } {
                let held := and(shr(add(32, mul(i, 54)), shares), 0x3fffffffffffff)
                total := add(total, and(sub(0, gt(and(held, 0xffffffffff), time)), shr(40, held)))
            }
        }
    }

    function _lane(uint256 shares, uint256 i) private pure returns (uint256) {
        return (shares >> (32 + i * 54)) & ((1 << 54) - 1);
    }

    function _sharesSlot() private pure returns (bytes32) {
        return keccak256(abi.encode(_ASSET, _SHARES_SLOT));
    }

    /// @dev Of a lien: 160 bits holder, 40 end, 16 basis points, 16 rank, 8 state, 8 lane.
    function _lienSlot() private pure returns (bytes32) {
        return keccak256(abi.encode(_LIEN, keccak256(abi.encode(_ASSET, _LIENS_SLOT))));
    }

    function _cite() private pure returns (ICredentialRegistry.Inclusion memory) {
        return
            ICredentialRegistry.Inclusion({
                issuer: address(1),
                root: bytes32(uint256(1)),
                credentialDigest: 0,
                credentialType: _KIND,
                statusIndex: 0,
                assetFingerprint: AssetId.unwrap(_ASSET),
                proof: new bytes32[](0)
            });
    }
}
