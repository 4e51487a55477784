"""Signed presentation requests, as links and request objects (OpenID4VP 1.0 §5, RFC 9101).

A verifier signs; a wallet reads and checks whom the signature stands for:
 - `x509_san_dns`, `x509_hash`: the leaf in `x5c` is the consortium CA's and names the verifier;
 - `decentralized_identifier`: the key is published in the verifier's DID on chain;
 - `redirect_uri`: not signed, and trusted with nothing but its own address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from identity.errors import UntrustedRequest
from identity.issuer_keys import IssuerKeys
from identity.model import certificate, jose
from identity.model.party import Organisation
from identity.model.request import (
    SELF_ISSUED,
    ClientIDPrefix,
    PresentationRequest,
    response_uri,
)
from identity.openid_ports import KeyResolver
from identity.ports import Clock

REQUEST_TYP = "oauth-authz-req+jwt"
SCHEME = "openid4vp://"
_JSON_PARAMETERS = ("dcql_query", "client_metadata", "verifier_info", "transaction_data")


@dataclass(frozen=True)
class RequestObjects:
    """Makes and reads request objects."""

    issuer_keys: IssuerKeys
    resolve: KeyResolver
    clock: Clock
    public_url: str

    def client_id(self, verifier: Organisation, prefix: ClientIDPrefix, request_id: str) -> str:
        """Return a verifier's client identifier under a prefix (§5.9.3)."""
        leaf = self.issuer_keys.certificates.leaf
        if prefix is ClientIDPrefix.REDIRECT_URI:
            value = response_uri(self.public_url, verifier.code, request_id)
        elif prefix is ClientIDPrefix.X509_HASH:
            value = certificate.x509_hash(leaf(verifier.id))
        elif prefix is ClientIDPrefix.DID:
            value = verifier.did
        else:
            value = urlsplit(self.public_url).hostname or ""
        return f"{prefix}:{value}"

    def aki(self, prefix: ClientIDPrefix) -> str | None:
        """Return the CA key identifier that a request by x509_hash trusts (HAIP 1.0 §5)."""
        if prefix is not ClientIDPrefix.X509_HASH:
            return None
        return certificate.authority_key_id(self.issuer_keys.certificates.ca())

    def link(self, request: PresentationRequest) -> str:
        """Return the link, or QR code, that a wallet opens; unsigned requests stand in it whole."""
        if request.prefix is ClientIDPrefix.REDIRECT_URI:
            parameters = {
                name: value if isinstance(value, str) else orjson.dumps(value).decode()
                for name, value in request.parameters(self.public_url).items()
            }
        else:
            uri = request.request_uri(self.public_url)
            parameters = {"client_id": request.client_id, "request_uri": uri}
        return f"{SCHEME}?{urlencode(parameters)}"

    def sign(
        self, request: PresentationRequest, verifier: Organisation, *, wallet_nonce: str | None
    ) -> str:
        """Return the request object that the verifier signs.

        Args:
            wallet_nonce: what a wallet sent with `request_uri_method=post` (§5.10), else None.
        Raises:
            UntrustedRequest: the request's prefix is `redirect_uri`, which may not be signed.
        """
        if request.prefix is ClientIDPrefix.REDIRECT_URI:
            raise UntrustedRequest("a request by redirect_uri is never signed; it is in its link")
        members: dict[str, Any] = {}
        if request.prefix is ClientIDPrefix.DID:
            members["kid"] = self.issuer_keys.did_url(verifier)
        header = self.issuer_keys.header(verifier, typ=REQUEST_TYP, **members)
        payload = {
            **request.parameters(self.public_url),
            "aud": SELF_ISSUED,
            "iat": self.clock(),
            "exp": request.expires_at,
        }
        if wallet_nonce is not None:
            payload["wallet_nonce"] = wallet_nonce
        return self.issuer_keys.sign(verifier, orjson.dumps(payload), header=header)

    def verifier_code(self, parameters: Mapping[str, Any]) -> str:
        """Return the code of the verifier that gets the response: whose address it is posted to.

        Raises:
            UntrustedRequest: the response would leave this platform.
        """
        prefix = f"{self.public_url}/verifiers/"
        uri = str(parameters.get("response_uri", ""))
        if not uri.startswith(prefix):
            raise UntrustedRequest(
                "the hosted wallet answers the banks of this platform only; "
                "use a wallet of your own for other verifiers"
            )
        return uri.removeprefix(prefix).partition("/")[0]

    def read_link(self, link: str) -> dict[str, Any]:
        """Return the parameters of an unsigned request in a link (§5.1).

        Raises:
            UntrustedRequest: a parameter is no JSON, or the link says it is from somebody else.
        """
        found: dict[str, Any] = dict(parse_qsl(urlsplit(link).query))
        for name in _JSON_PARAMETERS:
            if name in found:
                found[name] = _json(found[name], name)
        expected = f"{ClientIDPrefix.REDIRECT_URI}:{found.get('response_uri')}"
        if found.get("client_id") != expected:
            raise UntrustedRequest(
                "an unsigned request must name its own response_uri as its client_id"
            )
        return found

    def read(self, token: str) -> dict[str, Any]:
        """Return the parameters of a request object after checking who signed it.

        Raises:
            UntrustedRequest, UntrustedCertificate: the signer is not who client_id names.
            MalformedToken, InvalidSignature.
        """
        header = jose.parse_header(jose.split_compact(token)[0], typ=REQUEST_TYP)
        payload = jose.parse_json_object(
            jose.from_b64u(jose.split_compact(token)[1]), "request object"
        )
        client_id = payload.get("client_id")
        if not isinstance(client_id, str) or ":" not in client_id:
            raise UntrustedRequest("the request names no client_id with a prefix")
        key = self._key(header, payload, client_id)
        jose.verify_compact(token, key, typ=REQUEST_TYP)
        expires_at = payload.get("exp")
        if isinstance(expires_at, int) and self.clock() >= expires_at:
            raise UntrustedRequest("the request has expired; ask the verifier for a new one")
        return payload

    def _key(
        self, header: Mapping[str, Any], payload: Mapping[str, Any], client_id: str
    ) -> jose.PublicKey:
        prefix, _, name = client_id.partition(":")
        if prefix == ClientIDPrefix.DID:
            kid = str(header.get("kid", ""))
            if kid.partition("#")[0] != name:
                raise UntrustedRequest("the request is signed by another DID than its client_id")
            return self.resolve(kid)
        if prefix not in (ClientIDPrefix.X509_SAN_DNS, ClientIDPrefix.X509_HASH):
            raise UntrustedRequest(f"found the client_id prefix {prefix!r}, which is not signed")
        der = _certificate(header)
        leaf = certificate.check_leaf(der, self.issuer_keys.certificates.ca(), self.clock())
        if prefix == ClientIDPrefix.X509_HASH:
            matches = certificate.x509_hash(der) == name
        else:
            host = urlsplit(str(payload.get("response_uri", ""))).hostname
            matches = name in leaf.dns_names and host == name
        if not matches:
            raise UntrustedRequest("the certificate is not that of the client_id")
        return leaf.key


def _certificate(header: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(header.get("x5c", [""])[0], validate=True)
    except binascii.Error as error:
        raise UntrustedRequest("found an x5c that is not base64") from error


def _json(text: str, name: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UntrustedRequest(f"the parameter {name} is not JSON") from error
