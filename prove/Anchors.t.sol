// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccreditationRegistry } from "../contracts_sol/AccreditationRegistry.sol";
import { CredentialRegistry } from "../contracts_sol/CredentialRegistry.sol";
import { IAccreditationRegistry } from "../contracts_sol/interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "../contracts_sol/interfaces/ICredentialRegistry.sol";
import { CredentialType } from "../contracts_sol/interfaces/Types.sol";
import { Proof } from "./Proof.sol";

/// @notice Lets one account do everything at once.
contract OneAuthority {
    address private immutable _REGULATOR;

    constructor(address regulator) {
        _REGULATOR = regulator;
    }

    function canCall(address caller, address, bytes4) external view returns (bool, uint32) {
        return (caller == _REGULATOR, 0);
    }
}

/// @notice Says of everybody that nothing is accredited.
contract NoAccreditation {
    function accreditedUntil(address, bytes32, uint24) external pure returns (uint40) {
        return 0;
    }
}

/// @notice Invariant 3 where no permit is kept: from any state, who is not accredited does not anchor.
contract NoPermitProof is Proof {
    uint256 private constant _EPOCH_SLOT = 0;
    uint256 private constant _ISSUANCES_SLOT = 2;

    CredentialRegistry private _registry;

    function setUp() public {
        _registry = new CredentialRegistry(IAccreditationRegistry(address(new NoAccreditation())));
        SVM.enableSymbolicStorage(address(_registry));
    }

    function check_whoIsNotAccreditedNeverAnchors(
        address sender,
        bytes32 root,
        CredentialType credentialType,
        uint24 jurisdiction,
        bool inBatch
    ) public {
        uint256 time = _anyTime();
        uint256 permit = uint256(VM.load(address(_registry), _permitSlot(sender, credentialType, jurisdiction)));
        // Voided by a later epoch, or over: what a permit is when its accreditation has ended.
        VM.assume(permit >> 40 != _registry.epoch() || time >= uint40(permit));
        ICredentialRegistry.Anchor memory item = ICredentialRegistry.Anchor(root, credentialType, jurisdiction);
        ICredentialRegistry.Anchor[] memory items = new ICredentialRegistry.Anchor[](1);
        items[0] = item;
        VM.prank(sender);
        (bool success, ) = address(_registry).call(
            inBatch ? abi.encodeCall(_registry.anchorBatch, (items)) : abi.encodeCall(_registry.anchor, (item))
        );
        assert(!success);
    }

    function _permitSlot(address issuer, CredentialType kind, uint24 jurisdiction) private pure returns (bytes32) {
        bytes32 ofIssuer = keccak256(abi.encode(issuer, _ISSUANCES_SLOT));
        bytes32 issuance = keccak256(abi.encode(kind, ofIssuer));
        return keccak256(abi.encode(uint256(jurisdiction), issuance));
    }
}

/// @notice Invariants 3 and 5 with both real registries: a department and its authority hold permits; then either of
/// those above suspends or accredits them anew in any way, any time passes, and whoever anchors is accredited at that moment.
contract PermitProof is Proof {
    CredentialType private constant _KIND = CredentialType.wrap(keccak256("urn:qilian:vc:tax-credit:1"));
    address private constant _REGULATOR = address(0x1001);
    address private constant _AUTHORITY = address(0x1002);
    address private constant _DEPARTMENT = address(0x1003);
    uint256 private constant _START = 1_800_000_000;

    AccreditationRegistry private _accreditations;
    CredentialRegistry private _credentials;

    function setUp() public {
        VM.warp(_START);
        _accreditations = new AccreditationRegistry(address(new OneAuthority(_REGULATOR)));
        _credentials = new CredentialRegistry(_accreditations);
        VM.prank(_REGULATOR);
        _accreditations.bindListener(address(_credentials));
        _accredit(_REGULATOR, _AUTHORITY, 110000, 0, 0);
        _accredit(_AUTHORITY, _DEPARTMENT, 110108, 0, uint40(_START + 1_000));
        _anchor(_AUTHORITY, bytes32(uint256(1)), 110000);
        _anchor(_DEPARTMENT, bytes32(uint256(2)), 110108);
        VM.warp(_START + 10);
    }

    function check_aSuspensionEndsPermits(
        bool byAuthority,
        bool ofDepartment,
        bool isDepartment,
        uint32 passed
    ) public {
        IAccreditationRegistry.Suspension[] memory items = new IAccreditationRegistry.Suspension[](1);
        items[0] = IAccreditationRegistry.Suspension(ofDepartment ? _DEPARTMENT : _AUTHORITY, true, 0);
        VM.prank(byAuthority ? _AUTHORITY : _REGULATOR);
        _accreditations.setSuspendedBatch(items);
        _thenAnchor(isDepartment, passed);
    }

    function check_aNewScopeEndsPermits(
        bool byAuthority,
        bool isDepartment,
        uint24 jurisdiction,
        uint40 validFrom,
        uint40 validUntil,
        uint32 passed
    ) public {
        address by = byAuthority ? _AUTHORITY : _REGULATOR;
        _accredit(by, byAuthority ? _DEPARTMENT : _AUTHORITY, jurisdiction, validFrom, validUntil);
        _thenAnchor(isDepartment, passed);
    }

    function check_timeEndsPermits(bool isDepartment, uint32 passed) public {
        _thenAnchor(isDepartment, passed);
    }

    function _thenAnchor(bool isDepartment, uint32 passed) private {
        VM.warp(block.timestamp + passed);
        address sender = isDepartment ? _DEPARTMENT : _AUTHORITY;
        uint24 jurisdiction = isDepartment ? 110108 : 110000;
        _anchor(sender, bytes32(uint256(3)), jurisdiction);
        assert(_accreditations.isAccredited(sender, _KIND, jurisdiction, uint40(block.timestamp)));
    }

    function _accredit(address by, address issuer, uint24 code, uint40 validFrom, uint40 validUntil) private {
        CredentialType[] memory kinds = new CredentialType[](1);
        kinds[0] = _KIND;
        uint24[] memory codes = new uint24[](1);
        codes[0] = code;
        IAccreditationRegistry.Accreditation[] memory items = new IAccreditationRegistry.Accreditation[](1);
        items[0] = IAccreditationRegistry.Accreditation(issuer, kinds, codes, validFrom, validUntil);
        VM.prank(by);
        _accreditations.accreditBatch(items);
    }

    function _anchor(address sender, bytes32 root, uint24 jurisdiction) private {
        VM.prank(sender);
        _credentials.anchor(ICredentialRegistry.Anchor(root, _KIND, jurisdiction));
    }
}
