"""PledgeRegistry beside its model. Invariants 13, 14, 15 and 16."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ..world import BEIJING, INVOICE, SHANGHAI, TAX_CREDIT, ZERO, Credential, digest
from .machine import ContractMachine, first

NONE, RESERVED, PLEDGED, RELEASED, ENFORCED = range(5)
REVOKED = 1
WHOLE_BPS = 10_000
LANES = 4
ASSETS = ("first", "second")
LIENS = tuple(digest(f"lien {i}") for i in range(30))
BANKS = ("bank_a", "bank_b")
SENDERS = (*BANKS * 6, "stranger")
ERROR = "PledgeRegistry_"
assets = st.sampled_from(ASSETS)
liens = st.sampled_from(LIENS)
senders = st.sampled_from(SENDERS)
rarely = st.sampled_from((*[False] * 12, True))
shares = st.one_of(
    st.integers(1, 900), st.sampled_from((2_500, 5_000, WHOLE_BPS, 0, WHOLE_BPS + 1))
)


@dataclass
class Lien:
    """What the model knows of a lien."""

    holder: str
    bps: int
    rank: int
    state: int
    until: int = 0


class PledgeMachine(ContractMachine):
    """Two licensed banks and a stranger, two assets, thirty liens each."""

    contracts = ("PledgeRegistry",)

    @initialize()
    def begin(self) -> None:
        self.world.license_banks()
        self.world.accredit(self.world.tax, [INVOICE, TAX_CREDIT])
        found = [self.world.asset(name, index=i) for i, name in enumerate(ASSETS)]
        self.fingerprint = {n: asset for n, (asset, _) in zip(ASSETS, found, strict=True)}
        self.credential = {n: proof for n, (_, proof) in zip(ASSETS, found, strict=True)}
        self.liens: dict[str, dict[str, Lien]] = {name: {} for name in ASSETS}
        self.status = dict.fromkeys(ASSETS, 0)
        self.suspended = False

    def _is_live(self, lien: Lien) -> bool:
        return lien.state == RESERVED and self.tick <= lien.until

    def _taken(self, asset: str) -> tuple[int, int]:
        """Return pledged and reserved basis points, counted lien by lien."""
        own = self.liens[asset].values()
        pledged = sum(lien.bps for lien in own if lien.state in (PLEDGED, ENFORCED))
        return pledged, sum(lien.bps for lien in own if self._is_live(lien))

    def _is_licensed(self, bank: str) -> bool:
        return bank in BANKS and not (bank == "bank_b" and self.suspended)

    def _cited(self, by: str, asset: str, is_abroad: bool, flaw: str | None) -> Any:
        """Return what citing an asset's credential is refused with, flawed or not."""
        return [
            (not self._is_licensed(by) or is_abroad, ERROR + "NotLicensed"),
            (flaw in ("asset", "credential_type"), ERROR + "NotAnAsset"),
            (flaw is not None, ERROR + "NotIncluded"),
            (self.status[asset] != 0, ERROR + "CredentialNotValid"),
        ]

    def _inclusion(self, asset: str, flaw: str | None) -> list[Any]:
        credential: Credential = self.credential[asset]
        other = self.credential[ASSETS[1 - ASSETS.index(asset)]]
        changes: dict[str, Any] = {
            "asset": {"asset": bytes(32)},
            "credential_type": {"credential_type": bytes.fromhex(TAX_CREDIT[2:])},
            "proof": {"proof": list(other.proof)},
            "root": {"root": other.root},
            "index": {"index": 99},
        }
        return credential.inclusion(**changes.get(flaw or "", {}))

    def _fits(self, asset: str, lien: str, bps: int) -> list[tuple[bool, str]]:
        return [
            (not 0 < bps <= WHOLE_BPS, ERROR + "BadShare"),
            (sum(self._taken(asset)) + bps > WHOLE_BPS, ERROR + "OverPledged"),
        ]

    flaws = st.sampled_from((*[None] * 30, "asset", "credential_type", "proof", "root", "index"))

    @rule(
        by=senders,
        asset=assets,
        lien=liens,
        bps=shares,
        ticks=st.sampled_from((1, 2, 5, 9, 0, 1, 2, 5, 9, -1, 300)),
        is_abroad=rarely,
        flaw=flaws,
    )
    def reserve(
        self,
        by: str,
        asset: str,
        lien: str,
        bps: int,
        ticks: int,
        is_abroad: bool,
        flaw: str | None,
    ) -> None:
        until = self.tick + ticks
        item = [lien, bps, self.time_of(until), SHANGHAI if is_abroad else BEIJING]
        live = [one for one in self.liens[asset].values() if self._is_live(one)]
        refusal = first(
            *self._cited(by, asset, is_abroad, flaw),
            (lien in self.liens[asset], ERROR + "AlreadyMade"),
            (ticks in (-1, 300), ERROR + "BadExpiry"),
            *self._fits(asset, lien, bps),
            (len(live) == LANES, ERROR + "TooManyReservations"),
        )
        call = self.world.pledges.reserveBatch([[*item, self._inclusion(asset, flaw)]])
        if self.attempt(call, getattr(self.world, by), refusal):
            rank = len(self.liens[asset]) + 1
            self.liens[asset][lien] = Lien(by, bps, rank, RESERVED, until)
        self._compare(asset, lien)

    @rule(by=senders, asset=assets, lien=liens, bps=shares, is_abroad=rarely, flaw=flaws)
    def pledge(
        self, by: str, asset: str, lien: str, bps: int, is_abroad: bool, flaw: str | None
    ) -> None:
        self._pledge(by, asset, lien, bps, is_abroad, flaw)

    @rule(data=st.data(), is_other=rarely, is_more=rarely)
    def pledge_what_is_reserved(self, data: st.DataObject, is_other: bool, is_more: bool) -> None:
        reserved = [
            (asset, lien_id, lien)
            for asset, of_asset in self.liens.items()
            for lien_id, lien in of_asset.items()
            if lien.state == RESERVED
        ]
        if reserved:
            asset, lien_id, lien = data.draw(st.sampled_from(reserved))
            by = BANKS[1 - BANKS.index(lien.holder)] if is_other else lien.holder
            self._pledge(by, asset, lien_id, lien.bps + is_more, False, None)

    def _pledge(
        self, by: str, asset: str, lien_id: str, bps: int, is_abroad: bool, flaw: str | None
    ) -> None:
        lien = self.liens[asset].get(lien_id)
        if lien is not None and lien.state == RESERVED:
            rules = [
                (lien.holder != by, ERROR + "NotHolder"),
                (self.tick > lien.until, ERROR + "ReservationExpired"),
                (bps != lien.bps, ERROR + "BadShare"),
            ]
        else:
            rules = [(lien is not None, ERROR + "AlreadyMade"), *self._fits(asset, lien_id, bps)]
        refusal = first(*self._cited(by, asset, is_abroad, flaw), *rules)
        item = [lien_id, bps, SHANGHAI if is_abroad else BEIJING, self._inclusion(asset, flaw)]
        if self.attempt(self.world.pledges.pledgeBatch([item]), getattr(self.world, by), refusal):
            rank = lien.rank if lien else len(self.liens[asset]) + 1
            self.liens[asset][lien_id] = Lien(by, bps, rank, PLEDGED)
        self._compare(asset, lien_id)

    def _draw(self, data: st.DataObject) -> tuple[str, str, Lien | None, str]:
        """Draw a lien, mostly one that was made, and who acts on it, mostly its holder."""
        asset = data.draw(assets)
        made = sorted(self.liens[asset])
        lien_id = data.draw(st.sampled_from(made)) if made else LIENS[0]
        lien = self.liens[asset].get(lien_id)
        by = data.draw(senders)
        if lien is not None and not data.draw(rarely):
            by = lien.holder
        return asset, lien_id, lien, by

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        asset, lien_id, lien, by = self._draw(data)
        refusal = first(
            (lien is None or lien.holder != by, ERROR + "NotHolder"),
            (lien and lien.state not in (RESERVED, PLEDGED), ERROR + "WrongState"),
        )
        call = self.world.pledges.releaseBatch([[self.fingerprint[asset], lien_id, ZERO]])
        if self.attempt(call, getattr(self.world, by), refusal) and lien:
            lien.state = RELEASED
        self._compare(asset, lien_id)

    @rule(data=st.data())
    def enforce(self, data: st.DataObject) -> None:
        asset, lien_id, lien, by = self._draw(data)
        refusal = first(
            (not self._is_licensed(by), ERROR + "NotLicensed"),
            (lien is None or lien.holder != by, ERROR + "NotHolder"),
            (lien and lien.state != PLEDGED, ERROR + "WrongState"),
        )
        call = self.world.pledges.enforceBatch([[self.fingerprint[asset], lien_id, ZERO]])
        if self.attempt(call, getattr(self.world, by), refusal) and lien:
            lien.state = ENFORCED
        self._compare(asset, lien_id)

    @rule(data=st.data(), to=senders)
    def transfer(self, data: st.DataObject, to: str) -> None:
        asset, lien_id, lien, by = self._draw(data)
        refusal = first(
            (lien is None or lien.holder != by, ERROR + "NotHolder"),
            (lien and lien.state != PLEDGED, ERROR + "WrongState"),
            (not self._is_licensed(to), ERROR + "NotLicensed"),
        )
        item = [self.fingerprint[asset], lien_id, getattr(self.world, to), BEIJING]
        call = self.world.pledges.transferBatch([item])
        if self.attempt(call, getattr(self.world, by), refusal) and lien:
            lien.holder = to
        self._compare(asset, lien_id)

    @rule(asset=assets, status=st.sampled_from((*[0] * 9, 2, 2, REVOKED)))
    def set_status(self, asset: str, status: int) -> None:
        """The asset's credential is suspended, reinstated, or at last revoked."""
        if self.status[asset] not in (REVOKED, status):
            index = self.credential[asset].leaf.index
            self.world.credentials.setStatusBatch([[index, status]]).by(self.world.tax)
            self.status[asset] = status

    @rule(suspended=st.sampled_from((False, False, True)))
    def suspend_a_bank(self, suspended: bool) -> None:
        if suspended != self.suspended:
            self.world.suspend(self.world.bank_b, suspended)
            self.suspended = suspended

    def _compare(self, asset: str, lien_id: str) -> None:
        pledged, reserved = self.world.pledges.sharesOf(self.fingerprint[asset]).read()
        assert (pledged, reserved) == self._taken(asset)
        assert pledged + reserved <= WHOLE_BPS
        found = self.world.pledges.lienOf(self.fingerprint[asset], lien_id).fields()
        lien = self.liens[asset].get(lien_id)
        assert found["state"] == (lien.state if lien else NONE)
        if lien is not None:
            assert found["holder"] == getattr(self.world, lien.holder)
            assert (found["shareBps"], found["rank"]) == (lien.bps, lien.rank)
        ranks = [one.rank for one in self.liens[asset].values()]
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
