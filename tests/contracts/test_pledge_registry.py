"""PledgeRegistry: shares never above the whole, citing a credential proved in the contract."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest
from eth_abi import encode
from eth_utils import keccak

from .calls import refused
from .world import (
    BEIJING,
    INVOICE,
    LOAN_ATTESTATION,
    SHANGHAI,
    TAX_CREDIT,
    ZERO,
    Credential,
    World,
    digest,
)

NONE, RESERVED, PLEDGED, RELEASED, ENFORCED = range(5)
WHOLE = 10_000
HOUR, MONTH = 3600, 30 * 86400
REVOKED, SUSPENDED = 1, 2


class Yard:
    """Two licensed banks and one asset, its credential anchored by the tax authority."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.license_banks()
        world.accredit(world.tax, [INVOICE, TAX_CREDIT])
        self.asset, self.credential = world.asset("receivable")

    def pledge(
        self,
        bps: int,
        *,
        by: str | None = None,
        lien: str = "lien",
        credential: Credential | None = None,
        where: int = BEIJING,
        **changes: Any,
    ):
        inclusion = (credential or self.credential).inclusion(**changes)
        item = [digest(lien), bps, where, inclusion]
        return self.world.pledges.pledgeBatch([item]).by(by or self.world.bank_a)

    def reserve(
        self,
        bps: int,
        *,
        by: str | None = None,
        lien: str = "lien",
        expires_in: int = HOUR,
        **changes: Any,
    ):
        expires_at = self.world.node.now() + expires_in
        item = [digest(lien), bps, expires_at, BEIJING, self.credential.inclusion(**changes)]
        return self.world.pledges.reserveBatch([item]).by(by or self.world.bank_a)

    def end(self, how: str, *, by: str | None = None, lien: str = "lien"):
        item = [self.asset, digest(lien), digest("proof")]
        return getattr(self.world.pledges, f"{how}Batch")([item]).by(by or self.world.bank_a)

    def transfer(self, to: str, *, by: str | None = None, lien: str = "lien"):
        item = [self.asset, digest(lien), to, BEIJING]
        return self.world.pledges.transferBatch([item]).by(by or self.world.bank_a)

    def lien(self, lien: str = "lien") -> dict[str, Any]:
        return self.world.pledges.lienOf(self.asset, digest(lien)).fields()

    @property
    def shares(self) -> tuple[int, int]:
        pledged, reserved = self.world.pledges.sharesOf(self.asset).read()
        return pledged, reserved


@pytest.fixture
def yard(world: World) -> Yard:
    return Yard(world)


class TestTheLastLien:
    """Nobody can make 65,535 liens in a test, so their count is written into the asset's word."""

    SHARES_SLOT = 2

    def test_an_asset_has_65535_liens_in_its_life(self, yard: Yard) -> None:
        yard.pledge(5_000)
        yard.end("release")
        place = encode(["bytes32", "uint256"], [bytes.fromhex(yard.asset[2:]), self.SHARES_SLOT])
        yard.world.node.write_storage(yard.world.pledges.address, keccak(place), 65_534 << 16)
        assert yard.pledge(1, lien="last").only("LienPledged")["rank"] == 65_535
        with refused("PledgeRegistry_TooManyLiens", yard.asset, 65_535):
            yard.pledge(1, lien="beyond")


class TestPledgeBatch:
    def test_a_licensed_bank_takes_a_pledge(self, yard: Yard) -> None:
        done = yard.pledge(6_000)
        assert done.only("LienPledged") == {
            "asset": yard.asset,
            "lienId": digest("lien"),
            "holder": yard.world.bank_a,
            "shareBps": 6_000,
            "rank": 1,
        }
        assert yard.lien() == {
            "holder": yard.world.bank_a,
            "expiresAt": 0,
            "shareBps": 6_000,
            "rank": 1,
            "state": PLEDGED,
            "lane": 0,
        }
        assert yard.shares == (6_000, 0)

    def test_a_second_full_pledge_is_refused_with_the_figures(self, yard: Yard) -> None:
        yard.pledge(WHOLE)
        with refused("PledgeRegistry_OverPledged", yard.asset, WHOLE, WHOLE):
            yard.pledge(WHOLE, by=yard.world.bank_b, lien="second")

    def test_shares_fill_the_whole_and_no_more(self, yard: Yard) -> None:
        yard.pledge(6_000)
        with refused("PledgeRegistry_OverPledged", yard.asset, 6_000, 4_001):
            yard.pledge(4_001, by=yard.world.bank_b, lien="second")
        assert (
            yard.pledge(4_000, by=yard.world.bank_b, lien="second").only("LienPledged")["rank"] == 2
        )
        assert yard.shares == (WHOLE, 0)

    def test_also_within_one_batch(self, yard: Yard) -> None:
        items = [
            [digest(f"lien {i}"), 6_000, BEIJING, yard.credential.inclusion()] for i in range(2)
        ]
        with refused("PledgeRegistry_OverPledged", yard.asset, 6_000, 6_000):
            yard.world.pledges.pledgeBatch(items).by(yard.world.bank_a)
        assert yard.shares == (0, 0)

    @pytest.mark.parametrize("bps", [0, WHOLE + 1, 65_535])
    def test_a_share_is_between_one_and_ten_thousand(self, yard: Yard, bps: int) -> None:
        with refused("PledgeRegistry_BadShare", digest("lien"), bps):
            yard.pledge(bps)

    def test_the_same_lien_is_made_once(self, yard: Yard) -> None:
        yard.pledge(1_000)
        with refused("PledgeRegistry_AlreadyMade", yard.asset, digest("lien"), PLEDGED):
            yard.pledge(1_000)
        yard.end("release")
        with refused("PledgeRegistry_AlreadyMade", yard.asset, digest("lien"), RELEASED):
            yard.pledge(1_000)

    def test_an_unlicensed_account_takes_none(self, yard: Yard) -> None:
        with refused("PledgeRegistry_NotLicensed", yard.world.stranger, BEIJING):
            yard.pledge(1_000, by=yard.world.stranger)

    def test_nor_a_bank_elsewhere_or_suspended_or_licensed_otherwise(self, yard: Yard) -> None:
        bank = yard.world.bank_a
        with refused("PledgeRegistry_NotLicensed", bank, SHANGHAI):
            yard.pledge(1_000, where=SHANGHAI)
        yard.world.suspend(bank)
        with refused("PledgeRegistry_NotLicensed", bank, BEIJING):
            yard.pledge(1_000)
        yard.world.accredit(yard.world.department, [LOAN_ATTESTATION])
        with refused("PledgeRegistry_NotLicensed", yard.world.department, BEIJING):
            yard.pledge(1_000, by=yard.world.department)


class TestCitation:
    """Of pledges and reservations alike."""

    @pytest.fixture(params=["pledge", "reserve"])
    def make(self, yard: Yard, request):
        return getattr(yard, request.param)

    @pytest.mark.parametrize(
        "changes",
        [
            {"digest": digest("another")},
            {"index": 9},
            {"root": digest("another root")},
            {"proof": []},
            {"asset": digest("another asset")},
            {"issuer": "0x" + "11" * 20},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_a_proof_that_leads_nowhere_is_refused(self, yard: Yard, make, changes) -> None:
        cited = yard.credential.inclusion(**changes)
        root = cited[1] if isinstance(cited[1], str) else "0x" + cited[1].hex()
        asset = cited[5] if isinstance(cited[5], str) else "0x" + cited[5].hex()
        with refused("PledgeRegistry_NotIncluded", asset, cited[0], root):
            make(1_000, **changes)

    @pytest.mark.parametrize("status", [REVOKED, SUSPENDED])
    def test_a_credential_that_is_not_valid_is_refused(self, yard: Yard, make, status: int) -> None:
        tax, index = yard.world.tax, yard.credential.leaf.index
        yard.world.credentials.setStatusBatch([[index, status]]).by(tax)
        with refused("PledgeRegistry_CredentialNotValid", yard.asset, tax, index, status):
            make(1_000)

    def test_a_credential_about_no_asset_is_refused(self, yard: Yard, make) -> None:
        with refused("PledgeRegistry_NotAnAsset", ZERO, INVOICE):
            make(1_000, asset=ZERO)

    def test_a_credential_of_another_type_is_refused(self, yard: Yard, make) -> None:
        with refused("PledgeRegistry_NotAnAsset", yard.asset, TAX_CREDIT):
            make(1_000, credential_type=TAX_CREDIT)


class TestReserveBatch:
    def test_a_reservation_holds_a_share_until_it_expires(self, yard: Yard) -> None:
        done = yard.reserve(7_000)
        expires_at = yard.lien()["expiresAt"]
        assert done.only("LienReserved") == {
            "asset": yard.asset,
            "lienId": digest("lien"),
            "holder": yard.world.bank_a,
            "shareBps": 7_000,
            "rank": 1,
            "expiresAt": expires_at,
        }
        assert yard.shares == (0, 7_000)
        with refused("PledgeRegistry_OverPledged", yard.asset, 7_000, 3_001):
            yard.pledge(3_001, by=yard.world.bank_b, lien="second")
        yard.world.node.advance(HOUR + 1)
        assert yard.shares == (0, 0)
        yard.pledge(WHOLE, by=yard.world.bank_b, lien="second")
        assert yard.lien("second")["rank"] == 2

    def test_it_becomes_a_pledge(self, yard: Yard) -> None:
        yard.reserve(7_000)
        yard.reserve(3_000, by=yard.world.bank_b, lien="second")
        assert yard.pledge(7_000).only("LienPledged")["rank"] == 1
        assert yard.shares == (7_000, 3_000)
        assert yard.lien()["state"] == PLEDGED

    def test_not_of_another_share(self, yard: Yard) -> None:
        yard.reserve(7_000)
        with refused("PledgeRegistry_BadShare", digest("lien"), 7_001):
            yard.pledge(7_001)

    def test_not_by_another_bank(self, yard: Yard) -> None:
        yard.reserve(7_000)
        holder, other = yard.world.bank_a, yard.world.bank_b
        with refused("PledgeRegistry_NotHolder", yard.asset, digest("lien"), holder, other):
            yard.pledge(7_000, by=other)

    def test_not_once_it_has_expired(self, yard: Yard) -> None:
        yard.reserve(7_000)
        expires_at = yard.lien()["expiresAt"]
        yard.world.node.advance(HOUR + 1)
        with refused(
            "PledgeRegistry_ReservationExpired", yard.asset, digest("lien"), expires_at, ANY
        ):
            yard.pledge(7_000)

    def test_not_once_the_credential_is_revoked(self, yard: Yard) -> None:
        yard.reserve(7_000)
        tax = yard.world.tax
        yard.world.credentials.setStatusBatch([[0, REVOKED]]).by(tax)
        with refused("PledgeRegistry_CredentialNotValid", yard.asset, tax, 0, REVOKED):
            yard.pledge(7_000)

    @pytest.mark.parametrize("expires_in", [-1, MONTH + HOUR])
    def test_it_lasts_at_most_thirty_days(self, yard: Yard, expires_in: int) -> None:
        with refused("PledgeRegistry_BadExpiry", digest("lien"), ANY, ANY):
            yard.reserve(1_000, expires_in=expires_in)

    def test_four_are_live_at_a_time(self, yard: Yard) -> None:
        for i in range(4):
            yard.reserve(100, lien=f"lien {i}", expires_in=HOUR * (i + 1))
        with refused("PledgeRegistry_TooManyReservations", yard.asset, 4):
            yard.reserve(100, lien="fifth")
        yard.world.node.advance(HOUR + 1)
        yard.reserve(200, lien="fifth")
        assert yard.lien("fifth")["lane"] == yard.lien("lien 0")["lane"]
        assert yard.shares == (0, 500)

    def test_the_same_lien_is_reserved_once(self, yard: Yard) -> None:
        yard.reserve(100)
        with refused("PledgeRegistry_AlreadyMade", yard.asset, digest("lien"), RESERVED):
            yard.reserve(100)

    @pytest.mark.parametrize("bps", [0, WHOLE + 1])
    def test_a_share_is_between_one_and_ten_thousand(self, yard: Yard, bps: int) -> None:
        with refused("PledgeRegistry_BadShare", digest("lien"), bps):
            yard.reserve(bps)


class TestReleaseBatch:
    @pytest.mark.parametrize("make", ["pledge", "reserve"])
    def test_the_share_is_free_again(self, yard: Yard, make: str) -> None:
        getattr(yard, make)(WHOLE)
        assert yard.end("release").only("LienReleased") == {
            "asset": yard.asset,
            "lienId": digest("lien"),
            "evidenceDigest": digest("proof"),
        }
        assert yard.shares == (0, 0)
        yard.pledge(WHOLE, by=yard.world.bank_b, lien="second")

    def test_an_expired_reservation_frees_nobody_elses_lane(self, yard: Yard) -> None:
        yard.reserve(5_000)
        yard.world.node.advance(HOUR + 1)
        yard.reserve(6_000, by=yard.world.bank_b, lien="second")
        assert yard.lien("second")["lane"] == yard.lien()["lane"]
        yard.end("release")
        assert yard.shares == (0, 6_000)

    def test_a_suspended_bank_still_releases(self, yard: Yard) -> None:
        yard.pledge(WHOLE)
        yard.world.suspend(yard.world.bank_a)
        yard.end("release")

    def test_only_the_holder_releases(self, yard: Yard) -> None:
        yard.pledge(WHOLE)
        holder, other = yard.world.bank_a, yard.world.bank_b
        with refused("PledgeRegistry_NotHolder", yard.asset, digest("lien"), holder, other):
            yard.end("release", by=other)

    @pytest.mark.parametrize(("how", "state"), [("release", RELEASED), ("enforce", ENFORCED)])
    def test_what_has_ended_is_not_released(self, yard: Yard, how: str, state: int) -> None:
        yard.pledge(WHOLE)
        yard.end(how)
        with refused("PledgeRegistry_WrongState", yard.asset, digest("lien"), state, RELEASED):
            yard.end("release")


class TestEnforceBatch:
    def test_the_share_stays_used_up(self, yard: Yard) -> None:
        yard.pledge(6_000)
        assert yard.end("enforce").only("LienEnforced")["lienId"] == digest("lien")
        assert yard.lien()["state"] == ENFORCED
        assert yard.shares == (6_000, 0)
        with refused("PledgeRegistry_OverPledged", yard.asset, 6_000, 5_000):
            yard.pledge(5_000, by=yard.world.bank_b, lien="second")

    def test_a_reservation_is_not_enforced(self, yard: Yard) -> None:
        yard.reserve(6_000)
        with refused("PledgeRegistry_WrongState", yard.asset, digest("lien"), RESERVED, ENFORCED):
            yard.end("enforce")

    def test_only_the_holder_enforces(self, yard: Yard) -> None:
        yard.pledge(6_000)
        holder, other = yard.world.bank_a, yard.world.bank_b
        with refused("PledgeRegistry_NotHolder", yard.asset, digest("lien"), holder, other):
            yard.end("enforce", by=other)

    def test_a_suspended_bank_enforces_nothing(self, yard: Yard) -> None:
        yard.pledge(6_000)
        yard.world.suspend(yard.world.bank_a)
        with refused("PledgeRegistry_NotLicensed", yard.world.bank_a, 0):
            yard.end("enforce")


class TestTransferBatch:
    def test_a_lien_passes_to_another_licensed_bank(self, yard: Yard) -> None:
        yard.pledge(6_000)
        done = yard.transfer(yard.world.bank_b)
        assert done.only("LienTransferred") == {
            "asset": yard.asset,
            "lienId": digest("lien"),
            "to": yard.world.bank_b,
        }
        assert (yard.lien()["holder"], yard.lien()["rank"]) == (yard.world.bank_b, 1)
        assert yard.shares == (6_000, 0)
        yard.end("release", by=yard.world.bank_b)

    def test_not_to_an_unlicensed_account(self, yard: Yard) -> None:
        yard.pledge(6_000)
        with refused("PledgeRegistry_NotLicensed", yard.world.stranger, BEIJING):
            yard.transfer(yard.world.stranger)

    def test_only_by_its_holder(self, yard: Yard) -> None:
        yard.pledge(6_000)
        holder, other = yard.world.bank_a, yard.world.bank_b
        with refused("PledgeRegistry_NotHolder", yard.asset, digest("lien"), holder, other):
            yard.transfer(other, by=other)

    def test_only_of_a_pledge(self, yard: Yard) -> None:
        yard.reserve(6_000)
        with refused("PledgeRegistry_WrongState", yard.asset, digest("lien"), RESERVED, PLEDGED):
            yard.transfer(yard.world.bank_b)


class TestSetAssetType:
    def test_the_governor_sets_types(self, yard: Yard) -> None:
        pledges = yard.world.pledges
        assert pledges.isAssetType(INVOICE).read() is True
        done = yard.world.as_governor(pledges, "setAssetType", INVOICE, False)
        assert done.only("AssetTypeSet") == {"credentialType": INVOICE, "allowed": False}
        with refused("PledgeRegistry_NotAnAsset", yard.asset, INVOICE):
            yard.pledge(1_000)

    def test_nobody_else_does(self, yard: Yard) -> None:
        with refused("AccessManagedUnauthorized", yard.world.bank_a):
            yard.world.pledges.setAssetType(TAX_CREDIT, True).by(yard.world.bank_a)


class TestViews:
    def test_what_never_was_is_all_zero(self, world: World) -> None:
        never = digest("never")
        assert len(set(world.pledges.lienOf(never, never).read()) - {"0x" + "00" * 20, 0}) == 0
        assert list(world.pledges.sharesOf(never).read()) == [0, 0]

    def test_three_types_can_be_cited(self, world: World) -> None:
        assert world.pledges.isAssetType(INVOICE).read()
        assert not world.pledges.isAssetType(TAX_CREDIT).read()
