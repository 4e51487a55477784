"""Signed status lists, where credentials say they are."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotImplemented as NotImplementedHere

from identity.status_lists import TTL_S
from identity.status_ports import SignedList
from identity.web.context import identity
from identity.web.documents import public_document
from web.access import public

blp = Blueprint("identity_status_lists", __name__, url_prefix="/issuers/<string:code>")


@blp.get("/status-lists/<int:shard>")
@public("verifiers look up statuses here; a list does not say who asks about whom")
def token(code: str, shard: int) -> Response:
    """Return a Status List Token (draft-ietf-oauth-status-list §8)."""
    if "time" in request.args:  # §8.4 asks for 501 where no history is kept
        raise NotImplementedHere("Statuses of an earlier time are not served; leave out 'time'.")
    return _document(identity().status_lists.token(code, shard), "application/statuslist+jwt")


@blp.get("/bitstring-status-lists/<int:shard>/<string:purpose>")
@public("verifiers look up statuses here; a list does not say who asks about whom")
def bitstring(code: str, shard: int, purpose: str) -> Response:
    """Return a Bitstring Status List Credential for revocation or suspension."""
    signed = identity().status_lists.bitstring(code, shard, purpose)
    return _document(signed, "application/vc+jwt")


def _document(signed: SignedList, content_type: str) -> Response:
    body = signed.body.encode("ascii")
    etag = sha256(body).hexdigest()
    return public_document(body, content_type=content_type, etag=etag, max_age_s=TTL_S)
