"""Public documents that wallets and verifiers fetch, with a strong ETag (RFC 9110 §8.8.3)."""

from __future__ import annotations

from flask import Response, request


def public_document(body: bytes, *, content_type: str, etag: str, max_age_s: int) -> Response:
    """Return a document anyone may keep for a while; 304 to whoever has it already.

    Wallets that are web pages may read it too (CORS): it holds nothing about who asks.
    """
    response = Response(body, content_type=content_type)
    response.set_etag(etag)
    response.cache_control.public = True
    response.cache_control.max_age = max_age_s
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response.make_conditional(request)
