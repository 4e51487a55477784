// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// @notice A book of entries, one per key, written in batches: what the tests of the chain package write to.
contract Ledger {
    struct Entry {
        bytes32 key;
        uint256 amount;
        address holder;
        bytes note;
    }

    /// @notice The key has an entry already.
    error Ledger_Taken(bytes32 key, uint256 actual);

    /// @notice The caller may not write.
    error Ledger_NotWriter(address caller);

    event Written(bytes32 indexed key, address indexed holder, uint256 amount, bytes note, address writer);

    address public immutable OWNER;
    mapping(bytes32 key => uint256 amount) public amounts;
    mapping(address writer => bool allowed) public writers;
    uint256 public written;

    constructor(address owner) {
        OWNER = owner;
    }

    function allow(address writer, bool allowed) external {
        if (msg.sender != OWNER) revert Ledger_NotWriter(msg.sender);
        writers[writer] = allowed;
    }

    /// @notice Write every entry, or none.
    function writeBatch(Entry[] calldata entries) external {
        if (!writers[msg.sender]) revert Ledger_NotWriter(msg.sender);
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry calldata entry = entries[i];
            if (amounts[entry.key] != 0) revert Ledger_Taken(entry.key, amounts[entry.key]);
            amounts[entry.key] = entry.amount;
            ++written;
            emit Written(entry.key, entry.holder, entry.amount, entry.note, msg.sender);
        }
    }

    /// @notice Remove entries; the array holds plain words, not structs.
    function eraseBatch(bytes32[] calldata keys) external {
        if (!writers[msg.sender]) revert Ledger_NotWriter(msg.sender);
        for (uint256 i = 0; i < keys.length; ++i) {
            delete amounts[keys[i]];
        }
    }

    /// @notice Fail in each of the other ways a call can fail.
    function fail(uint8 way) external pure returns (uint256) {
        if (way == 0) revert("a reason");
        if (way == 1) return 1 / uint256(way - 1);
        if (way == 2) revert();
        assert(way != 3);
        return way;
    }
}
