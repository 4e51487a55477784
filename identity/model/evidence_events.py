"""The contracts' events that evidence rests on, read from proved logs (Solidity ABI, Events)."""

from __future__ import annotations

from typing import NamedTuple

from identity.errors import MalformedEvidence
from identity.model.evidence_block import Log
from identity.model.merkle import keccak

ACCREDITATION_REGISTRY, CREDENTIAL_REGISTRY = "AccreditationRegistry", "CredentialRegistry"
DID_REGISTRY = "DIDRegistry"
CONTRACTS = (ACCREDITATION_REGISTRY, CREDENTIAL_REGISTRY, DID_REGISTRY)

KEY_ATTRIBUTE = b"did/pub/Multikey/veriKey".ljust(32, b"\0")
_WORD = 32
_ADDRESS_PADDING = bytes(12)

BATCH_ANCHORED = keccak(b"BatchAnchored(bytes32,address,bytes32,uint24)")
ACCREDITED = keccak(b"Accredited(address,address,bytes32,uint24[],uint40,uint40)")
SUSPENSION_CHANGED = keccak(b"SuspensionChanged(address,address,bool,bytes32)")
ATTRIBUTE_CHANGED = keccak(b"DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)")


class BatchAnchored(NamedTuple):
    """An accredited issuer anchored a batch for a jurisdiction (GB/T 2260 code)."""

    root: bytes
    issuer: bytes
    credential_type: bytes
    jurisdiction: int


class Accredited(NamedTuple):
    """A node's scope for a type was set; `parent` is zero for the regulator. Times: UTC seconds."""

    issuer: bytes
    parent: bytes
    credential_type: bytes
    jurisdictions: tuple[int, ...]
    valid_from: int
    valid_until: int


class SuspensionChanged(NamedTuple):
    """A node was suspended or reinstated, by its parent or the regulator."""

    issuer: bytes
    by: bytes
    is_suspended: bool


class AttributeChanged(NamedTuple):
    """An attribute of a DID was set until `valid_to` (UTC seconds), or revoked with zero."""

    identity: bytes
    name: bytes
    value: bytes
    valid_to: int


Event = BatchAnchored | Accredited | SuspensionChanged | AttributeChanged


def read_event(log: Log) -> tuple[str, Event] | None:
    """Return the contract that would emit such a log, and the event; None for any other.

    Whether the log is of that contract is for the caller to see, by the log's address.

    Raises:
        MalformedEvidence: the log has the event's topic, but not its parts.
    """
    readers = {
        BATCH_ANCHORED: (CREDENTIAL_REGISTRY, 4, _batch_anchored),
        ACCREDITED: (ACCREDITATION_REGISTRY, 4, _accredited),
        SUSPENSION_CHANGED: (ACCREDITATION_REGISTRY, 3, _suspension_changed),
        ATTRIBUTE_CHANGED: (DID_REGISTRY, 2, _attribute_changed),
    }
    found = readers.get(log.topics[0]) if log.topics else None
    if found is None:
        return None
    contract, topics, reader = found
    if len(log.topics) != topics or len(log.data) % _WORD:
        raise MalformedEvidence("found a log that has an event's name, but not its parts")
    return contract, reader(log)


def _batch_anchored(log: Log) -> Event:
    _, root, issuer, credential_type = log.topics
    return BatchAnchored(root, _address(issuer), credential_type, _number(log.data, 0))


def _accredited(log: Log) -> Event:
    _, issuer, parent, credential_type = log.topics
    count = _number(log.data, 3)
    if _number(log.data, 0) != 3 * _WORD or len(log.data) != (4 + count) * _WORD:
        raise MalformedEvidence("found a list of jurisdictions that is not where it should be")
    return Accredited(
        _address(issuer),
        _address(parent),
        credential_type,
        tuple(_number(log.data, 4 + index) for index in range(count)),
        _number(log.data, 1),
        _number(log.data, 2),
    )


def _suspension_changed(log: Log) -> Event:
    _, issuer, by = log.topics
    return SuspensionChanged(_address(issuer), _address(by), bool(_number(log.data, 0)))


def _attribute_changed(log: Log) -> Event:
    size = _number(log.data, 4)
    if _number(log.data, 1) != 4 * _WORD or len(log.data) < 5 * _WORD + size:
        raise MalformedEvidence("found an attribute whose value is not where it should be")
    value = log.data[5 * _WORD : 5 * _WORD + size]
    return AttributeChanged(_address(log.topics[1]), log.data[:_WORD], value, _number(log.data, 2))


def _address(topic: bytes) -> bytes:
    if topic[:12] != _ADDRESS_PADDING:
        raise MalformedEvidence("found a topic that is no address")
    return topic[12:]


def _number(data: bytes, word: int) -> int:
    found = data[word * _WORD : (word + 1) * _WORD]
    if len(found) != _WORD:
        raise MalformedEvidence("found a log whose data are cut short")
    return int.from_bytes(found, "big")
