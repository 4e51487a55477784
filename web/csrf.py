"""Proof that a form came from our own page.

- With a session: the session's own token, in the form field or the header.
- Before a session (sign-in): a random cookie and its keyed digest in the form, so that no
  other site can sign a visitor in to an account of its choice.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Request, Response, current_app, g

from web.errors import CSRFTokenInvalid

FORM_FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
PRE_SESSION_COOKIE = "qilian_pre"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def require_csrf_token(request: Request, expected: str) -> None:
    """Refuse an unsafe request that does not carry the expected token.

    Raises:
        CSRFTokenInvalid: the token is missing or another one.
    """
    given = request.headers.get(HEADER) or request.form.get(FORM_FIELD, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise CSRFTokenInvalid(
            f"The {HEADER} header or {FORM_FIELD} field is missing or belongs to another session."
        )


def require_pre_session_token(request: Request) -> None:
    """Refuse an anonymous form that was not served to this browser.

    Raises:
        CSRFTokenInvalid: the cookie or its digest in the form is missing or wrong.
    """
    seed = request.cookies.get(PRE_SESSION_COOKIE, "")
    if not seed:
        raise CSRFTokenInvalid(f"The {PRE_SESSION_COOKIE} cookie is missing. Allow cookies.")
    require_csrf_token(request, _digest(seed))


def pre_session_token(request: Request) -> str:
    """Return the token for an anonymous form, starting a pre-session if there is none."""
    seed: str | None = request.cookies.get(PRE_SESSION_COOKIE) or g.get("pre_session_seed")
    if not seed:
        seed = g.pre_session_seed = secrets.token_urlsafe(24)
    return _digest(seed)


def keep_pre_session(response: Response, *, secure: bool) -> Response:
    """Set the pre-session cookie if this request started one."""
    seed = g.get("pre_session_seed")
    if seed:
        response.set_cookie(
            PRE_SESSION_COOKIE,
            seed,
            httponly=True,
            samesite="Lax",
            secure=secure,
            path="/",
        )
    return response


def _digest(seed: str) -> str:
    key = current_app.config["SECRET_KEY"]
    key_bytes = key if isinstance(key, bytes) else str(key).encode()
    return hmac.new(key_bytes, b"pre-session:" + seed.encode(), hashlib.sha256).hexdigest()
