"""What the events of consents, loans, pledges and published versions add up to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from eth_utils import to_checksum_address

from ..calls import Event
from ..world import ZERO, World

RESERVED, PLEDGED, RELEASED, ENFORCED = 1, 2, 3, 4
CORRECTED = 7
OPEN = 1


class Consents:
    """Consents, and the heads of the access logs."""

    def __init__(self) -> None:
        self.consents: dict[str, dict[str, Any]] = {}
        self.heads: dict[str, tuple[str, int, int]] = {}

    def on_consent_granted(self, event: Event) -> None:
        a = event.args
        told = {name: a[name] for name in ("did", "expiresAt", "recipient")}
        state = {"state": 1, "sequence": 0, "grantedAt": event.at}
        self.consents[a["consentId"]] = told | state

    def on_consent_changed(self, event: Event) -> None:
        a = event.args
        self.consents[a["consentId"]] |= {"state": a["state"], "sequence": a["sequence"]}

    def on_log_anchored(self, event: Event) -> None:
        a = event.args
        root, size, _ = self.heads.get(a["keeper"], (ZERO, 0, 0))
        assert a["previousRoot"] == root
        assert a["size"] > size
        self.heads[a["keeper"]] = (a["root"], a["size"], event.at)

    def check(self, world: World) -> None:
        for consent_id, consent in self.consents.items():
            assert world.consents.consentOf(consent_id).fields() == consent
        for keeper, head in self.heads.items():
            assert tuple(world.consents.logHeadOf(keeper).read()) == head


class Credit:
    """Loan attestations."""

    def __init__(self) -> None:
        self.loans: dict[str, dict[str, Any]] = {}

    def on_loan_recorded(self, event: Event) -> None:
        told = {name: event.args[name] for name in ("bank", "status")}
        rest = {"changedAt": event.at, "revision": 0, "review": 0, "dispute": 0}
        self.loans[event.args["loanId"]] = told | rest

    def on_loan_corrected(self, event: Event) -> None:
        loan = self.loans[event.args["loanId"]]
        loan |= {"status": CORRECTED, "changedAt": event.at, "revision": loan["revision"] + 1}

    def on_loan_advanced(self, event: Event) -> None:
        loan = self.loans[event.args["loanId"]]
        loan |= {name: event.args[name] for name in ("status", "revision")}
        loan["changedAt"] = event.at
        if loan["dispute"] != OPEN:
            loan["dispute"] = 0

    def on_loan_reviewed(self, event: Event) -> None:
        self.loans[event.args["loanId"]]["review"] = event.args["review"]

    def on_loan_disputed(self, event: Event) -> None:
        self.loans[event.args["loanId"]]["dispute"] = OPEN

    def on_dispute_resolved(self, event: Event) -> None:
        self.loans[event.args["loanId"]]["dispute"] = event.args["dispute"]

    def check(self, world: World) -> None:
        for loan_id, loan in self.loans.items():
            assert world.credit.loanOf(loan_id).fields() == loan


class Pledges:
    """Liens, and from them the shares of each asset."""

    def __init__(self) -> None:
        self.liens: dict[tuple[str, str], dict[str, Any]] = {}
        self.types: dict[str, bool] = {}

    def on_asset_type_set(self, event: Event) -> None:
        self.types[event.args["credentialType"]] = event.args["allowed"]

    def _lien(self, event: Event) -> dict[str, Any]:
        return self.liens[event.args["asset"], event.args["lienId"]]

    def _free_lane(self, asset: str, at: int) -> int:
        """Return the first lane that no live reservation holds."""
        own = [lien for (on, _), lien in self.liens.items() if on == asset]
        held = {o["lane"] for o in own if o["state"] == RESERVED and o["expiresAt"] > at}
        return next(lane for lane in range(4) if lane not in held)

    def on_lien_reserved(self, event: Event) -> None:
        a = event.args
        told = {name: a[name] for name in ("holder", "expiresAt", "shareBps", "rank")}
        lane = self._free_lane(a["asset"], event.at)
        self.liens[a["asset"], a["lienId"]] = told | {"state": RESERVED, "lane": lane}

    def on_lien_pledged(self, event: Event) -> None:
        a = event.args
        told = {name: a[name] for name in ("holder", "shareBps", "rank")}
        rest = {"expiresAt": 0, "state": PLEDGED, "lane": 0}
        self.liens[a["asset"], a["lienId"]] = told | rest

    def on_lien_released(self, event: Event) -> None:
        self._lien(event)["state"] = RELEASED

    def on_lien_enforced(self, event: Event) -> None:
        self._lien(event)["state"] = ENFORCED

    def on_lien_transferred(self, event: Event) -> None:
        self._lien(event)["holder"] = event.args["to"]

    def check(self, world: World) -> None:
        now = world.node.now()
        taken: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (asset, lien_id), lien in self.liens.items():
            assert world.pledges.lienOf(asset, lien_id).fields() == lien
            taken[asset][0] += lien["shareBps"] * (lien["state"] in (PLEDGED, ENFORCED))
            is_live = lien["state"] == RESERVED and lien["expiresAt"] > now
            taken[asset][1] += lien["shareBps"] * is_live
        for asset, shares in taken.items():
            assert list(world.pledges.sharesOf(asset).read()) == shares
        for kind, allowed in self.types.items():
            assert world.pledges.isAssetType(kind).read() is allowed


class Versions:
    """Published versions."""

    def __init__(self) -> None:
        self.versions: dict[str, list[tuple[str, int]]] = defaultdict(list)

    def on_version_published(self, event: Event) -> None:
        versions = self.versions[event.args["name"]]
        versions.append((event.args["deployed"], event.at))
        assert event.args["version"] == len(versions)

    def check(self, world: World) -> None:
        for name, versions in self.versions.items():
            assert world.directory.versionsOf(name).read() == len(versions)
            assert world.directory.latest(name).read() == to_checksum_address(versions[-1][0])
            for number, version in enumerate(versions, 1):
                assert tuple(world.directory.versionOf(name, number).read()) == version
