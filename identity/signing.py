"""Sign and check statements (applications, decisions) with the parties' P-256 keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from identity.errors import InvalidSignature
from identity.model import jose
from identity.ports import Clock, Keys, Parties


@dataclass(frozen=True)
class Signing:
    """Compact JWS over RFC 8785 canonical JSON; `iss` is the signer's DID."""

    parties: Parties
    keys: Keys
    clock: Clock

    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the enterprise's signature, made in its hosted wallet."""
        return self._sign(
            enterprise_id, self.parties.enterprise(enterprise_id).did, payload, typ=typ
        )

    def sign_as(self, organisation_code: str, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return an organisation's signature."""
        organisation = self.parties.organisation(organisation_code)
        return self._sign(organisation.id, organisation.did, payload, typ=typ)

    def _sign(self, owner_id: str, did: str, payload: Mapping[str, Any], *, typ: str) -> str:
        key = self.keys.binding_key(owner_id)
        kid = jose.thumbprint(jose.public_jwk(key.public_key()))
        header = jose.encode_header({"alg": "ES256", "typ": typ, "kid": kid})
        body = rfc8785.dumps({**payload, "iss": did, "iat": self.clock()})
        return jose.sign_compact(key, header, body)

    def verify(self, enterprise_id: str, token: str, *, typ: str) -> dict[str, Any]:
        """Return the payload an enterprise signed; raises InvalidSignature or MalformedToken."""
        key = self.parties.enterprise_key(enterprise_id)
        return self._verify(key, self.parties.enterprise(enterprise_id).did, token, typ=typ)

    def verify_of(self, organisation_code: str, token: str, *, typ: str) -> dict[str, Any]:
        """Return the payload an organisation signed; raises InvalidSignature or MalformedToken."""
        organisation = self.parties.organisation(organisation_code)
        key = self.parties.organisation_key(organisation.id)
        return self._verify(key, organisation.did, token, typ=typ)

    @staticmethod
    def _verify(key: jose.PublicKey, did: str, token: str, *, typ: str) -> dict[str, Any]:
        payload = jose.verify_compact(token, key, typ=typ)
        if payload.get("iss") != did:
            raise InvalidSignature("the statement names another signer than the one expected")
        return payload
