"""Server-side key store: envelope encryption with one data key per owner.

A key-encryption key (KEK) wraps each owner's data key (DEK, RFC 3394 wrapping); the DEK seals the
owner's private keys and data with AES-256-GCM, the additional data naming the place of use.
Deleting the DEK makes everything sealed under it unreadable.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import select

from db import db, new_id
from identity.adapters.tables import DataKeyRow, KeyRow
from identity.errors import KeyStoreError
from identity.model import jose

CONTROLLER, BINDING = "controller", "binding"
SECRET_BYTES = 32
NONCE_BYTES = 12
_IN_CHUNK = 1_000
_SECRET = re.compile(rf"[0-9a-fA-F]{{{2 * SECRET_BYTES}}}")
_HELD = "identity.data_keys"


def read_secret_file(path: Path) -> bytes:
    """Return the 32-byte secret in a file, making it (mode 0600) when the file is absent.

    Where several processes start at once, the one that creates the file decides.

    Raises:
        KeyStoreError: the file holds something else than 64 hexadecimal digits.
    """
    if not path.exists():
        _make_secret_file(path)
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if _SECRET.fullmatch(text) is None:
        raise KeyStoreError(
            f"the secret file {path.name} holds {len(text)} characters, expected {2 * SECRET_BYTES}"
            " hexadecimal digits; put back the file the database was made with"
        )
    return bytes.fromhex(text)


def _make_secret_file(path: Path) -> None:
    """Write a draft and link it into place, so that nobody ever reads half a secret."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(SECRET_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())  # nothing may be sealed under a secret a power cut can lose
    with suppress(FileExistsError):  # another process was first: its secret counts
        os.link(draft, path)
    draft.unlink()


class KeyStore:
    """Makes, keeps and uses private keys; the KEK never touches the database.

    Only the unwrapping is remembered, by the wrapped bytes. The row of a data key is read anew in
    every transaction, so an erasure by any process holds from the next transaction on: a deleted
    row can be remembered by nobody. That is one look-up by primary key per owner and transaction.
    """

    def __init__(self, kek: bytes) -> None:
        self._kek = kek
        self._kek_id = hashlib.sha256(b"kek-id" + kek).hexdigest()[:16]
        self._unwrapped = lru_cache(maxsize=4096)(self._unwrap)

    def create_owner(self, owner_id: str) -> None:
        """Make a data key for a new owner."""
        wrapped = aes_key_wrap(self._kek, os.urandom(SECRET_BYTES))
        db.session.add(DataKeyRow(owner_id=owner_id, kek_id=self._kek_id, wrapped=wrapped))
        db.session.flush()

    def erase_owner(self, owner_id: str) -> None:
        """Delete an owner's data key: nothing sealed under it can ever be read again.

        Raises:
            KeyStoreError: the owner has no data key.
        """
        row = self._data_key_row(owner_id)
        # A database may leave a deleted row's bytes in its file; an overwritten row it cannot.
        row.wrapped = os.urandom(len(row.wrapped))
        db.session.flush()
        db.session.delete(row)
        db.session.flush()
        self._unwrapped.cache_clear()

    def _data_key_row(self, owner_id: str) -> DataKeyRow:
        row = db.session.get(DataKeyRow, owner_id)
        if row is None:
            raise KeyStoreError("the owner has no data key; it was never made or was erased")
        # The session refers to rows weakly; this keeps the row until it is read anew.
        db.session.info.setdefault(_HELD, {})[owner_id] = row
        return row

    def _data_key(self, owner_id: str) -> AESGCM:
        row = self._data_key_row(owner_id)
        return self._unwrapped(row.wrapped, row.kek_id)

    def _unwrap(self, wrapped: bytes, kek_id: str) -> AESGCM:
        try:
            return AESGCM(aes_key_unwrap(self._kek, wrapped))
        except InvalidUnwrap as error:
            raise KeyStoreError(
                f"the data key is wrapped by KEK {kek_id}, this process has {self._kek_id}; "
                "start it with the KEK file the database was made with"
            ) from error

    def seal(self, owner_id: str, place: str, data: bytes) -> bytes:
        """Return data encrypted under the owner's data key and bound to a place of use."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._data_key(owner_id).encrypt(nonce, data, place.encode())

    def seal_many(self, items: Sequence[tuple[str, str, bytes]]) -> list[bytes]:
        """Return each (owner, place, data) sealed; the data keys are read in few queries."""
        keys = self._data_keys({owner_id for owner_id, _, _ in items})
        nonces = os.urandom(NONCE_BYTES * len(items))
        sealed = []
        for position, (owner_id, place, data) in enumerate(items):
            nonce = nonces[NONCE_BYTES * position : NONCE_BYTES * (position + 1)]
            sealed.append(nonce + keys[owner_id].encrypt(nonce, data, place.encode()))
        return sealed

    def _data_keys(self, owner_ids: Iterable[str]) -> dict[str, AESGCM]:
        wanted, found = list(owner_ids), dict[str, AESGCM]()
        for start in range(0, len(wanted), _IN_CHUNK):
            chunk = wanted[start : start + _IN_CHUNK]
            query = select(DataKeyRow.owner_id, DataKeyRow.wrapped, DataKeyRow.kek_id).where(
                DataKeyRow.owner_id.in_(chunk)
            )
            for owner_id, wrapped, kek_id in db.session.execute(query):
                found[owner_id] = self._unwrapped(wrapped, kek_id)
        if len(found) < len(wanted):
            raise KeyStoreError("an owner has no data key; it was never made or was erased")
        return found

    def open(self, owner_id: str, place: str, sealed: bytes) -> bytes:
        """Return what `seal` was given; raises KeyStoreError when bytes or place differ."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        key = self._data_key(owner_id)
        try:
            return key.decrypt(nonce, ciphertext, place.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise KeyStoreError(f"the sealed data at {place} was altered or moved") from error

    def _keep(self, owner_id: str, use: str, secret: bytes) -> None:
        sealed = self.seal(owner_id, f"identity_key|{use}|{owner_id}", secret)
        row = KeyRow(
            id=new_id(), owner_id=owner_id, use=use, sealed=sealed, created_at=int(time.time())
        )
        db.session.add(row)

    def _newest(self, owner_id: str, use: str) -> bytes:
        query = (
            select(KeyRow.sealed)
            .where(KeyRow.owner_id == owner_id, KeyRow.use == use)
            .order_by(KeyRow.id.desc())
            .limit(1)
        )
        sealed = db.session.execute(query).scalar_one_or_none()
        if sealed is None:
            raise KeyStoreError(f"the owner has no {use} key in this store")
        return self.open(owner_id, f"identity_key|{use}|{owner_id}", sealed)

    def create_binding_key(self, owner_id: str) -> jose.PublicKey:
        """Make the owner's P-256 key; return its public half."""
        key = jose.generate_key()
        self._keep(
            owner_id,
            BINDING,
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
        return key.public_key()

    def binding_key(self, owner_id: str) -> jose.PrivateKey:
        """Return the owner's P-256 private key."""
        der = self._newest(owner_id, BINDING)
        key = serialization.load_der_private_key(der, None)
        return cast(ec.EllipticCurvePrivateKey, key)

    def keep_controller_key(self, owner_id: str, secret: bytes) -> None:
        """Keep the owner's secp256k1 key (32 bytes)."""
        self._keep(owner_id, CONTROLLER, secret)

    def controller_key(self, owner_id: str) -> bytes:
        """Return the owner's secp256k1 private key (32 bytes)."""
        return self._newest(owner_id, CONTROLLER)
