"""What the events of the registers of identities, issuers and credentials add up to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from eth_abi import encode
from eth_utils import keccak

from ..calls import Event
from ..world import NOBODY, World

WORD = 128
MOMENTS_ASKED = 24


class DIDs:
    """Owners, delegates and the block of each identity's last change."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.delegates: dict[tuple[str, str, str], int] = {}
        self.changed: dict[str, int] = defaultdict(int)

    def _touch(self, event: Event) -> None:
        identity = event.args["identity"]
        assert event.args["previousChange"] == self.changed[identity]
        self.changed[identity] = event.block_number

    def on_did_owner_changed(self, event: Event) -> None:
        self._touch(event)
        self.owners[event.args["identity"]] = event.args["owner"]

    def on_did_delegate_changed(self, event: Event) -> None:
        self._touch(event)
        a = event.args
        self.delegates[a["identity"], a["delegateType"], a["delegate"]] = a["validTo"]

    def on_did_attribute_changed(self, event: Event) -> None:
        self._touch(event)

    def check(self, world: World) -> None:
        dids = world.dids
        for identity, block in self.changed.items():
            assert dids.changed(identity).read() == block
            owner = self.owners.get(identity, identity)
            assert dids.identityOwner(identity).read() == owner
            assert dids.owners(identity).read() == self.owners.get(identity, NOBODY)
        for (identity, kind, delegate), valid_to in self.delegates.items():
            type_hash = keccak(bytes.fromhex(kind[2:]))
            assert dids.delegates(identity, type_hash, delegate).read() == valid_to


class Enterprises:
    """Enterprises, their guardians and recoveries, and the registrars."""

    def __init__(self) -> None:
        self.enterprises: dict[str, dict[str, Any]] = {}
        self.recoveries: dict[str, tuple[str, int]] = {}
        self.guardians: dict[str, bytes] = {}
        self.registrars: dict[str, bool] = {}

    def on_registrar_set(self, event: Event) -> None:
        self.registrars[event.args["account"]] = event.args["allowed"]

    def on_enterprise_registered(self, event: Event) -> None:
        self.enterprises[event.args["fingerprint"]] = {
            "did": event.args["did"],
            "registeredAt": event.at,
            "state": 1,
            "sequence": 0,
        }

    def on_enterprise_state_changed(self, event: Event) -> None:
        self.enterprises[event.args["fingerprint"]]["state"] = event.args["state"]

    def _use(self, event: Event) -> str:
        fingerprint = str(event.args["fingerprint"])
        self.enterprises[fingerprint]["sequence"] = event.args["sequence"] + 1
        return fingerprint

    def on_guardians_set(self, event: Event) -> None:
        members = [event.args["threshold"], event.args["guardians"]]
        self.guardians[self._use(event)] = keccak(encode(["uint8", "address[]"], members))

    def on_recovery_proposed(self, event: Event) -> None:
        recovery = (event.args["newDid"], event.args["executableAt"])
        self.recoveries[self._use(event)] = recovery

    def on_recovery_cancelled(self, event: Event) -> None:
        del self.recoveries[self._use(event)]

    def on_enterprise_recovered(self, event: Event) -> None:
        enterprise = self.enterprises[event.args["fingerprint"]]
        assert enterprise["did"] == event.args["oldDid"]
        enterprise["did"] = event.args["newDid"]
        del self.recoveries[event.args["fingerprint"]]

    def check(self, world: World) -> None:
        registry = world.enterprises
        for account, allowed in self.registrars.items():
            assert registry.isRegistrar(account).read() is allowed
        for fingerprint, enterprise in self.enterprises.items():
            assert registry.enterpriseOf(fingerprint).fields() == enterprise
            recovery = self.recoveries.get(fingerprint, (NOBODY, 0))
            assert tuple(registry.recoveryOf(fingerprint).read()) == recovery
            digest = "0x" + self.guardians.get(fingerprint, bytes(32)).hex()
            assert registry.guardiansDigestOf(fingerprint).read() == digest


class Accreditations:
    """The tree with all its versions, from which any past question is answered."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}
        self.suspensions: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self.scopes: dict[tuple[str, str], list[tuple[int, int, list[int]]]] = defaultdict(list)
        self.times: list[int] = []
        self.listener = NOBODY

    def on_listener_bound(self, event: Event) -> None:
        self.listener = event.args["listener"]

    def on_accredited(self, event: Event) -> None:
        a = event.args
        self.times += [event.at, a["validFrom"]]
        self.parents.setdefault(a["issuer"], a["parent"])
        if not self.suspensions[a["issuer"]]:
            self.suspensions[a["issuer"]].append((event.at, False))
        versions = self.scopes[a["issuer"], a["credentialType"]]
        # A version that never was in force is replaced by the next one.
        if versions and (versions[-1][0] > event.at or versions[-1][0] >= a["validFrom"]):
            versions.pop()
        versions.append((a["validFrom"], a["validUntil"], a["jurisdictions"]))

    def on_suspension_changed(self, event: Event) -> None:
        self.times.append(event.at)
        versions = self.suspensions[event.args["issuer"]]
        if versions[-1][0] == event.at:
            versions.pop()
        versions.append((event.at, event.args["suspended"]))

    def is_accredited(self, issuer: str, kind: str, code: int, at: int) -> bool:
        """Answer as `isAccredited` does."""
        while issuer != NOBODY:
            states = [suspended for since, suspended in self.suspensions[issuer] if since <= at]
            scopes = [scope for scope in self.scopes[issuer, kind] if scope[0] <= at]
            if not states or states[-1] or not scopes or scopes[-1][1] <= at:
                return False
            if not any(covers(wide, code) for wide in scopes[-1][2]):
                return False
            issuer = self.parents[issuer]
        return True

    def depth(self, issuer: str) -> int:
        """Return how far below the regulator a node stands."""
        return 0 if issuer == NOBODY else 1 + self.depth(self.parents[issuer])

    def check(self, world: World) -> None:
        registry, codes = world.accreditations, (0, 110000, 110100, 110108, 310000)
        assert registry.listener().read() == self.listener
        for issuer, parent in self.parents.items():
            since, suspended = self.suspensions[issuer][-1]
            node = {"parent": parent, "depth": self.depth(issuer)}
            expected = node | {"suspended": suspended, "since": since}
            assert registry.nodeOf(issuer).fields() == expected
        moments = sorted({moment + shift for moment in self.times for shift in (-1, 0, 1)})
        every = len(moments) // MOMENTS_ASKED + 1
        for number, (issuer, kind) in enumerate(self.scopes):
            for moment in moments[number % every :: every]:
                code = codes[(number + moment) % len(codes)]
                answer = registry.isAccredited(issuer, kind, code, moment).read()
                assert answer is self.is_accredited(issuer, kind, code, moment)


def covers(wide: int, code: int) -> bool:
    """Whether a GB/T 2260 code is that of a place or of a region around it."""
    if wide in (0, code):
        return True
    return any(wide % size == 0 and wide // size == code // size for size in (10_000, 100))


class Credentials:
    """Batches, status words and the epoch."""

    def __init__(self) -> None:
        self.batches: dict[tuple[str, str, str], tuple[int, int]] = {}
        self.words: dict[tuple[str, int], int] = defaultdict(int)
        self.epoch = 1

    def on_batch_anchored(self, event: Event) -> None:
        a = event.args
        key = (a["issuer"], a["credentialType"], a["root"])
        self.batches[key] = (event.at, a["jurisdiction"])

    def on_statuses_changed(self, event: Event) -> None:
        for index, status in event.args["updates"]:
            key, shift = (event.args["issuer"], index // WORD), 2 * (index % WORD)
            self.words[key] = self.words[key] & ~(3 << shift) | status << shift

    def on_status_words_changed(self, event: Event) -> None:
        for word_index, word in event.args["words"]:
            self.words[event.args["issuer"], word_index] = word

    def on_permits_invalidated(self, event: Event) -> None:
        self.epoch = event.args["epoch"]

    def check(self, world: World) -> None:
        registry = world.credentials
        assert registry.epoch().read() == self.epoch
        for key, batch in self.batches.items():
            assert tuple(registry.batchOf(*key).read()) == batch
        for key, word in self.words.items():
            assert registry.statusWordOf(*key).read() == word
