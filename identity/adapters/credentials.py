"""Issued credentials, their Merkle batches and the hosted wallets, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from db import db
from identity.adapters.batches import read_siblings
from identity.adapters.tables import BatchRow, CredentialRow, InstitutionRow
from identity.model import merkle
from identity.model.credential import HeldCredential, Inclusion
from identity.ports import Keys, NewCredential, Types, UnbatchedCredential

_IN_CHUNK = 1_000
_MANY = 1_000
_CACHE_KIB = 256 * 1024
_CHECKPOINT_PAGES = 65_536
_OF_LEAF = (CredentialRow.leaf_index, CredentialRow.status_index, CredentialRow.asset)


def _place(credential_id: str) -> str:
    return f"identity_credential|{credential_id}"


class SQLCredentials:
    """Reads and writes `identity_credential` and `identity_batch`; tokens are sealed at rest."""

    def __init__(self, keys: Keys, types: Types) -> None:
        self._keys = keys
        self._types = types

    def add_many(self, credentials: Sequence[NewCredential]) -> None:
        """Store new credentials in their holders' wallets."""
        if not credentials:
            return
        sealed = self._keys.seal_many(
            [
                (
                    item.enterprise_id,
                    _place(item.id),
                    item.compact.encode() if item.is_hosted else b"",
                )
                for item in credentials
            ]
        )
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
                "batch_id": item.batch_id,
                "leaf_index": item.leaf_index,
                "is_hosted": item.is_hosted,
                "sealed": data,
            }
            for item, data in zip(credentials, sealed, strict=True)
        ]
        if len(rows) >= _MANY:
            _expect_many()
        db.session.execute(insert(CredentialRow.__table__), rows)

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
                CredentialRow.enterprise_id == enterprise_id, CredentialRow.is_hosted
            )
        )

    def newest(self, enterprise_id: str, type_codes: Iterable[str]) -> dict[str, HeldCredential]:
        """Return the newest credential of each type that the wallet holds."""
        query = select(CredentialRow, InstitutionRow.code, BatchRow.anchored_at).where(
            CredentialRow.enterprise_id == enterprise_id,
            CredentialRow.type_code.in_(list(type_codes)),
            CredentialRow.is_hosted,
        )
        return {item.type_code: item for item in self._held(query)}

    def unbatched(self, limit: int) -> list[UnbatchedCredential]:
        """Return credentials that are in no batch yet, oldest first."""
        query = (
            select(
                CredentialRow.id,
                CredentialRow.issuer_id,
                CredentialRow.type_code,
                CredentialRow.digest,
                CredentialRow.status_index,
                CredentialRow.asset,
            )
            .where(CredentialRow.batch_id.is_(None))
            .order_by(CredentialRow.id)
            .limit(limit)
        )
        return [UnbatchedCredential(*row) for row in db.session.execute(query)]

    def set_batch(
        self, credential_ids: Sequence[str], batch_id: str, first_leaf_index: int
    ) -> None:
        """Give credentials their places in a batch, in order."""
        db.session.execute(
            update(CredentialRow),
            [
                {"id": credential_id, "batch_id": batch_id, "leaf_index": index}
                for index, credential_id in enumerate(credential_ids, start=first_leaf_index)
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
        alone = select(func.count()).where(CredentialRow.batch_id.is_(None))
        batched = select(func.coalesce(func.sum(BatchRow.count), 0)).where(
            BatchRow.anchored_at.is_(None)
        )
        return sum(int(db.session.execute(query).scalar_one()) for query in (alone, batched))

    def inclusion(self, digest: str) -> Inclusion | None:
        """Return the Merkle proof of a credential whose batch is on chain."""
        query = (
            select(*_OF_LEAF, BatchRow, InstitutionRow.address)
            .join(BatchRow, BatchRow.id == CredentialRow.batch_id)
            .join(InstitutionRow, InstitutionRow.id == CredentialRow.issuer_id)
            .where(CredentialRow.digest == digest, BatchRow.anchored_at.is_not(None))
        )
        found = db.session.execute(query).one_or_none()
        if found is None:
            return None
        leaf_index, status_index, asset, batch, issuer_address = found
        type_id = self._types.get(batch.type_code).chain_id
        fingerprint = asset or "0x" + merkle.NO_ASSET.hex()
        leaf = merkle.leaf(
            bytes.fromhex(digest), type_id, status_index, bytes.fromhex(fingerprint[2:])
        )
        siblings = read_siblings(batch.id, batch.count, leaf_index)
        return Inclusion(
            batch_root=batch.root,
            leaf="0x" + leaf.hex(),
            proof=tuple("0x" + node.hex() for node in siblings),
            issuer_address=issuer_address,
            credential_digest="0x" + digest,
            credential_type="0x" + type_id.hex(),
            status_index=status_index,
            asset_fingerprint=fingerprint,
            anchored_at=batch.anchored_at,
        )


def _expect_many() -> None:
    """Let SQLite keep the indexes of millions in memory, and copy its log back less often.

    With its own 2 MB of cache every insertion reads pages anew, the more the larger the table.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
