// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IDirectory
/// @notice Where each deployed version of each contract lives. There are no proxies: a new version is a new deployment, listed here.
interface IDirectory {
    /// @param deployed The contract's address.
    /// @param publishedAt Unix time, seconds.
    struct Version {
        // slot 0: 20 + 5 bytes
        address deployed;
        uint40 publishedAt;
    }

    /// @param name ASCII name of the contract, left-aligned and zero-padded.
    /// @param deployed The contract's address.
    struct Publication {
        bytes32 name;
        address deployed;
    }

    /// @notice Version `version` of a contract was published; `codeHash` is its EXTCODEHASH.
    event VersionPublished(bytes32 indexed name, uint32 indexed version, address indexed deployed, bytes32 codeHash);

    /// @notice There is no code at the address.
    error Directory_NoCode(bytes32 name, address deployed);

    /// @notice The address is the latest version already.
    error Directory_AlreadyLatest(bytes32 name, address deployed);

    /// @notice The name is empty.
    error Directory_NoName(address deployed);

    /// @notice Lists new versions, numbered from 1 for each name.
    ///
    /// Requirements:
    /// - the caller has the governor role.
    /// - the name is not empty, the address has code and is not the latest version.
    function publishBatch(Publication[] calldata items) external;

    /// @notice The number of versions of a contract, which is the latest version's number; zero if none.
    function versionsOf(bytes32 name) external view returns (uint32);

    /// @notice The address of the latest version; zero if none.
    function latest(bytes32 name) external view returns (address);

    /// @notice A version; all zero if there is none.
    function versionOf(bytes32 name, uint32 version) external view returns (Version memory);
}
