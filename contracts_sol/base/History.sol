// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing

/// @title History
/// @notice A word of state with all its earlier versions; the low 40 bits say from which Unix second a version holds.
///
/// The present version is read with one SLOAD; a past time costs a binary search. A version that has not begun yet leaves
/// the version before in force until it does. Zero is no version.
library History {
    /// @param latest The version set last.
    /// @param past The versions that were in force before it, oldest first.
    struct Word {
        uint256 latest;
        uint256[] past;
    }

    /// @dev Sets the next version, which begins now or later. A version that never was in force is replaced.
    function set(Word storage self, uint256 word) internal {
        uint256 latest = self.latest;
        if (latest != 0 && begins(latest) <= block.timestamp && begins(latest) < begins(word)) self.past.push(latest);
        self.latest = word;
    }

    /// @dev The version in force at a time, as recorded now; zero if none.
    function inForce(Word storage self, uint256 time) internal view returns (uint256) {
        uint256 latest = self.latest;
        return begins(latest) <= time ? latest : _search(self.past, time);
    }

    /// @dev The Unix second from which a version holds.
    function begins(uint256 word) internal pure returns (uint256) {
        return uint40(word);
    }

    /// @dev The last version that began at or before `time`; zero if none.
    function _search(uint256[] storage past, uint256 time) private view returns (uint256) {
        uint256 low = 0;
        uint256 high = past.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (begins(past[middle]) <= time) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : past[low - 1];
    }
}
// slither-disable-end timestamp
