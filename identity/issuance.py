"""Issue credentials as SD-JWT VCs into hosted wallets, and anchor them in Merkle batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db import new_id
from identity.errors import IssuerNotAccredited
from identity.issuer_keys import IssuerKeys
from identity.model import jose, merkle, sd_jwt
from identity.model.credential import CredentialType, IssuedCredential
from identity.model.party import Organisation
from identity.ports import (
    ChainWriter,
    Clock,
    Credentials,
    Holder,
    NewCredential,
    Parties,
    Trust,
    Types,
)

ANCHOR_BATCH_MAX = 20_000


@dataclass(frozen=True)
class IssueItem:
    """One credential to issue; `source_key` makes issuing the same fact twice a no-op.

    `holder_jwk` is the public key of a wallet elsewhere: it stands in `cnf` in the place of the
    enterprise's own key, so that only that wallet can present the credential.
    """

    enterprise_id: str
    claims: Mapping[str, Any]
    source_key: str
    holder_jwk: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Issuance:
    """Signs credentials with the issuer's key and stores them in their holders' wallets."""

    parties: Parties
    issuer_keys: IssuerKeys
    credentials: Credentials
    types: Types
    trust: Trust
    chain: ChainWriter
    fingerprint: Callable[..., bytes]
    clock: Clock
    public_url: str

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
        self.require_accredited(issuer, credential_type, now)
        done = self.credentials.issued_keys(issuer.id, [item.source_key for item in items])
        fresh = [item for item in items if item.source_key not in done]
        for item in fresh:
            credential_type.check(item.claims)
        indices = self.credentials.free_status_indices(issuer.id, len(fresh))
        holders = self.parties.holders({item.enterprise_id for item in fresh})
        sign = _Signer(self, issuer, credential_type, now)
        new = [
            sign(item, holders[item.enterprise_id], index)
            for item, index in zip(fresh, indices, strict=True)
        ]
        self.credentials.add_many(new)
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
            for item in new
        ]

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

    def anchor_pending(self, limit: int = 50_000) -> int:
        """Batch all credentials not yet batched, by issuer and type; return how many."""
        groups: dict[tuple[str, str], list[NewCredential]] = defaultdict(list)
        for credential in self.credentials.unbatched(limit):
            groups[credential.issuer_id, credential.type_code].append(credential)
        for (issuer_id, type_code), members in groups.items():
            for start in range(0, len(members), ANCHOR_BATCH_MAX):
                self._anchor(issuer_id, type_code, members[start : start + ANCHOR_BATCH_MAX])
        return sum(map(len, groups.values()))

    def _anchor(self, issuer_id: str, type_code: str, members: Sequence[NewCredential]) -> None:
        type_id = self.types.get(type_code).chain_id
        leaves = [
            merkle.leaf(
                bytes.fromhex(item.digest),
                type_id,
                item.status_index,
                bytes.fromhex(item.asset[2:]) if item.asset else merkle.NO_ASSET,
            )
            for item in members
        ]
        root = merkle.levels(leaves)[-1][0]
        self.credentials.add_batch(
            issuer_id=issuer_id,
            type_code=type_code,
            root="0x" + root.hex(),
            credential_ids=[item.id for item in members],
            at=self.clock(),
        )
        issuer = self.parties.organisation_by_id(issuer_id)
        self.chain.anchor(signer=issuer.signer, root=root, credential_type=type_id)


class _Signer:
    """Signs many credentials of one issuer and type: header, issuer and keys are looked up once."""

    def __init__(
        self,
        issuance: Issuance,
        issuer: Organisation,
        credential_type: CredentialType,
        issued_at: int,
    ) -> None:
        self._issuance = issuance
        self._issuer = issuer
        self._type = credential_type
        self._issued_at = issued_at
        self._key = issuance.issuer_keys.private_key(issuer)
        self._header = jose.encode_header(
            issuance.issuer_keys.header(issuer, typ=sd_jwt.CREDENTIAL_TYP)
        )
        self._iss = issuer.issuer_url(issuance.public_url)

    def __call__(self, item: IssueItem, holder: Holder, status_index: int) -> NewCredential:
        compact = sd_jwt.issue(
            key=self._key,
            encoded_header=self._header,
            plain=self._plain(holder.did, item.holder_jwk or holder.public_jwk, status_index),
            claims=item.claims,
        )
        digest = sd_jwt.credential_digest(compact.partition("~")[0])
        return NewCredential(
            id=new_id(),
            enterprise_id=holder.id,
            issuer_id=self._issuer.id,
            type_code=self._type.code,
            digest=digest.hex(),
            status_index=status_index,
            asset=self._asset(item.claims),
            source_key=item.source_key,
            issued_at=self._issued_at,
            compact=compact,
        )

    def _plain(self, did: str, jwk: Mapping[str, str], status_index: int) -> dict[str, Any]:
        uri = f"{self._iss}/status-lists/0"
        return {
            "iss": self._iss,
            "iat": self._issued_at,
            "vct": self._type.vct,
            "sub": did,
            "cnf": {"jwk": jwk},
            "status": {"status_list": {"idx": status_index, "uri": uri}},
        }

    def _asset(self, claims: Mapping[str, Any]) -> str | None:
        if not self._type.asset_claims:
            return None
        parts = [str(claims[name]) for name in self._type.asset_claims]
        return "0x" + self._issuance.fingerprint(self._type.code, *parts).hex()
