"""The evidence bundle: what proves a credential without asking anybody.

One JSON document (RFC 8785 can canonicalise it), `type` = `urn:qilian:evidence:1`:

    made_by, made_at   who made it and when; proves nothing
    blocks             number, hash, header (RLP) and proved receipts of each block used
    headers            headers (RLP) that lead from those blocks to a later one; may be empty
    credentials        for each credential:
        digest         SHA-256 of the issuer-signed JWT
        presentation   the SD-JWT as disclosed; null where only the digest is shown
        inclusion      the parts of the Merkle leaf, its siblings, and where BatchAnchored stands
        key            the issuer's key (Multikey), and where its DID published it
        accreditation  each account from the issuer up, and where its accreditation stands
        status         the issuer's signed Token Status List; null if there was none to have

Bytes are 0x-hex. An event "stands" at `{block, receipt, log}`: the hash of its block, the place of
its receipt in the block, and its place among the receipt's logs. Whoever verifies reads the event
itself from the proved receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from identity.errors import EvidenceNotReady
from identity.model import evidence_block
from identity.model.credential import Inclusion

BUNDLE_TYPE = "urn:qilian:evidence:1"
TRUST_TYPE = "urn:qilian:trust:1"
MEDIA_TYPE = "application/json"


class Place(NamedTuple):
    """Where an event stands: block number, hash of its transaction, index among the block's logs.

    `block_hash` is as it was when the event was read.
    """

    block_number: int
    block_hash: str
    tx_hash: str
    log_index: int


class FullBlock(NamedTuple):
    """A block and all its receipts, in order, as a node's JSON-RPC gives them."""

    block: Mapping[str, Any]
    receipts: Sequence[Mapping[str, Any]]


class Blocks:
    """The blocks of one bundle: says where events stand, and proves their receipts."""

    def __init__(self, blocks: Iterable[FullBlock]) -> None:
        self._by_number = {int(found.block["number"], 16): found for found in blocks}
        self._wanted: dict[int, set[int]] = {number: set() for number in self._by_number}

    def stand(self, place: Place) -> dict[str, Any]:
        """Return where an event stands, and see to it that its receipt is proved.

        Raises:
            EvidenceNotReady: the chain has another block there now, or not the event.
        """
        found = self._by_number.get(place.block_number)
        if found is not None and found.block["hash"] == place.block_hash:
            for index, receipt in enumerate(found.receipts):
                logs = [int(log["logIndex"], 16) for log in receipt["logs"]]
                if receipt["transactionHash"] == place.tx_hash and place.log_index in logs:
                    self._wanted[place.block_number].add(index)
                    log = logs.index(place.log_index)
                    return {"block": place.block_hash, "receipt": index, "log": log}
        raise EvidenceNotReady(
            f"block {place.block_number} is not on the chain as it was read; try again when the "
            "index has followed"
        )

    def parts(self) -> list[dict[str, Any]]:
        """Return the `blocks` of the bundle, oldest first."""
        return [
            _part(self._by_number[number], sorted(self._wanted[number]))
            for number in sorted(self._by_number)
        ]


def _part(found: FullBlock, wanted: Sequence[int]) -> dict[str, Any]:
    """Return a block with the proofs of its receipts, as far as the node's own hashes agree."""
    header = evidence_block.encode_header(found.block)
    encoded = [evidence_block.encode_receipt(receipt) for receipt in found.receipts]
    root, nodes = evidence_block.receipt_proofs(encoded, wanted)
    is_proved = found.block["receiptsRoot"] == "0x" + root.hex()
    return {
        "number": int(found.block["number"], 16),
        "hash": found.block["hash"],
        "header": None if header is None else "0x" + header.hex(),
        "receipts": [
            {"index": index, "proof": ["0x" + node.hex() for node in nodes[index]]}
            for index in (wanted if is_proved else ())
        ],
    }


def inclusion_part(inclusion: Inclusion, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `inclusion` of a credential whose BatchAnchored stands at `event`."""
    return {
        "issuer": inclusion.issuer_address.lower(),
        "credential_type": inclusion.credential_type,
        "status_index": inclusion.status_index,
        "asset_fingerprint": inclusion.asset_fingerprint,
        "root": inclusion.batch_root,
        "proof": list(inclusion.proof),
        "event": dict(event),
    }
