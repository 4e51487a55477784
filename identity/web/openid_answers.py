"""What the OpenID endpoints share: errors in the protocols' shape, forms, DPoP, access tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from identity.collection import Collection
from identity.errors import ProtocolError
from identity.model.attestation import ClientAttestation, read_client_attestation
from identity.model.holder_proof import read_dpop
from identity.model.offer import AccessGrant
from identity.model.party import Organisation
from identity.offers import sha256_hex
from identity.openid import OpenIDIssuer
from identity.web.context import identity
from web.problems import answer, problem_of_error

# RFC 6749 §5.2 leaves these to error_description: printable ASCII without quote and backslash.
_NOT_DESCRIBABLE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
DPOP_MEMORY_S = 900
PROTOCOL_BLUEPRINTS = frozenset({"openid_issuer", "openid_verifier"})


def issuer_service() -> OpenIDIssuer:
    """Return this application's OpenID4VCI issuer."""
    found: OpenIDIssuer = current_app.extensions["qilian.openid_issuer"]
    return found


def collection() -> Collection:
    """Return what takes offers for hosted wallets."""
    found: Collection = current_app.extensions["qilian.collection"]
    return found


def register_protocol_errors(app: Flask) -> None:
    """Answer protocol errors as the protocols say, and as problems on pages and the API."""
    app.register_error_handler(ProtocolError, _answer)


def _answer(error: ProtocolError) -> Response:
    if request.blueprint not in PROTOCOL_BLUEPRINTS:
        return answer(problem_of_error(error))
    response = jsonify(error=error.error, error_description=describable(error.detail))
    response.status_code = error.status
    response.headers.update({"Cache-Control": "no-store", **error.headers})
    return response


def describable(detail: str) -> str:
    """Return a detail as `error_description` may hold it."""
    return _NOT_DESCRIBABLE.sub(" ", detail.replace('"', "'"))


def form() -> Mapping[str, str]:
    """Return the parameters of a form post; raises ProtocolError when one comes twice."""
    twice = sorted(name for name, values in request.form.lists() if len(values) > 1)
    if twice:
        raise ProtocolError("invalid_request", f"found more than once: {', '.join(twice)}")
    return dict(request.form.items())


def json_body(error: str) -> dict[str, Any]:
    """Return the JSON object of a request; raises ProtocolError with the endpoint's own code."""
    try:
        body = request.get_json()
    except HTTPException as problem:
        raise ProtocolError(error, f"expected a JSON object: {problem.description}") from problem
    if not isinstance(body, dict):
        raise ProtocolError(error, "expected a JSON object")
    return body


def dpop_thumbprint(access_token: str | None = None) -> str | None:
    """Return the thumbprint of the DPoP key that this request proves; None without a proof.

    Raises:
        ProtocolError: invalid_dpop_proof: the proof is not for this request or was used before.
    """
    proofs = request.headers.getlist("DPoP")
    if not proofs:
        return None
    if len(proofs) > 1:
        raise ProtocolError("invalid_dpop_proof", "found several DPoP headers, expected one")
    service = identity()
    proof = read_dpop(
        proofs[0],
        method=request.method,
        url=service.public_url + request.path,
        at=service.clock(),
        access_token=access_token,
    )
    expires_at = service.clock() + DPOP_MEMORY_S
    if not issuer_service().once.use(f"dpop:{proof.jkt}:{proof.jti}", expires_at):
        raise ProtocolError("invalid_dpop_proof", "the proof was used before")
    return proof.jkt


def client_attestation(issuer: Organisation) -> ClientAttestation | None:
    """Return the wallet's attestation that this request carries, checked; None without one.

    Raises:
        ProtocolError: invalid_client: it does not check, or its proof was used before.
    """
    attestation = request.headers.get("OAuth-Client-Attestation")
    proof = request.headers.get("OAuth-Client-Attestation-PoP")
    if attestation is None and proof is None:
        return None
    if attestation is None or proof is None:
        raise ProtocolError("invalid_client", "expected an attestation and its proof", status=401)
    service = identity()
    found = read_client_attestation(
        attestation,
        proof,
        audience=issuer.issuer_url(service.public_url),
        ca=service.issuer_keys.certificates.ca(),
        at=service.clock(),
    )
    expires_at = service.clock() + DPOP_MEMORY_S
    if not issuer_service().once.use(f"attestation:{found.jkt}:{found.jti}", expires_at):
        raise ProtocolError("invalid_client", "the proof was used before", status=401)
    return found


def access_grant(issuer: Organisation) -> AccessGrant:
    """Return what the request's access token allows at this issuer (RFC 6750 §3, RFC 9449 §7).

    Raises:
        ProtocolError: 401: no token, unknown, expired, another issuer's, or without its DPoP key.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "dpop"} or not token:
        raise _unauthorised("Bearer", "", "send the access token of the token endpoint")
    grant = issuer_service().grants.by_token(sha256_hex(token.strip()))
    if grant is None or grant.issuer_id != issuer.id or identity().clock() >= grant.expires_at:
        raise _unauthorised(scheme, "invalid_token", "the access token is unknown or has expired")
    if grant.jkt is None:
        if scheme.lower() == "dpop":
            raise _unauthorised("Bearer", "invalid_token", "the token is not bound to a DPoP key")
        return grant
    if scheme.lower() != "dpop":
        raise _unauthorised("DPoP", "invalid_token", "the token is bound to a DPoP key")
    try:
        jkt = dpop_thumbprint(token.strip())
    except ProtocolError as error:
        raise _unauthorised("DPoP", error.error, error.detail) from error
    if jkt != grant.jkt:
        raise _unauthorised("DPoP", "invalid_token", "the DPoP proof is by another key")
    return grant


def _unauthorised(scheme: str, error: str, detail: str) -> ProtocolError:
    name = "DPoP" if scheme.lower() == "dpop" else "Bearer"
    challenge = f'{name} error="{error}"' if error else f'{name} realm="qilian"'
    if name == "DPoP":
        challenge += ', algs="ES256 EdDSA"'
    return ProtocolError(
        error or "invalid_token", detail, status=401, headers={"WWW-Authenticate": challenge}
    )
