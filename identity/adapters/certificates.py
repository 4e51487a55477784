"""The consortium's CA and the organisations' certificates, in the database."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from db import db
from identity.adapters.tables import CertificateRow
from identity.errors import KeyStoreError
from identity.model import certificate
from identity.model.jose import PublicKey
from identity.model.party import Organisation
from identity.ports import Keys

CA_OWNER = "consortium-ca"
RENEW_BEFORE_S = 90 * 86_400


class SQLCertificates:
    """Reads and writes `identity_certificate`; the CA's key lives in the key store."""

    def __init__(self, keys: Keys, clock: Callable[[], int], public_url: str) -> None:
        self._keys = keys
        self._clock = clock
        self._public_url = public_url
        # A leaf is replaced once in two years, by `sandbox prepare`, before the web starts.
        self.leaf = lru_cache(maxsize=256)(self._load)

    def ca(self) -> bytes:
        """Return the CA's certificate (DER)."""
        return self.leaf(CA_OWNER)

    def ensure(self, organisation: Organisation, key: PublicKey) -> None:
        """Certify an organisation's key, unless it has a leaf that lasts; makes the CA first."""
        now = self._clock()
        ca_row = db.session.get(CertificateRow, CA_OWNER)
        if ca_row is None:
            self._keys.create_owner(CA_OWNER)
            self._keys.create_binding_key(CA_OWNER)
            ca_der = certificate.make_ca(self._keys.binding_key(CA_OWNER), now)
            ca_row = CertificateRow(owner_id=CA_OWNER, der=ca_der)
            db.session.add(ca_row)
        row = db.session.get(CertificateRow, organisation.id)
        if row is not None and certificate.expires_at(row.der) - now > RENEW_BEFORE_S:
            return
        der = certificate.make_leaf(
            self._keys.binding_key(CA_OWNER),
            ca_row.der,
            key,
            common_name=organisation.name_en,
            identifier=organisation.issuer_url(self._public_url),
            at=now,
        )
        db.session.merge(CertificateRow(owner_id=organisation.id, der=der))
        db.session.flush()
        self.leaf.cache_clear()

    @staticmethod
    def _load(owner_id: str) -> bytes:
        row = db.session.get(CertificateRow, owner_id)
        if row is None:
            raise KeyStoreError(
                "the organisation has no certificate; run 'flask --app app sandbox prepare'"
            )
        return row.der
