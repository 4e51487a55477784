"""Documents that wallets and verifiers look up: issuer keys (SD-JWT VC, JWT VC Issuer Metadata)."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, jsonify

from identity.model import jose
from identity.web.context import identity
from web.access import public

blp = Blueprint("identity_well_known", __name__)


@blp.get("/.well-known/jwt-vc-issuer/issuers/<string:code>")
@public("verifiers look up an issuer's keys here")
def jwt_vc_issuer(code: str) -> Any:
    """Return the issuer identifier and its public keys."""
    service = identity()
    issuer = service.organisation(code)
    jwk = jose.public_jwk(service.parties.organisation_key(issuer.id))
    key = {**jwk, "kid": jose.thumbprint(jwk), "alg": "ES256", "use": "sig"}
    return jsonify(issuer=issuer.issuer_url(service.public_url), jwks={"keys": [key]})


@blp.get("/.well-known/qilian-ca.pem")
@public("wallets and verifiers check certificates with it")
def consortium_ca() -> Response:
    """Return the certificate of the consortium's CA (PEM)."""
    der = identity().issuer_keys.certificates.ca()
    pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
    return Response(pem, content_type="application/x-pem-file")
