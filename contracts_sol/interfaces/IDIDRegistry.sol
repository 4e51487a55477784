// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IDIDRegistry
/// @notice The registry of ERC-1056 (Ethereum Lightweight Identity), unchanged in its ABI, so that any did:ethr resolver works on it.
///
/// Every address is an identity, at first its own owner. Each change names the block of the change before
/// (`previousChange`, zero for the first), so that a resolver walks an identity's history backwards.
///
/// Assumptions:
/// - A signed call hashes `0x19 0x00 registry nonce[owner] identity "<function>" …` as ERC-1056 writes it. That
///   form does not name the chain: enterprises use one key per chain. Our other contracts use EIP-712.
/// - Giving an identity to the zero address deactivates it for good, as the did:ethr method says.
interface IDIDRegistry {
    /// @notice The owner of an identity changed; a zero `owner` means that it is deactivated.
    event DIDOwnerChanged(address indexed identity, address owner, uint256 previousChange);

    /// @notice A delegate was added until `validTo`, or revoked as of `validTo`; Unix seconds.
    event DIDDelegateChanged(
        address indexed identity,
        bytes32 delegateType,
        address delegate,
        uint256 validTo,
        uint256 previousChange
    );

    /// @notice An attribute was set until `validTo` (Unix seconds), or revoked, in which case `validTo` is zero.
    event DIDAttributeChanged(
        address indexed identity,
        bytes32 name,
        bytes value,
        uint256 validTo,
        uint256 previousChange
    );

    /// @notice The actor does not own the identity.
    error DIDRegistry_NotOwner(address identity, address actor, address owner);

    /// @notice The signature is not the owner's over this call and the owner's present nonce.
    error DIDRegistry_BadSignature(address identity, address recovered, address owner);

    /// @notice The validity, added to the present time, does not fit.
    error DIDRegistry_ValidityTooLong(uint256 validity);

    /// @notice The address set as owner, zero where the identity still owns itself or is deactivated.
    function owners(address identity) external view returns (address);

    /// @notice The time until which a delegate is valid; the type is given as keccak256 of itself.
    function delegates(address identity, bytes32 typeHash, address delegate) external view returns (uint256 validTo);

    /// @notice The block of the identity's last change, zero if it never changed.
    function changed(address identity) external view returns (uint256 blockNumber);

    /// @notice The number of signed calls an owner's key has made.
    function nonce(address owner) external view returns (uint256);

    /// @notice The owner of an identity: itself at first, zero once deactivated.
    function identityOwner(address identity) external view returns (address);

    /// @notice Whether a delegate of that type is valid now.
    function validDelegate(address identity, bytes32 delegateType, address delegate) external view returns (bool);

    /// @notice Gives the identity to another owner; the zero address deactivates it for good.
    ///
    /// Requirements:
    /// - `msg.sender` owns `identity`.
    function changeOwner(address identity, address newOwner) external;

    /// @notice As `changeOwner`, authorised by the owner's signature.
    ///
    /// Requirements:
    /// - the signature is the owner's over this call and the owner's nonce, which it uses up.
    function changeOwnerSigned(address identity, uint8 sigV, bytes32 sigR, bytes32 sigS, address newOwner) external;

    /// @notice Adds a delegate for `validity` seconds from now.
    ///
    /// Requirements:
    /// - `msg.sender` owns `identity`.
    /// - the time does not overflow.
    function addDelegate(address identity, bytes32 delegateType, address delegate, uint256 validity) external;

    /// @notice As `addDelegate`, authorised by the owner's signature.
    ///
    /// Requirements:
    /// - the signature is the owner's over this call and the owner's nonce, which it uses up.
    /// - the time does not overflow.
    function addDelegateSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate,
        uint256 validity
    ) external;

    /// @notice Revokes a delegate as of now.
    ///
    /// Requirements:
    /// - `msg.sender` owns `identity`.
    function revokeDelegate(address identity, bytes32 delegateType, address delegate) external;

    /// @notice As `revokeDelegate`, authorised by the owner's signature.
    ///
    /// Requirements:
    /// - the signature is the owner's over this call and the owner's nonce, which it uses up.
    function revokeDelegateSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate
    ) external;

    /// @notice Publishes an attribute, such as a key under `did/pub/Multikey/veriKey`, for `validity` seconds from now.
    ///
    /// Requirements:
    /// - `msg.sender` owns `identity`.
    /// - the time does not overflow.
    function setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validity) external;

    /// @notice As `setAttribute`, authorised by the owner's signature.
    ///
    /// Requirements:
    /// - the signature is the owner's over this call and the owner's nonce, which it uses up.
    /// - the time does not overflow.
    function setAttributeSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) external;

    /// @notice Revokes an attribute with that name and value.
    ///
    /// Requirements:
    /// - `msg.sender` owns `identity`.
    function revokeAttribute(address identity, bytes32 name, bytes calldata value) external;

    /// @notice As `revokeAttribute`, authorised by the owner's signature.
    ///
    /// Requirements:
    /// - the signature is the owner's over this call and the owner's nonce, which it uses up.
    function revokeAttributeSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value
    ) external;
}
