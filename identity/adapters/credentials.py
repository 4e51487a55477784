"""Issued credentials, their Merkle batches and the hosted wallets, in the database."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from db import db, new_id
from identity.adapters.tables import BatchRow, CredentialRow, InstitutionRow
from identity.model import merkle
from identity.model.credential import HeldCredential, Inclusion
from identity.ports import Keys, NewCredential, Types

STATUS_LIST_SIZE = 1 << 20
_IN_CHUNK = 500


def _place(credential_id: str) -> str:
    return f"identity_credential|{credential_id}"


class SQLCredentials:
    """Reads and writes `identity_credential` and `identity_batch`; tokens are sealed at rest."""

    def __init__(self, keys: Keys, types: Types) -> None:
        self._keys = keys
        self._types = types

    def add_many(self, credentials: Sequence[NewCredential]) -> None:
        """Store new credentials in their holders' wallets."""
        rows = [
            {
                "id": item.id,
                "enterprise_id": item.enterprise_id,
                "issuer_id": item.issuer_id,
                "type_code": item.type_code,
                "digest": item.digest,
                "status_index": item.status_index,
                "asset": item.asset,
                "source_key": item.source_key,
                "issued_at": item.issued_at,
                "sealed": self._keys.seal(
                    item.enterprise_id, _place(item.id), item.compact.encode()
                ),
            }
            for item in credentials
        ]
        if rows:
            db.session.execute(insert(CredentialRow), rows)

    def issued_keys(self, issuer_id: str, source_keys: Iterable[str]) -> set[str]:
        """Return which source keys this issuer has issued already."""
        keys, found = list(source_keys), set[str]()
        for start in range(0, len(keys), _IN_CHUNK):
            query = select(CredentialRow.source_key).where(
                CredentialRow.issuer_id == issuer_id,
                CredentialRow.source_key.in_(keys[start : start + _IN_CHUNK]),
            )
            found.update(db.session.execute(query).scalars())
        return found

    def free_status_indices(self, issuer_id: str, count: int) -> list[int]:
        """Return random unused positions in the issuer's status list."""
        chosen: set[int] = set()
        while len(chosen) < count:
            drawn = {secrets.randbelow(STATUS_LIST_SIZE) for _ in range(count - len(chosen))}
            chosen |= drawn - self._used(issuer_id, list(drawn))
        return list(chosen)

    @staticmethod
    def _used(issuer_id: str, indices: Sequence[int]) -> set[int]:
        used: set[int] = set()
        for start in range(0, len(indices), _IN_CHUNK):
            query = select(CredentialRow.status_index).where(
                CredentialRow.issuer_id == issuer_id,
                CredentialRow.status_index.in_(indices[start : start + _IN_CHUNK]),
            )
            used.update(db.session.execute(query).scalars())
        return used

    def _held(self, query: Select[Any]) -> list[HeldCredential]:
        rows = db.session.execute(
            query.join(InstitutionRow, InstitutionRow.id == CredentialRow.issuer_id)
            .outerjoin(BatchRow, BatchRow.id == CredentialRow.batch_id)
            .order_by(CredentialRow.issued_at, CredentialRow.id)
        )
        return [
            HeldCredential(
                id=row.id,
                enterprise_id=row.enterprise_id,
                issuer_code=issuer_code,
                type_code=row.type_code,
                digest=row.digest,
                status_index=row.status_index,
                issued_at=row.issued_at,
                anchored_at=anchored_at,
                compact=self._keys.open(row.enterprise_id, _place(row.id), row.sealed).decode(),
            )
            for row, issuer_code, anchored_at in rows
        ]

    def held(self, enterprise_id: str) -> list[HeldCredential]:
        """Return a wallet's credentials, oldest first."""
        return self._held(
            select(CredentialRow, InstitutionRow.code, BatchRow.anchored_at).where(
                CredentialRow.enterprise_id == enterprise_id
            )
        )

    def newest(self, enterprise_id: str, type_codes: Iterable[str]) -> dict[str, HeldCredential]:
        """Return the newest credential of each type that the wallet holds."""
        query = select(CredentialRow, InstitutionRow.code, BatchRow.anchored_at).where(
            CredentialRow.enterprise_id == enterprise_id,
            CredentialRow.type_code.in_(list(type_codes)),
        )
        return {item.type_code: item for item in self._held(query)}

    def unbatched(self, limit: int) -> list[NewCredential]:
        """Return credentials that are in no batch yet, oldest first (without their tokens)."""
        query = (
            select(CredentialRow)
            .where(CredentialRow.batch_id.is_(None))
            .order_by(CredentialRow.id)
            .limit(limit)
        )
        return [
            NewCredential(
                id=row.id,
                enterprise_id=row.enterprise_id,
                issuer_id=row.issuer_id,
                type_code=row.type_code,
                digest=row.digest,
                status_index=row.status_index,
                asset=row.asset,
                source_key=row.source_key,
                issued_at=row.issued_at,
                compact="",
            )
            for row in db.session.execute(query).scalars()
        ]

    def add_batch(
        self, *, issuer_id: str, type_code: str, root: str, credential_ids: Sequence[str], at: int
    ) -> None:
        """Record a batch and each credential's place in it."""
        batch = BatchRow(
            id=new_id(),
            issuer_id=issuer_id,
            type_code=type_code,
            root=root,
            count=len(credential_ids),
            created_at=at,
        )
        db.session.add(batch)
        db.session.flush()
        db.session.execute(
            update(CredentialRow),
            [
                {"id": credential_id, "batch_id": batch.id, "leaf_index": index}
                for index, credential_id in enumerate(credential_ids)
            ],
        )

    def set_anchored(self, root: str, *, anchored_at: int, block_number: int) -> None:
        """Follow the chain's event that a root was anchored."""
        db.session.execute(
            update(BatchRow)
            .where(BatchRow.root == root)
            .values(anchored_at=anchored_at, block_number=block_number)
        )

    def anchored_at(self, digests: Sequence[str]) -> dict[str, int]:
        """Return the block time of each credential whose batch is on chain."""
        query = (
            select(CredentialRow.digest, BatchRow.anchored_at)
            .join(BatchRow, BatchRow.id == CredentialRow.batch_id)
            .where(CredentialRow.digest.in_(list(digests)), BatchRow.anchored_at.is_not(None))
        )
        return {digest: int(at) for digest, at in db.session.execute(query) if at is not None}

    def unanchored(self) -> int:
        """Return how many credentials are not in a batch that is on chain."""
        query = (
            select(func.count())
            .select_from(CredentialRow)
            .outerjoin(BatchRow, BatchRow.id == CredentialRow.batch_id)
            .where(BatchRow.anchored_at.is_(None))
        )
        return int(db.session.execute(query).scalar_one())

    def inclusion(self, digest: str) -> Inclusion | None:
        """Return the Merkle proof of a credential whose batch is on chain."""
        query = (
            select(CredentialRow, BatchRow, InstitutionRow.address)
            .join(BatchRow, BatchRow.id == CredentialRow.batch_id)
            .join(InstitutionRow, InstitutionRow.id == CredentialRow.issuer_id)
            .where(CredentialRow.digest == digest, BatchRow.anchored_at.is_not(None))
        )
        found = db.session.execute(query).one_or_none()
        if found is None:
            return None
        credential, batch, issuer_address = found
        tree = merkle.levels(self._leaves(batch))
        type_id = self._types.get(batch.type_code).chain_id
        return Inclusion(
            batch_root=batch.root,
            leaf="0x" + tree[0][credential.leaf_index].hex(),
            proof=tuple("0x" + node.hex() for node in merkle.proof(tree, credential.leaf_index)),
            issuer_address=issuer_address,
            credential_digest="0x" + digest,
            credential_type="0x" + type_id.hex(),
            status_index=credential.status_index,
            asset_fingerprint=credential.asset or "0x" + merkle.NO_ASSET.hex(),
            anchored_at=batch.anchored_at,
        )

    def _leaves(self, batch: BatchRow) -> list[bytes]:
        type_id = self._types.get(batch.type_code).chain_id
        query = (
            select(CredentialRow.digest, CredentialRow.status_index, CredentialRow.asset)
            .where(CredentialRow.batch_id == batch.id)
            .order_by(CredentialRow.leaf_index)
        )
        return [
            merkle.leaf(
                bytes.fromhex(digest),
                type_id,
                index,
                bytes.fromhex(asset[2:]) if asset else merkle.NO_ASSET,
            )
            for digest, index, asset in db.session.execute(query)
        ]
