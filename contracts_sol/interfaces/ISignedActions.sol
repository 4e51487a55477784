// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ISignedActions
/// @notice Errors shared by every contract that accepts EIP-712 delegated writes.
///
/// An item of a batch carries `signature` and `deadline`. With an empty signature `msg.sender` must be the
/// authoriser itself and the deadline is not looked at; otherwise the 65 bytes `r ‖ s ‖ v` must be the
/// authoriser's signature over the item's EIP-712 digest, whose domain is the contract's name, version "1",
/// the chain id and the contract's address.
interface ISignedActions {
    /// @notice The signature was made by another key, over other data, or is malformed (`recovered` is zero or foreign).
    error SignedActions_BadSignature(address recovered, address expected);

    /// @notice The signed deadline has passed; both in Unix seconds.
    error SignedActions_DeadlinePassed(uint256 deadline, uint256 timestamp);

    /// @notice There is no signature and the caller is not the authoriser.
    error SignedActions_NotAuthoriser(address caller, address expected);
}
