// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import { IDirectory } from "./interfaces/IDirectory.sol";

/// @title Directory
contract Directory is IDirectory, AccessManaged {
    /// @inheritdoc IDirectory
    mapping(bytes32 name => uint32 count) public versionsOf;

    mapping(bytes32 name => mapping(uint32 version => Version)) private _versions;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IDirectory
    function publishBatch(Publication[] calldata items) external restricted {
        for (uint256 i; i < items.length; ++i) _publish(items[i].name, items[i].deployed);
    }

    /// @inheritdoc IDirectory
    function latest(bytes32 name) external view returns (address) {
        return _versions[name][versionsOf[name]].deployed;
    }

    /// @inheritdoc IDirectory
    function versionOf(bytes32 name, uint32 version) external view returns (Version memory) {
        return _versions[name][version];
    }

    function _publish(bytes32 name, address deployed) private {
        if (name == 0) revert Directory_NoName(deployed);
        if (deployed.code.length == 0) revert Directory_NoCode(name, deployed);
        uint32 version = versionsOf[name];
        if (_versions[name][version].deployed == deployed) revert Directory_AlreadyLatest(name, deployed);
        versionsOf[name] = ++version;
        _versions[name][version] = Version({ deployed: deployed, publishedAt: uint40(block.timestamp) });
        emit VersionPublished(name, version, deployed, deployed.codehash);
    }
}
