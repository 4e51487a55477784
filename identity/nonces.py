"""Nonces that cost nothing to hand out: signed and dated, remembered only once used."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from identity.errors import MalformedToken, ProtocolError
from identity.model import jose
from identity.model.offer import NONCE_LIFETIME_S
from identity.openid_ports import Once
from identity.ports import Clock

_RANDOM_BYTES, _TIME_BYTES, _MAC_BYTES = 16, 8, 16


@dataclass(frozen=True)
class Nonces:
    """Makes and takes `c_nonce` values (OpenID4VCI 1.0 §7), each bound to one issuer."""

    key: bytes
    once: Once
    clock: Clock

    def make(self, issuer_code: str) -> str:
        """Return a fresh nonce; nothing is stored until it is used."""
        body = self.clock().to_bytes(_TIME_BYTES, "big") + os.urandom(_RANDOM_BYTES)
        return jose.b64u(body + self._mac(issuer_code, body))

    def use(self, issuer_code: str, nonce: str) -> None:
        """Take a nonce, which serves one credential request.

        Raises:
            ProtocolError: `invalid_nonce`: not ours, another issuer's, expired, or used before.
        """
        try:
            data = jose.from_b64u(nonce)
        except MalformedToken as error:
            raise _refusal("was not made by this issuer") from error
        body, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(issuer_code, body)):
            raise _refusal("was not made by this issuer")
        expires_at = int.from_bytes(body[:_TIME_BYTES], "big") + NONCE_LIFETIME_S
        if self.clock() >= expires_at:
            raise _refusal("has expired")
        if not self.once.use(f"nonce:{nonce}", expires_at):
            raise _refusal("was used before")

    def _mac(self, issuer_code: str, body: bytes) -> bytes:
        message = b"c_nonce|" + issuer_code.encode() + b"|" + body
        return hmac.new(self.key, message, hashlib.sha256).digest()[:_MAC_BYTES]


def _refusal(why: str) -> ProtocolError:
    return ProtocolError(
        "invalid_nonce", f"the proof's nonce {why}; ask the nonce endpoint for a fresh one"
    )
