"""Password hashes with scrypt (RFC 7914)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

_N, _R, _P = 2**14, 8, 1
_MAX_MEMORY = 2**26


@dataclass(frozen=True)
class PasswordHash:
    """A password, hashed: ``scrypt$n$r$p$salt$key`` with base64 salt and key."""

    text: str


def hash_password(password: str) -> PasswordHash:
    """Hash a password with a fresh 128-bit salt."""
    salt = secrets.token_bytes(16)
    key = _derive(password, salt, _N, _R, _P)
    return PasswordHash(f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(key)}")


def password_matches(password: str, stored: PasswordHash) -> bool:
    """Say whether the password is the one hashed; takes the same time either way."""
    _, n, r, p, salt, key = stored.text.split("$")
    derived = _derive(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(derived, base64.b64decode(key))


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=_MAX_MEMORY, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


# Verified when the login is unknown, so that both answers cost the same work.
NOBODY = hash_password(secrets.token_urlsafe(32))
