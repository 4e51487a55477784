// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import { History } from "./base/History.sol";
import { Jurisdictions } from "./base/Jurisdictions.sol";
import { IAccreditationRegistry } from "./interfaces/IAccreditationRegistry.sol";
import { ICredentialRegistry } from "./interfaces/ICredentialRegistry.sol";
import { CredentialType } from "./interfaces/Types.sol";

// slither-disable-start timestamp: times here lie hours to years apart; the seconds that a validator can shift decide nothing

/// @title AccreditationRegistry
contract AccreditationRegistry is IAccreditationRegistry, AccessManaged {
    using History for History.Word;
    using Jurisdictions for uint256;

    /// @notice The depth of the lowest node; the regulator, who is no node, has depth zero.
    uint256 public constant MAX_DEPTH = 4;

    /// @notice The most jurisdictions one scope holds.
    uint256 public constant MAX_JURISDICTIONS = Jurisdictions.MAX;

    uint40 private constant _NEVER = type(uint40).max;

    /// @notice Told when a standing accreditation may have become narrower; zero until bound.
    ICredentialRegistry public listener;

    /// @dev A version: 40 bits since, 160 parent, 8 depth, 1 suspended.
    mapping(address issuer => History.Word) private _nodes;

    /// @dev A version: 40 bits from, 40 until, 168 jurisdictions.
    mapping(address issuer => mapping(CredentialType credentialType => History.Word)) private _scopes;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IAccreditationRegistry
    function accreditBatch(Accreditation[] calldata items) external {
        if (address(listener) == address(0)) revert AccreditationRegistry_Unbound();
        (address parent, uint256 depth) = _place();
        bool replaced = false;
        for (uint256 i; i < items.length; ++i) {
            if (_accredit(items[i], parent, depth)) replaced = true;
        }
        if (replaced) listener.invalidatePermits();
    }

    /// @inheritdoc IAccreditationRegistry
    function setSuspendedBatch(Suspension[] calldata items) external {
        bool regulator = _isRegulator();
        bool narrowed = false;
        for (uint256 i; i < items.length; ++i) {
            _setSuspended(items[i], regulator);
            if (items[i].suspended) narrowed = true;
        }
        if (narrowed) listener.invalidatePermits();
    }

    /// @inheritdoc IAccreditationRegistry
    function bindListener(address listener_) external restricted {
        if (address(listener) != address(0)) revert AccreditationRegistry_AlreadyBound(address(listener));
        listener = ICredentialRegistry(listener_);
        emit ListenerBound(listener_);
    }

    /// @inheritdoc IAccreditationRegistry
    function isAccredited(
        address issuer,
        CredentialType credentialType,
        uint24 jurisdiction,
        uint40 time
    ) external view returns (bool) {
        address node = issuer;
        do {
            uint256 version = _nodes[node].inForce(time);
            if (version == 0 || _suspended(version)) return false;
            if (!_holds(_scopes[node][credentialType].inForce(time), jurisdiction, time)) return false;
            node = _parent(version);
        } while (node != address(0));
        return true;
    }

    /// @inheritdoc IAccreditationRegistry
    function accreditedUntil(
        address issuer,
        CredentialType credentialType,
        uint24 jurisdiction
    ) external view returns (uint40) {
        return _accreditedUntil(issuer, credentialType, jurisdiction);
    }

    /// @inheritdoc IAccreditationRegistry
    function isStanding(address issuer) external view returns (bool) {
        return _isStanding(issuer);
    }

    /// @inheritdoc IAccreditationRegistry
    function nodeOf(address issuer) external view returns (Node memory) {
        uint256 version = _nodes[issuer].latest;
        return
            Node({
                parent: _parent(version),
                depth: uint8(_depth(version)),
                suspended: _suspended(version),
                since: uint40(version)
            });
    }

    /// @inheritdoc IAccreditationRegistry
    function scopeOf(
        address issuer,
        CredentialType credentialType,
        uint40 time
    ) external view returns (uint24[] memory jurisdictions, uint40 validFrom, uint40 validUntil) {
        uint256 scope = _scopes[issuer][credentialType].inForce(time);
        return ((scope >> 80).unpack(), uint40(scope), uint40(scope >> 40));
    }

    /// @dev Records one accreditation; says whether it replaced a scope.
    function _accredit(Accreditation calldata item, address parent, uint256 depth) private returns (bool replaced) {
        _requireChild(item.issuer, parent, depth);
        uint256 scope = _scopeFrom(item);
        if (_nodes[item.issuer].latest == 0) {
            _nodes[item.issuer].set(_node(parent, depth, false));
        }
        for (uint256 i; i < item.credentialTypes.length; ++i) {
            CredentialType credentialType = item.credentialTypes[i];
            if (parent != address(0)) _requireWithin(parent, credentialType, item.jurisdictions);
            History.Word storage history = _scopes[item.issuer][credentialType];
            if (history.latest != 0) replaced = true;
            history.set(scope);
            emit Accredited(
                item.issuer,
                parent,
                credentialType,
                item.jurisdictions,
                uint40(scope),
                uint40(scope >> 40)
            );
        }
    }

    function _setSuspended(Suspension calldata item, bool regulator) private {
        uint256 version = _nodes[item.issuer].latest;
        if (version == 0) revert AccreditationRegistry_Unknown(item.issuer);
        address parent = _parent(version);
        if (!regulator && !(msg.sender == parent && _isStanding(parent))) {
            revert AccreditationRegistry_NotParent(item.issuer, parent, msg.sender);
        }
        if (_suspended(version) == item.suspended) {
            revert AccreditationRegistry_SameState(item.issuer, item.suspended);
        }
        _nodes[item.issuer].set(_node(parent, _depth(version), item.suspended));
        emit SuspensionChanged(item.issuer, msg.sender, item.suspended, item.reasonDigest);
    }

    /// @dev Where the caller's children stand. Whoever the authority lets call at once is the regulator, the root.
    function _place() private view returns (address parent, uint256 depth) {
        if (_isRegulator()) return (address(0), 1);
        if (!_isStanding(msg.sender)) revert AccreditationRegistry_NotAccreditor(msg.sender);
        return (msg.sender, _depth(_nodes[msg.sender].latest) + 1);
    }

    function _isRegulator() private view returns (bool immediate) {
        // slither-disable-next-line unused-return: a delayed permission is none here
        (immediate, ) = IAccessManager(authority()).canCall(msg.sender, address(this), msg.sig);
    }

    function _requireChild(address issuer, address parent, uint256 depth) private view {
        if (issuer == address(0) || issuer == msg.sender) revert AccreditationRegistry_BadIssuer(issuer);
        if (depth > MAX_DEPTH) revert AccreditationRegistry_TooDeep(issuer, depth, MAX_DEPTH);
        uint256 version = _nodes[issuer].latest;
        if (version != 0 && _parent(version) != parent) {
            revert AccreditationRegistry_OtherParent(issuer, _parent(version), msg.sender);
        }
    }

    function _requireWithin(
        address parent,
        CredentialType credentialType,
        uint24[] calldata jurisdictions
    ) private view {
        for (uint256 i; i < jurisdictions.length; ++i) {
            // slither-disable-next-line incorrect-equality: zero is the answer for "not accredited"
            if (_accreditedUntil(parent, credentialType, jurisdictions[i]) == 0) {
                revert AccreditationRegistry_BeyondScope(parent, credentialType, jurisdictions[i]);
            }
        }
    }

    /// @dev Checks an item's window and jurisdictions and packs them. Nothing begins in the past.
    function _scopeFrom(Accreditation calldata item) private view returns (uint256) {
        uint256 from = item.validFrom > block.timestamp ? item.validFrom : block.timestamp;
        uint256 until = item.validUntil == 0 ? _NEVER : item.validUntil;
        if (until <= from) revert AccreditationRegistry_BadWindow(item.issuer, item.validFrom, item.validUntil);
        uint24[] calldata jurisdictions = item.jurisdictions;
        if (jurisdictions.length > MAX_JURISDICTIONS) {
            revert AccreditationRegistry_TooManyJurisdictions(jurisdictions.length, MAX_JURISDICTIONS);
        }
        for (uint256 i; i < jurisdictions.length; ++i) {
            if (!Jurisdictions.isValid(jurisdictions[i])) {
                revert AccreditationRegistry_BadJurisdiction(jurisdictions[i]);
            }
        }
        return from | (until << 40) | (Jurisdictions.pack(jurisdictions) << 80);
    }

    /// @dev As `isAccredited` now; the answer is the first time at which a scope on the way up ends or is replaced.
    function _accreditedUntil(
        address issuer,
        CredentialType credentialType,
        uint24 jurisdiction
    ) private view returns (uint40 until) {
        until = _NEVER;
        address node = issuer;
        do {
            uint256 version = _nodes[node].latest;
            if (version == 0 || _suspended(version)) return 0;
            History.Word storage history = _scopes[node][credentialType];
            uint256 scope = history.inForce(block.timestamp);
            if (!_holds(scope, jurisdiction, block.timestamp)) return 0;
            uint256 latest = history.latest;
            // A version that begins later may be narrower, so the answer for the present one ends there.
            // slither-disable-next-line incorrect-equality: two words of the same history are compared
            uint40 end = latest == scope ? uint40(scope >> 40) : uint40(latest);
            if (uint40(scope >> 40) < end) end = uint40(scope >> 40);
            if (end < until) until = end;
            node = _parent(version);
        } while (node != address(0));
    }

    function _isStanding(address issuer) private view returns (bool) {
        address node = issuer;
        do {
            uint256 version = _nodes[node].latest;
            if (version == 0 || _suspended(version)) return false;
            node = _parent(version);
        } while (node != address(0));
        return true;
    }

    function _node(address parent, uint256 depth, bool suspended) private view returns (uint256) {
        return block.timestamp | (uint256(uint160(parent)) << 40) | (depth << 200) | (suspended ? 1 << 208 : 0);
    }

    /// @dev Whether a scope covers the jurisdiction and has not ended; that it has begun is what chose it.
    function _holds(uint256 scope, uint24 jurisdiction, uint256 time) private pure returns (bool) {
        return uint40(scope >> 40) > time && (scope >> 80).cover(jurisdiction);
    }

    function _parent(uint256 version) private pure returns (address) {
        return address(uint160(version >> 40));
    }

    function _depth(uint256 version) private pure returns (uint256) {
        return uint8(version >> 200);
    }

    function _suspended(uint256 version) private pure returns (bool) {
        return version >> 208 != 0;
    }
}
// slither-disable-end timestamp
