"""Issue credentials as SD-JWT VCs into hosted wallets, and anchor them in Merkle batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from identity.issuance_steps import IssuanceSteps, IssueItem
from identity.model import merkle
from identity.model.credential import CredentialType, IssuedCredential
from identity.model.party import Organisation
from identity.ports import (
    Batches,
    ChainWriter,
    Clock,
    Credentials,
    Parties,
    Types,
    UnbatchedCredential,
)

__all__ = ["Issuance", "IssueItem"]


@dataclass(frozen=True)
class Issuance:
    """Signs credentials with the issuer's key and stores them in their holders' wallets."""

    steps: IssuanceSteps
    parties: Parties
    credentials: Credentials
    batches: Batches
    types: Types
    chain: ChainWriter
    clock: Clock

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssueItem]
    ) -> list[IssuedCredential]:
        """Issue the items not issued before; anchoring follows with `anchor_pending`.

        Raises:
            IssuerNotAccredited: the issuer may not issue this type now; nothing is issued.
            InvalidClaims: an item breaks the type's schema; nothing is issued.
        """
        issuer = self.parties.organisation(issuer_code)
        credential_type = self.types.get(type_code)
        now = self.clock()
        self.steps.require_accredited(issuer, credential_type, now)
        done = self.credentials.issued_keys(issuer.id, [item.source_key for item in items])
        fresh = [item for item in items if item.source_key not in done]
        for item in fresh:
            credential_type.check(item.claims)
        orders = self.steps.orders(issuer, credential_type, fresh, now)
        mould = self.steps.mould(issuer, credential_type)
        minted = mould.mint(self.steps.issuer_keys.private_key(issuer), orders)
        signed = list(zip(fresh, orders, minted, strict=True))
        return [
            IssuedCredential(
                id=item.id,
                digest=item.digest,
                type_code=item.type_code,
                status_index=item.status_index,
                issued_at=now,
                source_key=item.source_key,
                compact=item.compact,
            )
            for item in self.steps.store(issuer, credential_type, signed)
        ]

    def require_accredited(
        self, issuer: Organisation, credential_type: CredentialType, at: int
    ) -> None:
        """Raise IssuerNotAccredited unless the chain accredits the issuer for this type now."""
        self.steps.require_accredited(issuer, credential_type, at)

    def anchor_pending(self, limit: int = 100_000) -> int:
        """Batch all credentials not yet batched, by issuer and type; return how many."""
        groups: dict[tuple[str, str], list[UnbatchedCredential]] = defaultdict(list)
        for credential in self.credentials.unbatched(limit):
            groups[credential.issuer_id, credential.type_code].append(credential)
        for (issuer_id, type_code), members in groups.items():
            batch_id = self.batches.open(issuer_id, type_code, self.clock())
            type_id = self.types.get(type_code).chain_id
            first = self.batches.append(batch_id, [_leaf(type_id, item) for item in members])
            self.credentials.set_batch([item.id for item in members], batch_id, first)
            self.close_batch(batch_id)
        return sum(map(len, groups.values()))

    def close_batch(self, batch_id: str) -> int:
        """Close an open batch and queue its root for the chain; return how many it has.

        Raises:
            LookupError: there is no such open batch.
        """
        batch = self.batches.get_open(batch_id)
        if batch.count == 0:
            return 0
        tree = merkle.levels(self.batches.leaves(batch_id))
        self.batches.close(batch_id, tree)
        issuer = self.parties.organisation_by_id(batch.issuer_id)
        type_id = self.types.get(batch.type_code).chain_id
        self.chain.anchor(signer=issuer.signer, root=tree[-1], credential_type=type_id)
        return batch.count


def _leaf(type_id: bytes, item: UnbatchedCredential) -> bytes:
    asset = bytes.fromhex(item.asset[2:]) if item.asset else merkle.NO_ASSET
    return merkle.leaf(bytes.fromhex(item.digest), type_id, item.status_index, asset)
