"""The smallest wallet: a key, and the OpenID4VCI requests that it can sign; tests bend them."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson

from identity.model import jose
from identity.model.did_key import did_jwk

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def offer_uri(link: str) -> str:
    """Return the address that an offer's link carries."""
    return parse_qs(urlsplit(link).query)["credential_offer_uri"][0]


@dataclass
class MiniWallet:
    """One wallet with one key; `dpop` makes it bind its tokens."""

    http: httpx.Client
    dpop: bool = False
    key: jose.PrivateKey = field(default_factory=jose.generate_key)

    @property
    def jwk(self) -> dict[str, str]:
        return jose.public_jwk(self.key.public_key())

    def jws(self, typ: str, payload: dict[str, Any], **header: Any) -> str:
        """Sign a payload; header members given as None are left out."""
        members = {"alg": "ES256", "typ": typ, "jwk": self.jwk, **header}
        encoded = jose.encode_header({k: v for k, v in members.items() if v is not None})
        return jose.sign_compact(self.key, encoded, orjson.dumps(payload))

    def dpop_proof(self, method: str, url: str, token: str | None = None, **claims: Any) -> str:
        payload = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4())}
        if token:
            payload["ath"] = jose.b64u(hashlib.sha256(token.encode()).digest())
        return self.jws("dpop+jwt", payload | claims)

    def proof(self, issuer: str, nonce: str | None, **claims: Any) -> str:
        payload = {"aud": issuer, "iat": int(time.time()), "nonce": nonce, **claims}
        return self.jws("openid4vci-proof+jwt", {k: v for k, v in payload.items() if v is not None})

    def did_proof(self, issuer: str, nonce: str) -> str:
        payload = {"aud": issuer, "iat": int(time.time()), "nonce": nonce}
        return self.jws("openid4vci-proof+jwt", payload, jwk=None, kid=f"{did_jwk(self.jwk)}#0")

    def offer(self, link: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(offer_uri(link)).raise_for_status().json()
        return found

    def redeem(self, offer: dict[str, Any], **form: str) -> httpx.Response:
        """Send the token request of a pre-authorised offer."""
        code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        data = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, **form}
        return self.post_form(f"{offer['credential_issuer']}/token", data)

    def post_form(self, url: str, data: dict[str, str]) -> httpx.Response:
        headers = {"DPoP": self.dpop_proof("POST", url)} if self.dpop else {}
        return self.http.post(url, data=data, headers=headers)

    def nonce(self, issuer: str) -> str:
        return str(self.http.post(f"{issuer}/nonce").raise_for_status().json()["c_nonce"])

    def post(self, url: str, token: str, body: Any) -> httpx.Response:
        scheme = "DPoP" if self.dpop else "Bearer"
        headers = {"Authorization": f"{scheme} {token}"}
        if self.dpop:
            headers["DPoP"] = self.dpop_proof("POST", url, token)
        return self.http.post(url, json=body, headers=headers)

    def request(self, issuer: str, token: str, type_code: str, *proofs: str) -> httpx.Response:
        body = {"credential_configuration_id": type_code, "proofs": {"jwt": list(proofs)}}
        return self.post(f"{issuer}/credential", token, body)

    def receive(self, link: str, **form: str) -> list[str]:
        """Take an offer and return the credentials of its first type."""
        offer = self.offer(link)
        issuer = offer["credential_issuer"]
        token = self.redeem(offer, **form).raise_for_status().json()["access_token"]
        answer = self.request(
            issuer,
            token,
            offer["credential_configuration_ids"][0],
            self.proof(issuer, self.nonce(issuer)),
        )
        return [item["credential"] for item in answer.raise_for_status().json()["credentials"]]
