// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Jurisdictions
/// @notice Up to seven GB/T 2260 codes in 168 bits, and which of them covers a place.
///
/// A lane of 24 bits holds a code plus one; zero ends the list.
library Jurisdictions {
    uint256 internal constant MAX = 7;

    /// @dev Whether the code is zero (the whole country) or has six digits.
    function isValid(uint24 code) internal pure returns (bool) {
        return code == 0 || (code > 99_999 && code < 1_000_000);
    }

    /// @dev Packs at most `MAX` valid codes.
    function pack(uint24[] calldata codes) internal pure returns (uint256 lanes) {
        for (uint256 i; i < codes.length; ++i) lanes |= (uint256(codes[i]) + 1) << (24 * i);
    }

    /// @dev The packed codes.
    function unpack(uint256 lanes) internal pure returns (uint24[] memory codes) {
        uint256 count;
        while (uint24(lanes >> (24 * count)) != 0) ++count;
        codes = new uint24[](count);
        for (uint256 i; i < count; ++i) codes[i] = uint24(lanes >> (24 * i)) - 1;
    }

    /// @dev Whether any packed code covers `code`: itself, its city, its province or the whole country.
    function cover(uint256 lanes, uint24 code) internal pure returns (bool) {
        for (; lanes != 0; lanes >>= 24) {
            uint256 wide = uint24(lanes) - 1;
            if (wide == code || wide == 0) return true;
            if (wide % 10_000 == 0 && wide / 10_000 == code / 10_000) return true;
            if (wide % 100 == 0 && wide / 100 == code / 100) return true;
        }
        return false;
    }
}
