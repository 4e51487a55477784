// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheat codes of forge that halmos knows and the proofs use.
interface Forge {
    function assume(bool condition) external pure;
    function load(address target, bytes32 slot) external view returns (bytes32);
    function prank(address sender) external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function warp(uint256 time) external;
}

/// @notice The cheat codes of halmos.
interface Symbolic {
    function createBool(string calldata name) external pure returns (bool);
    function createBytes32(string calldata name) external pure returns (bytes32);
    function createCalldata(string calldata contractName) external view returns (bytes memory);
    function createUint(uint256 bits, string calldata name) external pure returns (uint256);
    function enableSymbolicStorage(address target) external;
}

/// @notice What every proof starts from. A `check_` function holds for all values of its parameters.
abstract contract Proof {
    Forge internal constant VM = Forge(address(uint160(uint256(keccak256("hevm cheat code")))));
    Symbolic internal constant SVM = Symbolic(address(uint160(uint256(keccak256("svm cheat code")))));

    /// @dev Some time between 2001 and 3000, as no block of ours lies elsewhere.
    function _anyTime() internal returns (uint256 time) {
        time = SVM.createUint(40, "time");
        VM.assume(time > 1e9 && time < 325e8);
        VM.warp(time);
    }
}

/// @notice Answers anything to what the registries ask the AccreditationRegistry.
contract AnyAccreditation {
    Symbolic private constant SVM = Symbolic(address(uint160(uint256(keccak256("svm cheat code")))));

    function isStanding(address) external pure returns (bool) {
        return SVM.createBool("standing");
    }

    function isAccredited(address, bytes32, uint24, uint40) external pure returns (bool) {
        return SVM.createBool("accredited");
    }

    function accreditedUntil(address, bytes32, uint24) external pure returns (uint40) {
        return uint40(SVM.createUint(40, "until"));
    }
}

/// @notice Answers anything to what AccessManaged asks its authority, and lets what was scheduled happen.
contract AnyAuthority {
    Symbolic private constant SVM = Symbolic(address(uint160(uint256(keccak256("svm cheat code")))));

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (SVM.createBool("at once"), uint32(SVM.createUint(32, "delay")));
    }

    function consumeScheduledOp(address, bytes calldata) external pure {}
}
