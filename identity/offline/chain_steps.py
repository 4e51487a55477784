"""Steps about what the chain says: blocks, the anchor, the issuer's key and accreditation.

They return and raise as those of `content_steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from identity.model import merkle, sd_jwt, status_list
from identity.model.evidence_accreditation import Standing, TimedEvent, path_of, standing
from identity.model.evidence_events import (
    KEY_ATTRIBUTE,
    Accredited,
    AttributeChanged,
    BatchAnchored,
    SuspensionChanged,
)
from identity.offline import reading
from identity.offline.chain_facts import ProvedEvent
from identity.offline.check import Check
from identity.offline.report import Unknown, Wrong

KEY_LAG_S = 600  # a key may sign while the transaction that publishes it is on its way


def blocks(check: Check) -> str:
    """Take step 3."""
    places = [
        *_places(check, "inclusion"),
        *_places(check, "key"),
        *(place for node in _nodes(check) for place in _events_of(node)),
    ]
    if not places:
        raise Unknown("block_missing")
    check.chain.require(places)
    return "blocks_ok"


def inclusion(check: Check) -> str:
    """Take step 4."""
    inclusion = reading.part(check.item, "inclusion")
    issuer = reading.octets(inclusion, "issuer", 20)
    credential_type = reading.octets(inclusion, "credential_type", 32)
    index = reading.integer(inclusion, "status_index")
    if check.token is not None and not _is_of(check.token, credential_type, index):
        raise Wrong("leaf_differs")
    leaf = merkle.leaf(
        reading.octets(check.item, "digest", 32),
        credential_type,
        index,
        reading.octets(inclusion, "asset_fingerprint", 32),
    )
    siblings = [reading.to_octets(node, "proof", 32) for node in reading.items(inclusion, "proof")]
    root = reading.octets(inclusion, "root", 32)
    if merkle.root_of_proof(leaf, siblings) != root:
        raise Wrong("leaf_not_in_batch")
    check.require("blocks")
    found = check.chain.event(reading.part(inclusion, "event"))
    event = found.event
    if not isinstance(event, BatchAnchored) or (
        event.root,
        event.issuer,
        event.credential_type,
    ) != (root, issuer, credential_type):
        raise Wrong("anchor_differs")
    check.anchor = found
    check.facts["issuer_account"] = "0x" + issuer.hex()
    check.facts |= {"anchored_at": found.at, "block": found.block_number}
    return "inclusion_ok"


def issuer_key(check: Check) -> str:
    """Take step 5."""
    key = reading.part(check.item, "key")
    multikey = reading.octets(key, "multikey")
    if check.signed_by not in (None, multikey):
        raise Wrong("key_differs")
    places = reading.items(key, "events")
    anchor, event = _anchored(check)
    for change in (found.event for found in check.chain.events(places)):
        if not isinstance(change, AttributeChanged) or (
            (change.identity, change.name, change.value) != (event.issuer, KEY_ATTRIBUTE, multikey)
        ):
            raise Wrong("key_differs")
    if not places:
        raise Unknown("key_missing")
    if not _is_published(check.chain.events(places), anchor.at):
        raise Wrong("key_not_valid")
    check.proved_key = multikey
    return "key_ok"


def accreditation(check: Check) -> str:
    """Take step 6."""
    nodes = reading.items(check.item, "accreditation")
    anchor, event = _anchored(check)
    found = [change for node in nodes for change in _changes_of(check, node)]
    earlier = sorted(change for change in found if change[0] < anchor.order)
    events = [change for _, change in earlier]
    _require_known_regulators(check, events)
    stood = standing(events, event.issuer, event.credential_type, event.jurisdiction, anchor.at)
    if stood is Standing.UNKNOWN:
        raise Unknown("accreditation_missing")
    if stood is not Standing.ACCREDITED:
        raise Wrong(stood.value)
    path = path_of(events, event.issuer, event.credential_type)
    check.facts["path"] = ["0x" + account.hex() for account in path]
    return stood.value


def _changes_of(check: Check, node: object) -> list[tuple[tuple[int, int, int], TimedEvent]]:
    """Return (place in the chain, event) of each change of an account's accreditation."""
    account = reading.octets(node, "account", 20)
    changes = []
    for found in check.chain.events(_events_of(node)):
        event = found.event
        if not isinstance(event, (Accredited, SuspensionChanged)) or event.issuer != account:
            raise Wrong("event_foreign")
        changes.append((found.order, TimedEvent(found.at, event)))
    return changes


def _anchored(check: Check) -> tuple[ProvedEvent, BatchAnchored]:
    check.require("inclusion")
    assert check.anchor is not None
    assert isinstance(check.anchor.event, BatchAnchored)
    return check.anchor, check.anchor.event


def _nodes(check: Check) -> list[Any]:
    found = check.item.get("accreditation") if isinstance(check.item, Mapping) else None
    return found if isinstance(found, list) else []


def _events_of(holder: object) -> list[Any]:
    found = holder.get("events") if isinstance(holder, Mapping) else None
    return found if isinstance(found, list) else []


def _places(check: Check, name: str) -> list[Any]:
    holder = check.item.get(name) if isinstance(check.item, Mapping) else None
    if isinstance(holder, Mapping) and holder.get("event") is not None:
        return [holder["event"]]
    return _events_of(holder)


def _is_of(token: sd_jwt.SDJWT, credential_type: bytes, index: int) -> bool:
    """Tell whether a leaf's type and status index are those that the credential names."""
    if merkle.keccak(str(token.payload.get("vct")).encode()) != credential_type:
        return False
    issuer = str(token.payload.get("iss"))
    return status_list.claimed_place(token.payload.get("status"), issuer).chain_index == index


def _require_known_regulators(check: Check, events: list[TimedEvent]) -> None:
    """Whoever suspended or reinstated is a parent on the way, or a regulator that is trusted."""
    parents = {(event.issuer, event.parent) for _, event in events if isinstance(event, Accredited)}
    changes = [event for _, event in events if isinstance(event, SuspensionChanged)]
    for event in changes:
        if event.by not in check.trust.regulators and (event.issuer, event.by) not in parents:
            raise Unknown("unknown_regulator")


def _is_published(events: list[ProvedEvent], at: int) -> bool:
    """Tell whether changes of one key, in order, had it published at a time."""
    until = None
    for found in events:
        assert isinstance(found.event, AttributeChanged)
        is_first = until is None
        if found.at <= at or (is_first and found.at <= at + KEY_LAG_S):
            until = found.event.valid_to
    return until is not None and until > at
