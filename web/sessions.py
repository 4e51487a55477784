"""Server-side sessions behind opaque tokens, for cookies and bearer requests alike."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from sqlalchemy import select, update

from db import db, new_secret
from web.accounts import actor_of
from web.actors import Actor
from web.errors import SignInRefused
from web.passwords import NOBODY, PasswordHash, password_matches
from web.tables import SessionRow, UserRow

ABSOLUTE_LIFETIME_S = 12 * 3600
IDLE_LIFETIME_S = 2 * 3600
# Writing the last use at every request would make every read a write.
_TOUCH_EVERY_S = 60


@dataclass(frozen=True)
class Session:
    """A live session; ``token`` is what the client holds and is nowhere stored."""

    token: str
    actor: Actor
    csrf_token: str
    expires_at: int


def sign_in(login: str, password: str, *, now: int | None = None) -> Session:
    """Check the password and start a session with a fresh token.

    Raises:
        SignInRefused: no such login, or another password; the two cannot be told apart.
    """
    row = db.session.scalar(select(UserRow).where(UserRow.login == login))
    stored = PasswordHash(row.password_hash) if row is not None else NOBODY
    matches = password_matches(password, stored)
    if row is None or not matches:
        raise SignInRefused("No user has this login and password. Check both and try again.")
    return start_session(row.id, now=now)


def start_session(user_id: str, *, now: int | None = None) -> Session:
    """Start a session for a user whose identity was checked."""
    at = int(time.time()) if now is None else now
    token = new_secret()
    row = SessionRow(
        token_hash=_hash(token),
        user_id=user_id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=at,
        last_seen_at=at,
        expires_at=at + ABSOLUTE_LIFETIME_S,
    )
    db.session.add(row)
    db.session.flush()
    return _session(row, token)


def find_session(token: str, *, now: int | None = None) -> Session | None:
    """Return the live session of a token and note its use; None if unknown, old or revoked."""
    at = int(time.time()) if now is None else now
    row = db.session.get(SessionRow, _hash(token))
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at <= at or row.last_seen_at + IDLE_LIFETIME_S <= at:
        return None
    if row.last_seen_at + _TOUCH_EVERY_S <= at:
        row.last_seen_at = at
    return _session(row, token)


def sign_out(token: str, *, now: int | None = None) -> None:
    """Revoke the session of a token at once; an unknown token is no error."""
    at = int(time.time()) if now is None else now
    db.session.execute(
        update(SessionRow)
        .where(SessionRow.token_hash == _hash(token), SessionRow.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _session(row: SessionRow, token: str) -> Session:
    return Session(token, actor_of(row.user), row.csrf_token, row.expires_at)
