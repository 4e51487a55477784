"""The OpenID4VP 1.0 endpoints of every verifier; each bank is a tenant under its own path."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from identity.errors import IdentityError, RequestNotFound
from identity.model.request import ClientIDPrefix
from identity.web.context import identity
from identity.web.openid_answers import describable, form
from web.access import public
from web.problems import STATUS_BY_KIND

REQUEST_OBJECT = "application/oauth-authz-req+jwt"
WALLET_NONCE_MAX = 256

blp = Blueprint(
    "openid_verifier",
    __name__,
    url_prefix="/verifiers/<string:code>",
    template_folder="templates",
)


@blp.errorhandler(IdentityError)
def refused(error: IdentityError) -> Response:
    """Answer a wallet in the protocol's shape, with the failed steps for whoever reads it."""
    status = STATUS_BY_KIND[error.kind]
    response = jsonify(
        error="temporarily_unavailable" if status == 503 else "invalid_request",
        error_description=describable(error.detail),
        code=error.code,
        title_zh=error.title_zh,
        **({"steps": error.extra["steps"]} if "steps" in error.extra else {}),
    )
    response.status_code = 400 if status in (403, 409, 410, 422) else status
    return response


@blp.route("/requests/<string:request_id>", methods=["GET", "POST"])
@public("wallets fetch the signed request; it names nobody and opens nothing")
def request_object(code: str, request_id: str) -> Response:
    """Return the signed request object (OpenID4VP 1.0 §5.7, §5.10)."""
    service = identity()
    asked = service.presentations.open_request(request_id, code)
    if asked.prefix is ClientIDPrefix.REDIRECT_URI:
        raise RequestNotFound("a request by redirect_uri is not signed; it stands in its link")
    wallet_nonce = form().get("wallet_nonce") if request.method == "POST" else None
    token = service.presentations.request_objects.sign(
        asked,
        service.organisation(code),
        wallet_nonce=wallet_nonce[:WALLET_NONCE_MAX] if wallet_nonce else None,
    )
    response = make_response(token)
    response.headers["Content-Type"] = REQUEST_OBJECT
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.post("/responses/<string:request_id>")
@public("wallets post here; nonce, state and the holder's key bind the response to its request")
def receive(code: str, request_id: str) -> Response:
    """Verify a wallet's response, step by step (OpenID4VP 1.0 §8.2)."""
    service = identity()
    asked = service.presentations.open_request(request_id, code)
    service.presentations.receive(asked, form())
    if asked.response_code is None:
        return jsonify({})
    query = urlencode({"response_code": asked.response_code})
    return jsonify(redirect_uri=f"{service.public_url}/verifiers/{code}/returns?{query}")


@blp.get("/returns")
@public("where a wallet on the same device sends the person back; shows nothing of the answer")
def returned(code: str) -> str:
    """Say that the answer arrived; the bank shows its result to whoever knows the code."""
    return render_template("identity/returned.html", verifier=identity().organisation(code))
