// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CredentialType } from "./Types.sol";

/// @title IAccreditationRegistry
/// @notice Who may issue which credential type, where and when: a tree from the regulator down.
///
/// The regulator's role is the root. Each issuer is a node with one parent, for good; it holds, for each type, up to
/// `MAX_JURISDICTIONS` jurisdictions and one window. An issuer is accredited for a type, a jurisdiction and a time when,
/// on the way from it up to the root, every node covers that type, jurisdiction and time and none was suspended then.
///
/// Every version of a scope and of a suspension is kept, so `isAccredited` is right for any past time. A time before an
/// accreditation was recorded always answers no: nothing can be accredited retroactively.
///
/// Jurisdictions are GB/T 2260 codes: 110108 a district, 110100 a city, 110000 a province, 0 the whole country; a code
/// covers those below it.
///
/// Assumptions:
/// - One `listener` (the `CredentialRegistry`) keeps positive answers. It is told in the same transaction whenever a
///   standing accreditation may have become narrower, and nothing can be accredited before it is bound.
interface IAccreditationRegistry {
    /// @param parent The accrediting node; zero for the regulator.
    /// @param depth 1 for an issuer accredited by the regulator, one more per level.
    /// @param suspended Whether the node is suspended now.
    /// @param since Unix time of the last change of `suspended`, or of the first accreditation, seconds.
    struct Node {
        // slot 0: 20 + 1 + 1 + 5 bytes
        address parent;
        uint8 depth;
        bool suspended;
        uint40 since;
    }

    /// @param issuer The account that is accredited.
    /// @param credentialTypes The types it may issue, or acts it is licensed for.
    /// @param jurisdictions Where; at most `MAX_JURISDICTIONS`, an empty list withdraws the types.
    /// @param validFrom Unix time, seconds; a time in the past means now.
    /// @param validUntil Unix time, seconds, exclusive; zero means that it does not expire.
    struct Accreditation {
        address issuer;
        CredentialType[] credentialTypes;
        uint24[] jurisdictions;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @param issuer The node whose branch is cut or restored.
    /// @param suspended The new state.
    /// @param reasonDigest Salted digest of the reason kept off chain.
    struct Suspension {
        address issuer;
        bool suspended;
        bytes32 reasonDigest;
    }

    /// @notice A node's scope for one type was set; it replaces the earlier one from `validFrom` on. `validUntil` is
    /// exclusive, and 2^40 - 1 where it does not expire.
    event Accredited(
        address indexed issuer,
        address indexed parent,
        CredentialType indexed credentialType,
        uint24[] jurisdictions,
        uint40 validFrom,
        uint40 validUntil
    );

    /// @notice A node was suspended or reinstated by its parent or the regulator.
    event SuspensionChanged(address indexed issuer, address indexed by, bool suspended, bytes32 reasonDigest);

    /// @notice The listener was bound, for good.
    event ListenerBound(address indexed listener);

    /// @notice The caller is neither the regulator nor a standing issuer.
    error AccreditationRegistry_NotAccreditor(address caller);

    /// @notice The parent itself is not accredited now for what it would pass on.
    error AccreditationRegistry_BeyondScope(address parent, CredentialType credentialType, uint24 jurisdiction);

    /// @notice The node would stand too deep in the tree.
    error AccreditationRegistry_TooDeep(address issuer, uint256 depth, uint256 maximum);

    /// @notice The issuer belongs to another parent.
    error AccreditationRegistry_OtherParent(address issuer, address actual, address caller);

    /// @notice The issuer is zero or the caller itself.
    error AccreditationRegistry_BadIssuer(address issuer);

    /// @notice The window is empty or already over.
    error AccreditationRegistry_BadWindow(address issuer, uint40 validFrom, uint40 validUntil);

    /// @notice Not zero and not six digits.
    error AccreditationRegistry_BadJurisdiction(uint24 jurisdiction);

    /// @notice More jurisdictions than one scope holds.
    error AccreditationRegistry_TooManyJurisdictions(uint256 given, uint256 maximum);

    /// @notice The issuer was never accredited.
    error AccreditationRegistry_Unknown(address issuer);

    /// @notice The caller is neither the issuer's parent nor the regulator.
    error AccreditationRegistry_NotParent(address issuer, address parent, address caller);

    /// @notice The issuer is in that state already.
    error AccreditationRegistry_SameState(address issuer, bool suspended);

    /// @notice No listener is bound yet, so a suspension could not reach it.
    error AccreditationRegistry_Unbound();

    /// @notice A listener is bound already.
    error AccreditationRegistry_AlreadyBound(address listener);

    /// @notice Accredits issuers below the caller; for each type listed it replaces the scope, other types stay.
    ///
    /// Requirements:
    /// - the listener is bound.
    /// - the caller has the regulator role, or is a node that is itself accredited now for every type and jurisdiction given.
    /// - the issuer is new or already a child of the caller, not zero, not the caller, and not deeper than `MAX_DEPTH`.
    /// - jurisdictions are valid codes, at most `MAX_JURISDICTIONS`.
    /// - the window is not empty and not over.
    function accreditBatch(Accreditation[] calldata items) external;

    /// @notice Suspends or reinstates issuers, and with each the whole branch below it, at once.
    ///
    /// Requirements:
    /// - the caller has the regulator role, or is the issuer's parent and stands itself.
    /// - the issuer is known and not in that state already.
    function setSuspendedBatch(Suspension[] calldata items) external;

    /// @notice Binds the contract that is told when a standing accreditation may have become narrower.
    ///
    /// Requirements:
    /// - the caller has the governor role.
    /// - no listener is bound.
    function bindListener(address listener) external;

    /// @notice Whether the issuer is, was or (as recorded now) will be accredited.
    /// @param issuer Whose accreditation is asked.
    /// @param credentialType keccak256 of the type or act.
    /// @param jurisdiction GB/T 2260 code, zero for the whole country.
    /// @param time Unix time, seconds.
    function isAccredited(
        address issuer,
        CredentialType credentialType,
        uint24 jurisdiction,
        uint40 time
    ) external view returns (bool);

    /// @notice The time until which the issuer's whole branch is accredited if nothing changes, exclusive; zero if it is
    /// not accredited now, 2^40 - 1 if nothing expires.
    function accreditedUntil(
        address issuer,
        CredentialType credentialType,
        uint24 jurisdiction
    ) external view returns (uint40);

    /// @notice Whether the issuer is known and neither it nor any ancestor is suspended now, whatever its scopes.
    function isStanding(address issuer) external view returns (bool);

    /// @notice The issuer's node; all zero if it was never accredited.
    function nodeOf(address issuer) external view returns (Node memory);

    /// @notice The scope of a type that holds at a time, itself alone, without its ancestors.
    /// @return jurisdictions Codes covered; empty if there was no scope.
    /// @return validFrom Unix time, seconds.
    /// @return validUntil Unix time, seconds, exclusive; 2^40 - 1 if it does not expire.
    function scopeOf(
        address issuer,
        CredentialType credentialType,
        uint40 time
    ) external view returns (uint24[] memory jurisdictions, uint40 validFrom, uint40 validUntil);
}
