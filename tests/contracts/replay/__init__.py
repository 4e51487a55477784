"""The contracts' storage, made again in plain Python from nothing but their events.

Each class folds the events of one contract and then compares what it has with the contract's views.
Beside its arguments an event gives only its block's number and time. Left out are the two things
that no event tells: `DIDRegistry.nonce`, because ERC-1056 has no event for it, and the permits of
`CredentialRegistry`, which are a cache of what `AccreditationRegistry` answers.
"""

from __future__ import annotations

import re

from ..world import World
from .dealings import Consents, Credit, Pledges, Versions
from .registers import Accreditations, Credentials, DIDs, Enterprises

# Who governs and what domain is signed for are constants of the deployment.
OPENZEPPELIN = frozenset({"AuthorityUpdated", "EIP712DomainChanged"})
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Replay:
    """All contracts as their events tell them."""

    def __init__(self, world: World) -> None:
        self.contracts = {
            "DIDRegistry": DIDs(),
            "EnterpriseRegistry": Enterprises(),
            "AccreditationRegistry": Accreditations(),
            "CredentialRegistry": Credentials(),
            "ConsentRegistry": Consents(),
            "CreditRegistry": Credit(),
            "PledgeRegistry": Pledges(),
            "Directory": Versions(),
        }
        self._world = world
        self.seen: set[str] = set()
        for event in world.deployment.past_events():
            if event.contract in self.contracts and event.name not in OPENZEPPELIN:
                self.seen.add(event.name)
                handler = "on_" + _CAPITAL.sub("_", event.name).lower()
                getattr(self.contracts[event.contract], handler)(event)

    def check(self, *names: str) -> None:
        """Assert that the views answer what the events tell, of the contracts named or of all."""
        for name in names or self.contracts:
            self.contracts[name].check(self._world)
