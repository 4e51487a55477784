// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PledgeRegistry } from "../contracts_sol/PledgeRegistry.sol";
import { IAccreditationRegistry } from "../contracts_sol/interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "../contracts_sol/interfaces/ICredentialRegistry.sol";
import { AssetId, CredentialType, LienId } from "../contracts_sol/interfaces/Types.sol";
import { AnyAccreditation, AnyAuthority, Proof } from "./Proof.sol";

/// @notice Answers anything to what the PledgeRegistry asks the CredentialRegistry.
contract AnyCredentials is Proof {
    function verifyInclusion(ICredentialRegistry.Inclusion calldata) external pure returns (bool) {
        return SVM.createBool("included");
    }

    function statusOf(address, uint256) external pure returns (uint8) {
        return uint8(SVM.createUint(8, "status"));
    }
}

/// @notice An asset and one lien on it, in any state they can be in, and what every call must keep of them.
///
/// The word of the asset is any 256 bits in which pledged and live shares add up to 10,000 at most; every lane of it may be
/// live. `VM` writes it and the lien below the registry's own code, by the storage layout that `AssetShares` and
/// `IPledgeRegistry.Lien` state. What the lien does not account for is what all other liens hold.
abstract contract SharesState is Proof {
    uint256 internal constant WHOLE_BPS = 10_000;
    uint256 internal constant LANES = 4;
    uint256 internal constant RESERVED = 1;
    uint256 internal constant PLEDGED = 2;
    uint256 internal constant ENFORCED = 4;
    CredentialType internal constant KIND = CredentialType.wrap(bytes32(uint256(1)));
    AssetId internal constant ASSET = AssetId.wrap(bytes32(uint256(0xA55E7)));
    LienId internal constant LIEN = LienId.wrap(bytes32(uint256(0x11E2)));
    uint256 private constant _ASSET_TYPES_SLOT = 1;
    uint256 private constant _SHARES_SLOT = 2;
    uint256 private constant _LIENS_SLOT = 3;
    uint256 private constant _EXPIRY = 0xffffffffff;

    PledgeRegistry internal registry;
    uint256 internal time;

    /// @dev The asset's word before the call.
    uint256 internal before;

    /// @dev Of the pledged shares before the call, those of the lien.
    uint256 private _ownBefore;

    /// @dev The lane of the lien before the call; `LANES` if it has none.
    uint256 private _laneBefore = LANES;

    function setUp() public {
        registry = new PledgeRegistry(
            address(new AnyAuthority()),
            IAccreditationRegistry(address(new AnyAccreditation())),
            ICredentialRegistry(address(new AnyCredentials())),
            new CredentialType[](0)
        );
        VM.store(address(registry), keccak256(abi.encode(KIND, _ASSET_TYPES_SLOT)), bytes32(uint256(1)));
    }

    function givenNoLien() internal {
        _givenShares();
    }

    function givenReservation(uint8 lane) internal {
        _givenShares();
        VM.assume(lane < LANES);
        for (uint256 i; i < LANES; ++i) {
            if (lane != i) continue;
            uint256 held = _lane(before, i);
            VM.assume(held & _EXPIRY > time);
            _laneBefore = i;
            _storeLien(RESERVED, held & _EXPIRY, held >> 40, i);
        }
    }

    function givenExpiredReservation() internal {
        _givenShares();
        uint256 ended = SVM.createUint(40, "ended");
        VM.assume(ended <= time);
        _storeLien(RESERVED, ended, SVM.createUint(14, "share"), SVM.createUint(2, "lane"));
    }

    function givenPledge() internal {
        _givenShares();
        _ownBefore = SVM.createUint(14, "share");
        VM.assume(_ownBefore <= before & 0xffff);
        _storeLien(PLEDGED, 0, _ownBefore, 0);
    }

    /// @dev Any lien at all, of any state, whether or not the asset's word agrees with it.
    function givenAnyLien() internal returns (uint256 state, uint256 expiresAt) {
        _givenShares();
        uint256 lien = SVM.createUint(248, "lien");
        VM.store(address(registry), _lienSlot(), bytes32(lien));
        state = (lien >> 232) & 0xff;
        VM.assume(state <= ENFORCED);
        expiresAt = (lien >> 160) & _EXPIRY;
    }

    /// @dev Asserts what is to be proved, in an order in which each line helps the solver with the next.
    function keepsTheWhole() internal view {
        uint256 shares = uint256(VM.load(address(registry), _sharesSlot()));
        uint256 lien = uint256(VM.load(address(registry), _lienSlot()));
        uint256 state = (lien >> 232) & 0xff;
        uint256 bps = (lien >> 200) & 0xffff;
        // Pledged is what the other liens hold, and this one if it is PLEDGED or ENFORCED.
        uint256 pledged = (before & 0xffff) - _ownBefore;
        if (state == PLEDGED || state == ENFORCED) pledged += bps;
        assert(shares & 0xffff == pledged);
        // A live reservation has a lane, which was its own before or nobody's.
        uint256 own = LANES;
        if (state == RESERVED && (lien >> 160) & _EXPIRY > time) {
            own = (lien >> 240) & 0xff;
            assert(own < LANES && (own == _laneBefore || liveBps(before, own, time) == 0));
        }
        // Each lane holds what it held; its own what the lien says, and one it gave up nothing.
        uint256 reserved;
        for (uint256 i; i < LANES; ++i) {
            uint256 held = _lane(before, i);
            if (i == own) held = (bps << 40) | ((lien >> 160) & _EXPIRY);
            else if (i == _laneBefore) held = 0;
            assert(_lane(shares, i) == held);
            reserved += _liveBps(held, time);
        }
        assert(pledged + reserved <= WHOLE_BPS);
    }

    /// @dev Pledged and live basis points.
    function totalBps(uint256 shares) internal view returns (uint256 total) {
        total = shares & 0xffff;
        for (uint256 i; i < LANES; ++i) total += liveBps(shares, i, time);
    }

    /// @dev What a lane counts for at a moment.
    function liveBps(uint256 shares, uint256 i, uint256 moment) internal pure returns (uint256) {
        return _liveBps(_lane(shares, i), moment);
    }

    function _givenShares() private {
        time = _anyTime();
        before = SVM.createUint(256, "shares");
        VM.assume(totalBps(before) <= WHOLE_BPS);
        VM.store(address(registry), _sharesSlot(), bytes32(before));
    }

    /// @dev Of a lien: 160 bits holder, 40 end, 16 basis points, 16 rank, 8 state, 8 lane.
    function _storeLien(uint256 state, uint256 expiresAt, uint256 bps, uint256 lane) private {
        uint256 lien = SVM.createUint(160, "holder") | (expiresAt << 160) | (bps << 200);
        lien |= (SVM.createUint(16, "rank") << 216) | (state << 232) | (lane << 240);
        VM.store(address(registry), _lienSlot(), bytes32(lien));
    }

    function _lane(uint256 shares, uint256 i) private pure returns (uint256) {
        return (shares >> (32 + i * 54)) & ((1 << 54) - 1);
    }

    function _liveBps(uint256 held, uint256 moment) private pure returns (uint256) {
        return held & _EXPIRY > moment ? held >> 40 : 0;
    }

    function _sharesSlot() private pure returns (bytes32) {
        return keccak256(abi.encode(ASSET, _SHARES_SLOT));
    }

    function _lienSlot() private pure returns (bytes32) {
        return keccak256(abi.encode(LIEN, keccak256(abi.encode(ASSET, _LIENS_SLOT))));
    }
}
