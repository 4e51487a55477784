// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CredentialRegistry } from "../contracts_sol/CredentialRegistry.sol";
import { IAccreditationRegistry } from "../contracts_sol/interfaces/IAccreditationRegistry.sol";
import { AnyAccreditation, Proof } from "./Proof.sol";

/// @notice Invariants 6, 7 and 8: from any state, by any call of anybody.
contract StatusesProof is Proof {
    CredentialRegistry private _registry;

    function setUp() public {
        _registry = new CredentialRegistry(IAccreditationRegistry(address(new AnyAccreditation())));
        SVM.enableSymbolicStorage(address(_registry));
    }

    function check_revokedIsFinal(address caller, address issuer, uint256 index) public {
        _anyTime();
        VM.assume(_registry.statusOf(issuer, index) == 1);
        _anyCall(caller);
        assert(_registry.statusOf(issuer, index) == 1);
    }

    function check_aStatusChangesOnlyInItsIssuersNamespace(address caller, address issuer, uint256 index) public {
        _anyTime();
        VM.assume(caller != issuer);
        uint8 before = _registry.statusOf(issuer, index);
        _anyCall(caller);
        assert(_registry.statusOf(issuer, index) == before);
    }

    function check_noStatusIsThree(address caller, address issuer, uint256 index) public {
        _anyTime();
        VM.assume(_registry.statusOf(issuer, index) != 3);
        _anyCall(caller);
        assert(_registry.statusOf(issuer, index) != 3);
    }

    function _anyCall(address caller) private {
        bytes memory data = SVM.createCalldata("CredentialRegistry");
        VM.prank(caller);
        (bool success, ) = address(_registry).call(data);
        success;
    }
}
