"""The keys that organisations sign with, and the JOSE headers that name them.

An organisation's P-256 key is certified by the consortium's CA (`x5c`, for any wallet), published
by its `kid` at `/.well-known/jwt-vc-issuer`, and stands on chain in the organisation's DID, where
accreditation is.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from identity.errors import KeyStoreError
from identity.model import certificate, jose
from identity.model.party import Organisation
from identity.ports import Certificates, Clock, Keys, Trust


@dataclass(frozen=True)
class IssuerKeys:
    """Signs as an organisation."""

    keys: Keys
    certificates: Certificates
    trust: Trust
    clock: Clock

    def private_key(self, organisation: Organisation) -> jose.PrivateKey:
        """Return the organisation's signing key."""
        return self.keys.binding_key(organisation.id)

    def did_url(self, organisation: Organisation) -> str:
        """Return the DID URL of the organisation's key, as DID resolvers number it.

        Raises:
            KeyStoreError: the key is not on chain yet.
        """
        multikey = jose.multikey(self.private_key(organisation).public_key())
        for fragment, published in self.trust.keys_of(organisation.did, self.clock()).items():
            if published == multikey:
                return f"{organisation.did}#{fragment}"
        raise KeyStoreError("the organisation's key is not in its DID on chain yet; try again soon")

    def header(self, organisation: Organisation, *, typ: str, **members: Any) -> dict[str, Any]:
        """Return the protected header of what the organisation signs: alg, typ, kid, x5c."""
        kid, leaf = _named(self.certificates.leaf(organisation.id))
        header = {"alg": "ES256", "typ": typ, "kid": kid, "x5c": [leaf]}
        return {**header, **members}

    def sign(self, organisation: Organisation, payload: bytes, *, header: Mapping[str, Any]) -> str:
        """Return the compact JWS of a payload under a header from `header`."""
        return jose.sign_compact(
            self.private_key(organisation), jose.encode_header(header), payload
        )


@lru_cache(maxsize=256)
def _named(leaf: bytes) -> tuple[str, str]:
    """Return the `kid` of a certificate's key, and the certificate as `x5c` has it."""
    jwk = jose.public_jwk(certificate.key_of(leaf))
    return jose.thumbprint(jwk), base64.b64encode(leaf).decode("ascii")
