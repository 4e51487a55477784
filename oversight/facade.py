"""The one object through which pages and API use oversight."""

from __future__ import annotations

from dataclasses import dataclass

from oversight.attestations import AttestationDesk
from oversight.issuers import IssuerDesk
from oversight.ports import (
    ChainActivity,
    ChainOrders,
    Clock,
    CreditPort,
    Issuers,
    OversightStore,
    ReadLog,
)
from oversight.replays import ReplayDesk


@dataclass(frozen=True)
class Oversight:
    """Issuers, attestations and replays. Build it with ``build_oversight``."""

    issuers: IssuerDesk
    attestations: AttestationDesk
    replays: ReplayDesk
    chain: ChainActivity


def build_oversight(
    *,
    store: OversightStore,
    credit: CreditPort,
    issuers: Issuers,
    reads: ReadLog,
    orders: ChainOrders,
    activity: ChainActivity,
    clock: Clock,
) -> Oversight:
    """Return oversight, wired to its ports."""
    return Oversight(
        issuers=IssuerDesk(store, issuers, orders, clock),
        attestations=AttestationDesk(store, credit, orders, clock),
        replays=ReplayDesk(store, credit, reads, clock),
        chain=activity,
    )
