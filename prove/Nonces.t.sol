// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { DIDRegistry } from "../contracts_sol/DIDRegistry.sol";
import { Proof } from "./Proof.sol";

/// @notice Invariant 17 for the DIDRegistry: from any state, no nonce is ever used twice.
///
/// A signature is over the nonce that its owner has when it is used. A nonce never falls, and whatever is done by
/// signature raises it by one; so no later call asks for the same signature.
contract NoncesProof is Proof {
    DIDRegistry private _registry;

    function setUp() public {
        _registry = new DIDRegistry();
        SVM.enableSymbolicStorage(address(_registry));
    }

    function check_aNonceNeverFalls(address caller, address owner) public {
        _anyTime();
        uint256 before = _registry.nonce(owner);
        bytes memory data = SVM.createCalldata("DIDRegistry");
        VM.prank(caller);
        (bool success, ) = address(_registry).call(data);
        uint256 present = _registry.nonce(owner);
        assert(present == before || (success && before < type(uint256).max && present == before + 1));
    }

    function check_aSignedChangeOfOwnerUsesTheNonce(
        address identity,
        uint8 v,
        bytes32 r,
        bytes32 s,
        address newOwner
    ) public {
        _anyTime();
        address owner = _registry.identityOwner(identity);
        uint256 before = _registry.nonce(owner);
        _registry.changeOwnerSigned(identity, v, r, s, newOwner);
        assert(_registry.nonce(owner) == before + 1);
    }

    function check_aSignedDelegateUsesTheNonce(
        address identity,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes32 kind,
        address delegate,
        uint256 validity,
        bool revokes
    ) public {
        _anyTime();
        address owner = _registry.identityOwner(identity);
        uint256 before = _registry.nonce(owner);
        if (revokes) _registry.revokeDelegateSigned(identity, v, r, s, kind, delegate);
        else _registry.addDelegateSigned(identity, v, r, s, kind, delegate, validity);
        assert(_registry.nonce(owner) == before + 1);
    }

    function check_aSignedAttributeUsesTheNonce(
        address identity,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes32 name,
        bytes calldata value,
        uint256 validity,
        bool revokes
    ) public {
        _anyTime();
        address owner = _registry.identityOwner(identity);
        uint256 before = _registry.nonce(owner);
        if (revokes) _registry.revokeAttributeSigned(identity, v, r, s, name, value);
        else _registry.setAttributeSigned(identity, v, r, s, name, value, validity);
        assert(_registry.nonce(owner) == before + 1);
    }

    /// @notice Whoever does not own an identity and shows no signature changes nothing of it.
    function check_onlyTheOwnerChangesItsIdentity(address caller, address identity, address newOwner) public {
        _anyTime();
        VM.assume(caller != _registry.identityOwner(identity));
        VM.prank(caller);
        (bool success, ) = address(_registry).call(abi.encodeCall(_registry.changeOwner, (identity, newOwner)));
        assert(!success);
    }
}
