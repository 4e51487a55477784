"""What issuing one credential and issuing a million have in common, step by step.

1. The issuer is accredited for the type now.
2. What was issued before, under the same source key, is left out.
3. Each item becomes an order: its holder, a status index, the fingerprint of its asset.
4. Signed credentials are stored, sealed, in their holders' wallets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db import new_id
from identity.errors import IssuerNotAccredited
from identity.issuer_keys import IssuerKeys
from identity.model import jose, merkle, sd_jwt
from identity.model.concealment import RECURSIVE
from identity.model.credential import CredentialType, Disclose
from identity.model.minting import Minted, Mould, Order
from identity.model.party import Organisation
from identity.ports import (
    Clock,
    Credentials,
    NewCredential,
    Parties,
    StatusIndices,
    Trust,
)


@dataclass(frozen=True)
class IssueItem:
    """One credential to issue; `source_key` makes issuing the same fact twice a no-op.

    `confirmation` is the `cnf` of a wallet elsewhere, in the place of the enterprise's own key, so
    that only that wallet can present the credential.
    """

    enterprise_id: str
    claims: Mapping[str, Any]
    source_key: str
    confirmation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class IssuanceSteps:
    """The steps, on the platform's ports."""

    parties: Parties
    issuer_keys: IssuerKeys
    credentials: Credentials
    status_indices: StatusIndices
    trust: Trust
    fingerprint: Callable[..., bytes]
    clock: Clock
    public_url: str

    def require_accredited(
        self, issuer: Organisation, credential_type: CredentialType, at: int
    ) -> None:
        """Raise IssuerNotAccredited unless the chain accredits the issuer for this type now."""
        if not self.trust.accredited(issuer.address, credential_type.chain_id, at):
            raise IssuerNotAccredited(
                f"{issuer.code} holds no live accreditation for {credential_type.code}; "
                "the regulator grants or reinstates it",
                issuer=issuer.code,
                credential_type=credential_type.code,
            )

    def mould(self, issuer: Organisation, credential_type: CredentialType) -> Mould:
        """Return what all credentials of the issuer and type have in common."""
        header = self.issuer_keys.header(issuer, typ=sd_jwt.CREDENTIAL_TYP)
        return Mould(
            encoded_header=jose.encode_header(header),
            iss=issuer.issuer_url(self.public_url),
            vct=credential_type.vct,
            type_id=credential_type.chain_id,
            structure={
                name: RECURSIVE
                for name, claim in credential_type.claims.items()
                if claim.disclose != Disclose.WHOLE
            },
        )

    def orders(
        self,
        issuer: Organisation,
        credential_type: CredentialType,
        items: Sequence[IssueItem],
        at: int,
    ) -> list[Order]:
        """Return what is to be signed, each with a status index of its own.

        Raises:
            EnterpriseNotFound: an item is for an enterprise that is not registered.
        """
        holders = self.parties.holders({item.enterprise_id for item in items})
        indices = self.status_indices.take(issuer.id, len(items))
        return [
            Order(
                did=holders[item.enterprise_id].did,
                confirmation=item.confirmation or {"jwk": holders[item.enterprise_id].public_jwk},
                claims=item.claims,
                status_index=index,
                asset=self._asset(credential_type, item.claims),
                issued_at=at,
            )
            for item, index in zip(items, indices, strict=True)
        ]

    def _is_ours(self, item: IssueItem) -> bool:
        """Tell whether the key that an item names is the enterprise's own in our key store."""
        holder = self.parties.holders([item.enterprise_id])[item.enterprise_id]
        return item.confirmation == {"jwk": holder.public_jwk}

    def _asset(self, credential_type: CredentialType, claims: Mapping[str, Any]) -> bytes:
        if not credential_type.asset_claims:
            return merkle.NO_ASSET
        parts = [str(claims[name]) for name in credential_type.asset_claims]
        return self.fingerprint(credential_type.code, *parts)

    def store(
        self,
        issuer: Organisation,
        credential_type: CredentialType,
        signed: Sequence[tuple[IssueItem, Order, Minted]],
        *,
        batch_id: str | None = None,
        first_leaf_index: int = 0,
    ) -> list[NewCredential]:
        """Keep signed credentials in their holders' wallets, in the caller's transaction.

        Args:
            batch_id: the batch that they are leaves of; None: one is made later.
            first_leaf_index: the place of the first of them in it.
        """
        new = [
            NewCredential(
                id=new_id(),
                enterprise_id=item.enterprise_id,
                issuer_id=issuer.id,
                type_code=credential_type.code,
                digest=minted.digest.hex(),
                status_index=order.status_index,
                asset=None if order.asset == merkle.NO_ASSET else "0x" + order.asset.hex(),
                source_key=item.source_key,
                issued_at=order.issued_at,
                compact=minted.compact,
                batch_id=batch_id,
                leaf_index=None if batch_id is None else first_leaf_index + position,
                is_hosted=item.confirmation is None or self._is_ours(item),
            )
            for position, (item, order, minted) in enumerate(signed)
        ]
        self.credentials.add_many(new)
        return new
