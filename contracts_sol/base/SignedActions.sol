// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import { IDIDRegistry } from "../interfaces/IDIDRegistry.sol";
import { ISignedActions } from "../interfaces/ISignedActions.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing
// slither-disable-start calls-loop: the callee is a registry of ours, fixed at deployment; a batch is as long as its sender pays for
// slither-disable-start naming-convention: immutables are written as constants are

/// @title SignedActions
/// @notice Authorises an item of a batch by its caller or by an EIP-712 signature; the authoriser owns a DID.
abstract contract SignedActions is ISignedActions, EIP712 {
    /// @notice Where the owner of a DID is looked up.
    IDIDRegistry public immutable DID_REGISTRY;

    constructor(string memory name, IDIDRegistry didRegistry) EIP712(name, "1") {
        DID_REGISTRY = didRegistry;
    }

    /// @dev Reverts unless the owner of `did` authorises the struct hash.
    function _requireOwner(address did, bytes32 structHash, uint256 deadline, bytes calldata signature) internal view {
        _requireAuthoriser(DID_REGISTRY.identityOwner(did), structHash, deadline, signature);
    }

    /// @dev Reverts unless `expected` authorises the struct hash. The zero address, the owner of a deactivated DID and
    /// also what a malformed signature recovers to, authorises nothing.
    function _requireAuthoriser(
        address expected,
        bytes32 structHash,
        uint256 deadline,
        bytes calldata signature
    ) internal view {
        if (signature.length == 0) {
            if (msg.sender != expected) revert SignedActions_NotAuthoriser(msg.sender, expected);
            return;
        }
        if (block.timestamp > deadline) revert SignedActions_DeadlinePassed(deadline, block.timestamp);
        address recovered = _recover(_hashTypedDataV4(structHash), signature);
        if (recovered != expected || recovered == address(0)) revert SignedActions_BadSignature(recovered, expected);
    }

    /// @dev The signer of a 65-byte signature `r ‖ s ‖ v`; zero if it is malformed.
    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address recovered) {
        if (signature.length != 65) return address(0);
        // slither-disable-next-line unused-return: a malformed signature recovers to zero
        (recovered, , ) = ECDSA.tryRecover(
            digest,
            uint8(signature[64]),
            bytes32(signature[:32]),
            bytes32(signature[32:64])
        );
    }
}
// slither-disable-end timestamp,calls-loop,naming-convention
