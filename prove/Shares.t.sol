// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICredentialRegistry } from "../contracts_sol/interfaces/ICredentialRegistry.sol";
import { IPledgeRegistry } from "../contracts_sol/interfaces/IPledgeRegistry.sol";
import { AssetId, CredentialType } from "../contracts_sol/interfaces/Types.sol";
import { SharesState } from "./Shares.sol";

/// @notice Invariants 13 and 14 by induction: in any state of an asset in which
///  - all shares add up to 10,000 at most,
///  - the pledged ones are the sum of what its liens hold, and
///  - each live reservation is counted in a lane of its own,
/// one item of any call keeps all three. An asset nobody touched is such a state: its word is zero.
///
/// One proof for each call and each state of the lien in which the call can succeed; in all others it is proved to revert.
/// Whatever the other registries and the authority answer, whoever calls.
///
/// Assumed, not proved: a batch is its items one after the other, as the loops say; an item writes to no slot but those
/// of its own asset and lien, as hashes do not collide; the times lie between 2001 and 3000.
contract SharesProof is SharesState {
    function check_aReservationKeepsTheWhole(address caller, uint16 bps, uint40 until) public {
        givenNoLien();
        _succeeds(caller, _reserve(bps, until));
        keepsTheWhole();
    }

    function check_aPledgeKeepsTheWhole(address caller, uint16 bps) public {
        givenNoLien();
        _succeeds(caller, _pledge(bps));
        keepsTheWhole();
    }

    function check_aPledgeOfAReservationKeepsTheWhole(address caller, uint16 bps, uint8 lane) public {
        givenReservation(lane);
        _succeeds(caller, _pledge(bps));
        keepsTheWhole();
    }

    function check_aReleaseOfAReservationKeepsTheWhole(address caller, uint8 lane) public {
        givenReservation(lane);
        _succeeds(caller, abi.encodeCall(registry.releaseBatch, (_end())));
        keepsTheWhole();
    }

    function check_aReleaseOfAnExpiredReservationKeepsTheWhole(address caller) public {
        givenExpiredReservation();
        _succeeds(caller, abi.encodeCall(registry.releaseBatch, (_end())));
        keepsTheWhole();
    }

    function check_aReleaseOfAPledgeKeepsTheWhole(address caller) public {
        givenPledge();
        _succeeds(caller, abi.encodeCall(registry.releaseBatch, (_end())));
        keepsTheWhole();
    }

    function check_anEnforcementKeepsTheWhole(address caller) public {
        givenPledge();
        _succeeds(caller, abi.encodeCall(registry.enforceBatch, (_end())));
        keepsTheWhole();
    }

    function check_aTransferKeepsTheWhole(address caller, address to) public {
        givenPledge();
        _succeeds(caller, _transfer(to));
        keepsTheWhole();
    }

    function check_aLienIsReservedOnce(address caller, uint16 bps, uint40 until) public {
        (uint256 state, ) = givenAnyLien();
        VM.assume(state != 0);
        assert(!_call(caller, _reserve(bps, until)));
    }

    function check_onlyALiveReservationIsPledged(address caller, uint16 bps) public {
        (uint256 state, uint256 expiresAt) = givenAnyLien();
        VM.assume(state > RESERVED || (state == RESERVED && expiresAt <= time));
        assert(!_call(caller, _pledge(bps)));
    }

    function check_whatIsOverIsNotReleased(address caller) public {
        (uint256 state, ) = givenAnyLien();
        VM.assume(state != RESERVED && state != PLEDGED);
        assert(!_call(caller, abi.encodeCall(registry.releaseBatch, (_end()))));
    }

    function check_onlyAPledgeIsEnforcedOrTransferred(address caller, address to, bool transfers) public {
        (uint256 state, ) = givenAnyLien();
        VM.assume(state != PLEDGED);
        assert(!_call(caller, transfers ? _transfer(to) : abi.encodeCall(registry.enforceBatch, (_end()))));
    }

    function check_governanceTouchesNoShare(address caller, bool ofType, CredentialType kind, address next) public {
        givenPledge();
        _call(
            caller,
            ofType
                ? abi.encodeCall(registry.setAssetType, (kind, SVM.createBool("allowed")))
                : abi.encodeCall(registry.setAuthority, (next))
        );
        keepsTheWhole();
    }

    /// @notice Later, no lane counts for more than now; so neither does their sum.
    function check_timeOnlyEndsReservations(uint256 shares, uint40 earlier, uint40 later) public pure {
        VM.assume(earlier <= later);
        for (uint256 i; i < LANES; ++i) assert(liveBps(shares, i, later) <= liveBps(shares, i, earlier));
    }

    /// @notice What banks are told is what the proofs above are about.
    function check_sharesOfTellsTheWord() public {
        givenNoLien();
        (uint256 pledgedBps, uint256 reservedBps) = registry.sharesOf(ASSET);
        assert(pledgedBps == before & 0xffff);
        assert(pledgedBps + reservedBps == totalBps(before));
    }

    function _call(address caller, bytes memory data) private returns (bool success) {
        VM.prank(caller);
        (success, ) = address(registry).call(data);
    }

    function _succeeds(address caller, bytes memory data) private {
        VM.assume(_call(caller, data));
    }

    function _reserve(uint16 bps, uint40 until) private view returns (bytes memory) {
        IPledgeRegistry.Reservation[] memory items = new IPledgeRegistry.Reservation[](1);
        items[0] = IPledgeRegistry.Reservation(LIEN, bps, until, 110000, _cite());
        return abi.encodeCall(registry.reserveBatch, (items));
    }

    function _pledge(uint16 bps) private view returns (bytes memory) {
        IPledgeRegistry.Pledge[] memory items = new IPledgeRegistry.Pledge[](1);
        items[0] = IPledgeRegistry.Pledge(LIEN, bps, 110000, _cite());
        return abi.encodeCall(registry.pledgeBatch, (items));
    }

    function _transfer(address to) private view returns (bytes memory) {
        IPledgeRegistry.LienTransfer[] memory items = new IPledgeRegistry.LienTransfer[](1);
        items[0] = IPledgeRegistry.LienTransfer(ASSET, LIEN, to, 110000);
        return abi.encodeCall(registry.transferBatch, (items));
    }

    function _end() private pure returns (IPledgeRegistry.LienEnd[] memory items) {
        items = new IPledgeRegistry.LienEnd[](1);
        items[0] = IPledgeRegistry.LienEnd(ASSET, LIEN, 0);
    }

    function _cite() private pure returns (ICredentialRegistry.Inclusion memory) {
        return
            ICredentialRegistry.Inclusion({
                issuer: address(1),
                root: bytes32(uint256(1)),
                credentialDigest: 0,
                credentialType: KIND,
                statusIndex: 0,
                assetFingerprint: AssetId.unwrap(ASSET),
                proof: new bytes32[](0)
            });
    }
}
