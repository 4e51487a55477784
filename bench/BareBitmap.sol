// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title BareBitmap
/// @notice The least that setting two-bit statuses can cost: no authority, no rule, no event.
contract BareBitmap {
    mapping(uint256 wordIndex => uint256 word) public words;

    /// @notice Sets one status.
    function set(uint256 index, uint256 status) external {
        words[index >> 7] |= status << ((index & 127) << 1);
    }

    /// @notice Sets whole words.
    function setWords(uint256[2][] calldata items) external {
        for (uint256 i; i < items.length; ++i) words[items[i][0]] = items[i][1];
    }
}
