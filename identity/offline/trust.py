"""The trust anchors that a verifier brings; nothing of a bundle is believed without them.

One JSON document, `type` = `urn:qilian:trust:1`: the consortium's CA certificates (base64 DER), the
chain's id and the contracts' addresses, the regulators' accounts, and blocks that are known to be
on the chain. Take it once from `/.well-known/qilian-trust.json`, compare it with what another
member of the consortium serves, and keep it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from identity.errors import MalformedEvidence
from identity.model.encoding import parse_json_object
from identity.model.evidence import TRUST_TYPE
from identity.model.evidence_events import CONTRACTS
from identity.offline import reading
from identity.offline.reading import Absent


@dataclass(frozen=True)
class Trust:
    """Trust anchors: CA certificates (DER), contracts by name, accounts, hashes of blocks.

    `is_simulated`: they are of a sandbox, where nothing has real effect.
    """

    ca_certificates: tuple[bytes, ...]
    contracts: dict[str, bytes]
    regulators: frozenset[bytes]
    checkpoints: frozenset[bytes]
    is_simulated: bool = False


def parse_trust(data: bytes) -> Trust:
    """Return the trust anchors in a document; raises MalformedEvidence."""
    return read_trust(parse_json_object(data, "set of trust anchors"))


def read_trust(document: dict[str, Any]) -> Trust:
    """Return the trust anchors of a parsed document; raises MalformedEvidence."""
    try:
        if reading.text(document, "type") != TRUST_TYPE:
            raise MalformedEvidence(f"found another type, expected {TRUST_TYPE!r}")
        contracts = reading.part(reading.part(document, "chain"), "contracts")
        return Trust(
            tuple(base64.b64decode(c, validate=True) for c in _texts(document, "ca_certificates")),
            {name: reading.octets(contracts, name, 20) for name in CONTRACTS},
            frozenset(
                reading.to_octets(r, "regulators", 20) for r in _texts(document, "regulators")
            ),
            frozenset(
                reading.octets(block, "hash", 32)
                for block in reading.items(document, "checkpoints")
            ),
            document.get("simulated") is True,
        )
    except Absent as error:
        raise MalformedEvidence(f"the set of trust anchors lacks {error}") from error
    except binascii.Error as error:
        raise MalformedEvidence("found a CA certificate that is not base64") from error


def _texts(document: dict[str, Any], name: str) -> list[str]:
    found = reading.items(document, name)
    if not all(isinstance(item, str) for item in found):
        raise MalformedEvidence(f"expected {name!r} to be a list of texts")
    return found
