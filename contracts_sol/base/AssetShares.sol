// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title AssetShares
/// @notice What is taken of one asset, in one word: 16 bits of pledged and enforced basis points, 16 bits counting all liens
/// ever made, and four lanes of 54 bits for live reservations (40 bits expiry, 14 bits basis points).
///
/// A reservation whose expiry has come counts for nothing and its lane is free, without any write.
library AssetShares {
    uint256 internal constant WHOLE_BPS = 10_000;
    uint256 internal constant LANES = 4;

    uint256 private constant _LANE_BITS = 54;
    uint256 private constant _LANE_MASK = (1 << _LANE_BITS) - 1;
    uint256 private constant _FIRST_LANE = 32;

    /// @dev Pledged and enforced basis points.
    function pledgedBps(uint256 shares) internal pure returns (uint256) {
        return uint16(shares);
    }

    /// @dev Number of liens ever made on the asset.
    function liens(uint256 shares) internal pure returns (uint256) {
        return uint16(shares >> 16);
    }

    /// @dev Basis points of reservations that have not expired at `time`.
    function reservedBps(uint256 shares, uint256 time) internal pure returns (uint256 total) {
        for (uint256 i; i < LANES; ++i) {
            uint256 lane = _lane(shares, i);
            if (_expiry(lane) > time) total += lane >> 40;
        }
    }

    /// @dev The first lane that is free at `time`; `LANES` if none is.
    function freeLane(uint256 shares, uint256 time) internal pure returns (uint256 lane) {
        while (lane < LANES && _expiry(_lane(shares, lane)) > time) ++lane;
    }

    /// @dev Counts one lien more. The caller keeps the count below 2^16.
    function countLien(uint256 shares) internal pure returns (uint256) {
        return shares + (1 << 16);
    }

    /// @dev Adds pledged basis points. The caller keeps the sum at or below `WHOLE_BPS`.
    function addPledged(uint256 shares, uint256 bps) internal pure returns (uint256) {
        return shares + bps;
    }

    /// @dev Takes back pledged basis points, which are among those counted.
    function removePledged(uint256 shares, uint256 bps) internal pure returns (uint256) {
        return shares - bps;
    }

    /// @dev Fills a lane; zeros empty it.
    function setLane(uint256 shares, uint256 lane, uint256 expiresAt, uint256 bps) internal pure returns (uint256) {
        uint256 shift = _FIRST_LANE + lane * _LANE_BITS;
        return (shares & ~(_LANE_MASK << shift)) | (((bps << 40) | expiresAt) << shift);
    }

    function _lane(uint256 shares, uint256 lane) private pure returns (uint256) {
        return (shares >> (_FIRST_LANE + lane * _LANE_BITS)) & _LANE_MASK;
    }

    function _expiry(uint256 lane) private pure returns (uint256) {
        return uint40(lane);
    }
}
