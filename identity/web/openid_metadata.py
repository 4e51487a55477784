"""Metadata of an issuer and of its authorisation server, at both placements.

OpenID4VCI 1.0 §12.2.2 and RFC 8414 §3.1 insert the well-known part between host and path; older
wallets append it to the issuer identifier.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from identity.model.credential import CredentialType
from identity.model.holder_proof import ALGORITHMS
from identity.model.offer import BATCH_MAX, GrantType
from identity.model.party import Organisation
from identity.model.type_metadata import type_metadata
from identity.web.context import identity
from identity.web.openid_answers import issuer_service
from web.access import public

ISSUER = "/.well-known/openid-credential-issuer"
SERVER = "/.well-known/oauth-authorization-server"
BINDING_METHODS = ["jwk", "did:jwk", "did:key", "did:ethr"]
MAX_AGE_S = 300

blp = Blueprint("openid_metadata", __name__)


@blp.get(f"{ISSUER}/issuers/<string:code>")
@blp.get(f"/issuers/<string:code>{ISSUER}")
@public("wallets look up what an issuer offers")
def issuer_metadata(code: str) -> Response:
    """Return the credential issuer metadata (OpenID4VCI 1.0 §12.2.4)."""
    service, issuer = identity(), identity().organisation(code)
    url = issuer.issuer_url(service.public_url)
    types = map(service.types.get, issuer_service().offers.issued_types(issuer))
    configurations = {item.code: _configuration(item) for item in types}
    return _cached(
        credential_issuer=url,
        credential_endpoint=f"{url}/credential",
        nonce_endpoint=f"{url}/nonce",
        deferred_credential_endpoint=f"{url}/deferred-credential",
        notification_endpoint=f"{url}/notification",
        batch_credential_issuance={"batch_size": BATCH_MAX},
        display=_names(issuer),
        credential_configurations_supported=configurations,
    )


def _names(issuer: Organisation) -> list[dict[str, str]]:
    return [
        {"name": issuer.name_zh, "locale": "zh-CN"},
        {"name": issuer.name_en, "locale": "en"},
    ]


def _configuration(credential_type: CredentialType) -> dict[str, Any]:
    """Return one credential configuration (OpenID4VCI 1.0 Appendix A.3.2)."""
    described = type_metadata(credential_type)
    claims = [
        {
            "path": claim["path"],
            "mandatory": claim["mandatory"],
            "display": [
                {"name": item["label"], "locale": item["locale"]} for item in claim["display"]
            ],
        }
        for claim in described["claims"]
    ]
    display = [{"name": d["name"], "locale": d["locale"]} for d in described["display"]]
    return {
        "format": "dc+sd-jwt",
        "vct": credential_type.vct,
        "scope": credential_type.code,
        "cryptographic_binding_methods_supported": BINDING_METHODS,
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ALGORITHMS}},
        "credential_metadata": {"display": display, "claims": claims},
    }


@blp.get(f"{SERVER}/issuers/<string:code>")
@blp.get(f"/issuers/<string:code>{SERVER}")
@public("wallets look up an issuer's authorisation server, which is the issuer itself")
def server_metadata(code: str) -> Response:
    """Return the authorisation server metadata (RFC 8414 §2, OpenID4VCI 1.0 §12.3)."""
    service, issuer = identity(), identity().organisation(code)
    url = issuer.issuer_url(service.public_url)
    return _cached(
        issuer=url,
        token_endpoint=f"{url}/token",
        authorization_endpoint=f"{url}/authorize",
        pushed_authorization_request_endpoint=f"{url}/par",
        require_pushed_authorization_requests=True,
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=[item.value for item in GrantType],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["none", "attest_jwt_client_auth"],
        client_attestation_signing_alg_values_supported=ALGORITHMS,
        client_attestation_pop_signing_alg_values_supported=ALGORITHMS,
        dpop_signing_alg_values_supported=ALGORITHMS,
        authorization_response_iss_parameter_supported=True,
        scopes_supported=issuer_service().offers.issued_types(issuer),
        authorization_details_types_supported=["openid_credential"],
        **{"pre-authorized_grant_anonymous_access_supported": True},
    )


def _cached(**members: Any) -> Response:
    response = jsonify(members)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
