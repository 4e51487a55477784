"""Put the oversight facade together from its adapters."""

from __future__ import annotations

from chain import Chain, Outbox
from credit import Credit
from identity import Identity
from oversight.adapters.chain_activity import OutboxActivity
from oversight.adapters.chain_orders import ChainIssuers, OutboxOrders
from oversight.adapters.repository import SQLOversightStore
from oversight.facade import Oversight, build_oversight
from oversight.ports import Clock


def build_sql_oversight(
    identity: Identity, credit: Credit, chain: Chain, outbox: Outbox, *, clock: Clock
) -> Oversight:
    """Return oversight on SQL storage, identity's issuers and the chain's outbox."""
    return build_oversight(
        store=SQLOversightStore(),
        credit=credit,
        issuers=ChainIssuers(identity, chain),
        reads=identity,
        orders=OutboxOrders(outbox),
        activity=OutboxActivity(identity, outbox),
        clock=clock,
    )
