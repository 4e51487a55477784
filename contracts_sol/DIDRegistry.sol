// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import { IDIDRegistry } from "./interfaces/IDIDRegistry.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing

/// @title DIDRegistry
contract DIDRegistry is IDIDRegistry {
    /// @dev Stored as the owner of a deactivated identity: zero already means that it owns itself.
    address private constant _NOBODY = address(type(uint160).max);

    /// @dev What every signed call of ERC-1056 hashes first; then follow the registry, the owner's nonce, which the call
    /// uses up, and the identity.
    bytes2 private constant _PREFIX = 0x1900;

    mapping(address identity => address owner) private _owners;

    /// @inheritdoc IDIDRegistry
    mapping(address identity => mapping(bytes32 typeHash => mapping(address delegate => uint256 validTo)))
        public delegates;

    /// @inheritdoc IDIDRegistry
    mapping(address identity => uint256 blockNumber) public changed;

    /// @inheritdoc IDIDRegistry
    mapping(address owner => uint256 count) public nonce;

    /// @inheritdoc IDIDRegistry
    function changeOwner(address identity, address newOwner) external {
        _requireSender(identity);
        _changeOwner(identity, newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function changeOwnerSigned(address identity, uint8 sigV, bytes32 sigR, bytes32 sigS, address newOwner) external {
        address owner = identityOwner(identity);
        bytes memory call = abi.encodePacked(_PREFIX, address(this), nonce[owner]++, identity, "changeOwner", newOwner);
        _requireSignature(identity, owner, sigV, sigR, sigS, keccak256(call));
        _changeOwner(identity, newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function addDelegate(address identity, bytes32 delegateType, address delegate, uint256 validity) external {
        _requireSender(identity);
        _setDelegate(identity, delegateType, delegate, _validTo(validity));
    }

    /// @inheritdoc IDIDRegistry
    function addDelegateSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate,
        uint256 validity
    ) external {
        address owner = identityOwner(identity);
        bytes memory call = abi.encodePacked(
            _PREFIX,
            address(this),
            nonce[owner]++,
            identity,
            "addDelegate",
            delegateType,
            delegate,
            validity
        );
        _requireSignature(identity, owner, sigV, sigR, sigS, keccak256(call));
        _setDelegate(identity, delegateType, delegate, _validTo(validity));
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegate(address identity, bytes32 delegateType, address delegate) external {
        _requireSender(identity);
        _setDelegate(identity, delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegateSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate
    ) external {
        address owner = identityOwner(identity);
        bytes memory call = abi.encodePacked(
            _PREFIX,
            address(this),
            nonce[owner]++,
            identity,
            "revokeDelegate",
            delegateType,
            delegate
        );
        _requireSignature(identity, owner, sigV, sigR, sigS, keccak256(call));
        _setDelegate(identity, delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validity) external {
        _requireSender(identity);
        _setAttribute(identity, name, value, _validTo(validity));
    }

    /// @inheritdoc IDIDRegistry
    function setAttributeSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) external {
        address owner = identityOwner(identity);
        bytes memory call = abi.encodePacked(
            _PREFIX,
            address(this),
            nonce[owner]++,
            identity,
            "setAttribute",
            name,
            value,
            validity
        );
        _requireSignature(identity, owner, sigV, sigR, sigS, keccak256(call));
        _setAttribute(identity, name, value, _validTo(validity));
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttribute(address identity, bytes32 name, bytes calldata value) external {
        _requireSender(identity);
        _setAttribute(identity, name, value, 0);
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttributeSigned(
        address identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value
    ) external {
        address owner = identityOwner(identity);
        bytes memory call = abi.encodePacked(
            _PREFIX,
            address(this),
            nonce[owner]++,
            identity,
            "revokeAttribute",
            name,
            value
        );
        _requireSignature(identity, owner, sigV, sigR, sigS, keccak256(call));
        _setAttribute(identity, name, value, 0);
    }

    /// @inheritdoc IDIDRegistry
    function owners(address identity) external view returns (address) {
        address owner = _owners[identity];
        return owner == _NOBODY ? address(0) : owner;
    }

    /// @inheritdoc IDIDRegistry
    function validDelegate(address identity, bytes32 delegateType, address delegate) external view returns (bool) {
        return delegates[identity][keccak256(abi.encode(delegateType))][delegate] > block.timestamp;
    }

    /// @inheritdoc IDIDRegistry
    function identityOwner(address identity) public view returns (address) {
        address owner = _owners[identity];
        if (owner == address(0)) return identity;
        return owner == _NOBODY ? address(0) : owner;
    }

    function _changeOwner(address identity, address newOwner) private {
        _owners[identity] = newOwner == address(0) ? _NOBODY : newOwner;
        emit DIDOwnerChanged(identity, newOwner, _touch(identity));
    }

    function _setDelegate(address identity, bytes32 delegateType, address delegate, uint256 validTo) private {
        delegates[identity][keccak256(abi.encode(delegateType))][delegate] = validTo;
        emit DIDDelegateChanged(identity, delegateType, delegate, validTo, _touch(identity));
    }

    function _setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validTo) private {
        emit DIDAttributeChanged(identity, name, value, validTo, _touch(identity));
    }

    /// @dev Notes this block as the identity's last change and returns the one before.
    function _touch(address identity) private returns (uint256 previousChange) {
        previousChange = changed[identity];
        changed[identity] = block.number;
    }

    function _requireSender(address identity) private view {
        address owner = identityOwner(identity);
        if (msg.sender != owner) revert DIDRegistry_NotOwner(identity, msg.sender, owner);
    }

    /// @dev A malformed signature recovers to zero, which owns nothing.
    function _requireSignature(
        address identity,
        address owner,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 hash
    ) private pure {
        // slither-disable-next-line unused-return: a malformed signature recovers to zero
        (address recovered, , ) = ECDSA.tryRecover(hash, sigV, sigR, sigS);
        if (recovered != owner || recovered == address(0)) {
            revert DIDRegistry_BadSignature(identity, recovered, owner);
        }
    }

    function _validTo(uint256 validity) private view returns (uint256) {
        if (validity > type(uint256).max - block.timestamp) revert DIDRegistry_ValidityTooLong(validity);
        return block.timestamp + validity;
    }
}
// slither-disable-end timestamp
