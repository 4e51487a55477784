"""Find the key of a credential's issuer under the name it gives (SD-JWT VC, Issuer Signature).

 - `x5c`: the leaf is the consortium CA's and names `iss`;
 - `iss` a did:ethr: a key published in that DID on this chain, which `kid` names;
 - `iss` a did:web or https: a key of its DID document or JWT VC issuer metadata, which `kid` names;
   only hosts that the installation lists are asked.

A key found this way proves who signed. Whether that issuer may issue is a step of its own: the key
must stand in the DID of an accredited account.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from identity.errors import IdentityError, IssuerUnresolved
from identity.model import certificate, jose
from identity.openid_ports import Documents, KeyResolver
from identity.ports import Certificates, Clock, Parties

WELL_KNOWN = "/.well-known/jwt-vc-issuer"


@dataclass(frozen=True)
class IssuerResolver:
    """Resolves issuers' keys."""

    parties: Parties
    certificates: Certificates
    documents: Documents
    resolve_did: KeyResolver
    clock: Clock
    public_url: str

    def key(self, header: Mapping[str, Any], issuer: str) -> jose.PublicKey:
        """Return the key that a token's header names, under the issuer's name.

        Raises:
            IssuerUnresolved: the name, or the key under it, cannot be found.
            UntrustedCertificate: `x5c` is not the CA's or names another host.
        """
        if "x5c" in header:
            return self._certified(header["x5c"][0], issuer)
        kid = str(header.get("kid", ""))
        if issuer.startswith("did:ethr:"):
            return self._of_did(issuer, kid)
        if issuer.startswith(f"{self.public_url}/issuers/"):
            return self._own(issuer)
        if issuer.startswith("did:web:"):
            return self._of_did_document(issuer, kid)
        if issuer.startswith("https://"):
            return self._of_metadata(issuer, kid)
        raise IssuerUnresolved(
            f"found iss {issuer!r}, expected an https URL, a did:web or a did:ethr of this chain"
        )

    def _certified(self, encoded: str, issuer: str) -> jose.PublicKey:
        try:
            der = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise IssuerUnresolved("found an x5c that is not base64") from error
        leaf = certificate.check_leaf(der, self.certificates.ca(), self.clock())
        leaf.require_covers(issuer)
        return leaf.key

    def _of_did(self, issuer: str, kid: str) -> jose.PublicKey:
        absolute = issuer + kid if kid.startswith("#") else kid
        if absolute.partition("#")[0] not in (issuer, ""):
            raise IssuerUnresolved("the kid is of another DID than iss")
        try:
            return self.resolve_did(absolute or issuer)
        except IdentityError as error:
            raise IssuerUnresolved(error.detail) from error

    def _own(self, issuer: str) -> jose.PublicKey:
        code = issuer.removeprefix(f"{self.public_url}/issuers/")
        try:
            return self.parties.organisation_key(self.parties.organisation(code).id)
        except IdentityError as error:
            raise IssuerUnresolved(error.detail) from error

    def _of_metadata(self, issuer: str, kid: str) -> jose.PublicKey:
        parts = urlsplit(issuer)
        document = self.documents.fetch(f"https://{parts.netloc}{WELL_KNOWN}{parts.path}")
        if document.get("issuer") != issuer:
            raise IssuerUnresolved(f"the metadata at its host is not of {issuer}")
        keys = document.get("jwks", {})
        found = keys.get("keys", []) if isinstance(keys, dict) else []
        return _named(found, kid, issuer)

    def _of_did_document(self, issuer: str, kid: str) -> jose.PublicKey:
        host, *path = issuer.removeprefix("did:web:").split(":")
        place = "/".join(path) if path else ".well-known"
        document = self.documents.fetch(f"https://{unquote(host)}/{place}/did.json")
        if document.get("id") != issuer:
            raise IssuerUnresolved(f"the DID document at its host is not of {issuer}")
        methods = document.get("verificationMethod", [])
        asserting = document.get("assertionMethod", [])
        allowed = {item if isinstance(item, str) else item.get("id") for item in asserting}
        named = [
            {**method.get("publicKeyJwk", {}), "kid": method.get("id")}
            for method in methods
            if isinstance(method, dict) and method.get("id") in allowed
        ]
        return _named(named, issuer + kid if kid.startswith("#") else kid, issuer)


def _named(keys: Iterable[Any], kid: str, issuer: str) -> jose.PublicKey:
    found = [key for key in keys if isinstance(key, dict) and key.get("kid") == kid]
    if len(found) != 1:
        raise IssuerUnresolved(f"{issuer} publishes {len(found)} keys with kid {kid!r}")
    try:
        return jose.key_of_jwk({name: v for name, v in found[0].items() if name != "kid"})
    except IdentityError as error:
        raise IssuerUnresolved(error.detail) from error
