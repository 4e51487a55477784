"""The OpenID4VCI 1.0 endpoints of every issuer; each issuer is a tenant under its own path."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response

from identity.authorisation import REQUEST_URI_PREFIX
from identity.credential_endpoint import Answer
from identity.model.offer import DEFERRED_INTERVAL_S, PAR_LIFETIME_S, IssuanceState
from identity.web.context import identity
from identity.web.openid_answers import (
    access_grant,
    client_attestation,
    dpop_thumbprint,
    form,
    issuer_service,
    json_body,
)
from web.access import public

blp = Blueprint("openid_issuer", __name__, url_prefix="/issuers/<string:code>")

WALLET = "a wallet, which proves itself by code, access token and key"


@blp.get("/credential-offers/<string:secret>")
@public("the address is the secret: who holds it holds the offer")
def credential_offer(code: str, secret: str) -> Response:
    """Return a credential offer by reference (OpenID4VCI 1.0 §4.1.3)."""
    return _no_store(issuer_service().offers.describe(code, secret))


@blp.post("/nonce")
@public(WALLET)
def nonce(code: str) -> Response:
    """Return a fresh nonce for key proofs (OpenID4VCI 1.0 §7)."""
    issuer = identity().organisation(code)
    return _no_store({"c_nonce": issuer_service().nonces.make(issuer.code)})


@blp.post("/token")
@public(WALLET)
def token(code: str) -> Response:
    """Exchange a code for an access token (OpenID4VCI 1.0 §6)."""
    issuer = identity().organisation(code)
    attested = client_attestation(issuer)
    answer = issuer_service().tokens.exchange(
        issuer, form(), jkt=dpop_thumbprint(), attested=attested
    )
    return _no_store(vars(answer))


@blp.post("/par")
@public(WALLET)
def pushed_authorisation_request(code: str) -> Response:
    """Take a pushed authorisation request (RFC 9126 §2)."""
    issuer = identity().organisation(code)
    attested = client_attestation(issuer)
    pushed = issuer_service().authorisation.push(
        issuer, form(), jkt=dpop_thumbprint(), attested=attested
    )
    body = {"request_uri": REQUEST_URI_PREFIX + pushed.id, "expires_in": PAR_LIFETIME_S}
    return _no_store(body, 201)


@blp.post("/credential")
@public(WALLET)
def credential(code: str) -> Response:
    """Issue credentials to the keys that the wallet proves (OpenID4VCI 1.0 §8)."""
    issuer = identity().organisation(code)
    grant = access_grant(issuer)
    body = json_body("invalid_credential_request")
    return _answer(issuer_service().credentials.issue(issuer, grant, body))


@blp.post("/deferred-credential")
@public(WALLET)
def deferred_credential(code: str) -> Response:
    """Answer a wallet that comes back for a deferred credential (OpenID4VCI 1.0 §9)."""
    issuer = identity().organisation(code)
    grant = access_grant(issuer)
    body = json_body("invalid_credential_request")
    return _answer(issuer_service().credentials.deferred(issuer, grant, body), is_deferred=True)


@blp.post("/notification")
@public(WALLET)
def notification(code: str) -> Response:
    """Take a wallet's word on what became of a credential (OpenID4VCI 1.0 §11)."""
    grant = access_grant(identity().organisation(code))
    issuer_service().credentials.notify(grant, json_body("invalid_notification_request"))
    return make_response("", 204)


def _answer(answer: Answer, *, is_deferred: bool = False) -> Response:
    if answer.issuance.state is IssuanceState.DEFERRED:
        waiting = {"transaction_id": answer.issuance.id, "interval": DEFERRED_INTERVAL_S}
        return _no_store(waiting, 202)
    body = {"credentials": [{"credential": compact} for compact in answer.credentials]}
    # Published wallets refuse a notification_id in a deferred response, where it is optional.
    notified = {} if is_deferred else {"notification_id": answer.issuance.id}
    return _no_store({**body, **notified})


def _no_store(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
