"""Make evidence bundles: what proves a credential to somebody who asks nobody.

1. Whose it is: an enterprise takes evidence of what its wallet holds, a bank of what was presented
   to it; a bank's taking is logged as a read.
2. The anchor, the issuer's key and its accreditation are given as events in blocks that the node
   serves now; evidence is refused while index and node disagree.
3. Nothing here is vouched for by us: `identity.offline` checks it all against trust anchors that
   the verifier brings.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from identity.errors import (
    CheckpointTooFar,
    CredentialNotFound,
    EvidenceNotReady,
    IdentityError,
    OrganisationNotFound,
    StatusListNotFound,
    VerificationInconclusive,
)
from identity.evidence_ports import ChainHistory
from identity.model import certificate, evidence, jose, sd_jwt
from identity.model.credential import Inclusion
from identity.model.evidence import Blocks, Place
from identity.model.evidence_accreditation import DEPTH_MAX, REGULATOR
from identity.model.evidence_block import encode_header
from identity.model.status_list import place_of
from identity.ports import Certificates, Clock, Credentials, Parties, Reader
from identity.presentations import PresentationDesk
from identity.status_lists import StatusListDesk

CHECKPOINTS = 4_000  # in the published set of trust anchors: some 400 kB
HEADERS_MAX = 1_024  # that lead to a later block: some 1.2 MB

_NO_ACCOUNT = to_checksum_address(REGULATOR)


@dataclass(frozen=True)
class _Found:
    """What the evidence of one credential is made from."""

    shown: str | None
    inclusion: Inclusion
    anchor: Place
    multikey: str | None
    keys: Sequence[Place]
    path: Sequence[tuple[str, Sequence[Place]]]

    @property
    def places(self) -> list[Place]:
        """Where all its events stand."""
        below = [place for _, places in self.path for place in places]
        return [self.anchor, *self.keys, *below]


@dataclass(frozen=True)
class EvidenceDesk:
    """Makes evidence bundles, and the set of trust anchors they are checked against."""

    parties: Parties
    credentials: Credentials
    certificates: Certificates
    presentations: PresentationDesk
    status_lists: StatusListDesk
    history: ChainHistory
    clock: Clock
    public_url: str

    def of_held(
        self,
        enterprise_id: str,
        digest: str,
        *,
        disclose: Sequence[str] | None = None,
        digest_only: bool = False,
        checkpoint: int | None = None,
    ) -> dict[str, Any]:
        """Return evidence of a credential in an enterprise's wallet.

        Args:
            disclose: the top-level claims to show; None shows all, an empty list none.
            digest_only: show only the credential's digest.
            checkpoint: a later block to lead to by headers.
        Raises:
            CredentialNotFound: the wallet has no such credential.
            EvidenceNotReady: it is not anchored yet, or the node is away.
            CheckpointTooFar: too many headers would lead to the checkpoint, or none.
        """
        held = {item.digest: item for item in self.credentials.held(enterprise_id)}
        if digest not in held:
            raise CredentialNotFound("no credential of this wallet has this digest")
        compact = held[digest].compact
        shown = compact if disclose is None else sd_jwt.disclose(compact, disclose)
        found = self._find(digest, compact, None if digest_only else shown)
        return self._bundle([found], checkpoint)

    def of_presentation(
        self, presentation_id: str, *, reader: Reader, purpose: str, checkpoint: int | None = None
    ) -> dict[str, Any]:
        """Return evidence of all credentials of a presentation, key bindings included.

        Raises:
            PresentationNotFound, ConsentExpired, ConsentRevoked: see `PresentationDesk.read`.
            EvidenceNotReady: as `of_held`, or the presentation as received was not kept.
            CheckpointTooFar: as `of_held`.
        """
        presentation = self.presentations.read(presentation_id, reader=reader, purpose=purpose)
        shown = [credential.presentation for credential in presentation.credentials]
        if not all(shown):
            raise EvidenceNotReady(
                "this presentation was received before presentations were kept whole; "
                "ask the enterprise to present again"
            )
        digests = [credential.credential_digest for credential in presentation.credentials]
        found = [
            self._find(digest, compact, compact)
            for digest, compact in zip(digests, shown, strict=True)
        ]
        return self._bundle(found, checkpoint)

    def trust(self) -> dict[str, Any]:
        """Return the trust anchors of this installation, for a person to compare and keep."""
        organisations = self.parties.organisations()
        regulators = [found.address.lower() for found in organisations if found.kind == "regulator"]
        issuers = [found.address for found in organisations if found.kind == "authority"]
        contracts = {name: value.lower() for name, value in self.history.contracts().items()}
        blocks = self.history.checkpoints(issuers, CHECKPOINTS)
        return {
            "type": evidence.TRUST_TYPE,
            "made_by": self.public_url,
            "made_at": self.clock(),
            "ca_certificates": [base64.b64encode(self.certificates.ca()).decode("ascii")],
            "chain": {"id": self.history.chain_id, "contracts": contracts},
            "regulators": sorted(regulators),
            "checkpoints": [{"number": number, "hash": found} for number, found in blocks],
        }

    def _find(self, digest: str, compact: str, shown: str | None) -> _Found:
        inclusion = self.credentials.inclusion(digest)
        if inclusion is None:
            raise EvidenceNotReady("the credential is not on chain yet; try again in a moment")
        anchor = self.history.anchored(inclusion.batch_root, inclusion.issuer_address)
        if anchor is None:
            raise EvidenceNotReady("the index has not read the credential's anchor yet; try again")
        multikey = self._multikey(compact)
        issuer, until = inclusion.issuer_address, anchor.block_number
        keys = self.history.key_changes(issuer, multikey) if multikey else []
        path = self._path(issuer, inclusion.credential_type, until)
        return _Found(shown, inclusion, anchor, multikey, keys, path)

    def _multikey(self, compact: str) -> str | None:
        """Return the key that signed a credential; None where no certificate says so."""
        token = sd_jwt.parse(compact)
        try:
            der = base64.b64decode(token.header["x5c"][0])
            leaf = certificate.check_leaf(
                der, self.certificates.ca(), int(token.payload.get("iat", 0))
            )
        except (KeyError, ValueError, IdentityError):
            return None
        return "0x" + jose.multikey(leaf.key).hex()

    def _path(
        self, account: str, credential_type: str, until: int
    ) -> list[tuple[str, list[Place]]]:
        path: list[tuple[str, list[Place]]] = []
        while account != _NO_ACCOUNT and len(path) < DEPTH_MAX:
            changes = self.history.accreditations(account, credential_type, until)
            path.append((account, [change.place for change in changes]))
            parents = [c.args["parent"] for c in changes if "parent" in c.args]
            account = parents[-1] if parents else _NO_ACCOUNT
        return path

    def _bundle(self, found: Sequence[_Found], checkpoint: int | None) -> dict[str, Any]:
        numbers = sorted({place.block_number for item in found for place in item.places})
        blocks = Blocks(self.history.blocks(numbers))
        credentials = [self._credential(item, blocks) for item in found]
        return {
            "type": evidence.BUNDLE_TYPE,
            "made_by": self.public_url,
            "made_at": self.clock(),
            "blocks": blocks.parts(),
            "headers": [] if checkpoint is None else self._headers(numbers, checkpoint),
            "credentials": credentials,
        }

    def _credential(self, found: _Found, blocks: Blocks) -> dict[str, Any]:
        key = {"multikey": found.multikey, "events": [blocks.stand(item) for item in found.keys]}
        return {
            "digest": found.inclusion.credential_digest,
            "presentation": found.shown,
            "inclusion": evidence.inclusion_part(found.inclusion, blocks.stand(found.anchor)),
            "key": key if found.multikey else None,
            "accreditation": [
                {"account": account.lower(), "events": [blocks.stand(item) for item in places]}
                for account, places in found.path
            ],
            "status": self._status(found.inclusion),
        }

    def _status(self, inclusion: Inclusion) -> Mapping[str, str] | None:
        """Return the issuer's signed status list; None while none can be had."""
        try:
            issuer = self.parties.organisation_by_address(inclusion.issuer_address)
            shard = place_of(inclusion.status_index).shard
            return {"token": self.status_lists.token(issuer.code, shard).body}
        except (OrganisationNotFound, StatusListNotFound, VerificationInconclusive):
            return None

    def _headers(self, numbers: Sequence[int], checkpoint: int) -> list[str]:
        first, last = numbers[0], numbers[-1]
        if not last <= checkpoint <= first + HEADERS_MAX:
            raise CheckpointTooFar(
                f"found checkpoint {checkpoint}, expected {last} to {first + HEADERS_MAX}"
            )
        encoded = map(encode_header, self.history.headers(first, checkpoint))
        return ["0x" + header.hex() for header in encoded if header is not None]
