"""The smallest wallet: a key, and the OpenID4VCI requests that it can sign; tests bend them."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import orjson

from identity import Identity
from identity.adapters.certificates import CA_OWNER
from identity.model import certificate, jose, jwe, sd_jwt
from identity.model.did_key import did_jwk
from identity.model.transaction import signed_with

TYPE, ISSUER = "business-licence", "http://localhost:8000/issuers/samr"
MakeOffer = Callable[..., dict[str, Any]]
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


REDIRECT, VERIFIER = "http://localhost:9999/callback", "v" * 64


def authorisation_request(**changes: str | None) -> dict[str, str]:
    """Return the form of a pushed authorisation request; None leaves a parameter out."""
    challenge = jose.b64u(hashlib.sha256(VERIFIER.encode()).digest())
    form = {
        "client_id": "wallet.example",
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "state": "s&=1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "scope": TYPE,
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


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
        members = {"alg": jose.algorithm(self.key), "typ": typ, "jwk": self.jwk, **header}
        encoded = jose.encode_header({k: v for k, v in members.items() if v is not None})
        return jose.sign_compact(self.key, encoded, orjson.dumps(payload))

    def dpop_proof(self, method: str, url: str, token: str | None = None, **claims: Any) -> str:
        payload = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4())}
        if token:
            payload["ath"] = jose.b64u(hashlib.sha256(token.encode()).digest())
        return self.jws("dpop+jwt", payload | claims)

    def proof(
        self, issuer: str, nonce: str | None, *, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        payload = {"aud": issuer, "iat": int(time.time()), "nonce": nonce, **claims}
        kept = {name: value for name, value in payload.items() if value is not None}
        return self.jws("openid4vci-proof+jwt", kept, **(header or {}))

    def did_proof(self, issuer: str, nonce: str, did_url: str | None = None) -> str:
        """Return a key proof that names the key by a DID URL, of did:jwk if none is given."""
        payload = {"aud": issuer, "iat": int(time.time()), "nonce": nonce}
        kid = did_url or f"{did_jwk(self.jwk)}#0"
        return self.jws("openid4vci-proof+jwt", payload, jwk=None, kid=kid)

    def offer(self, link: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(offer_uri(link)).raise_for_status().json()
        return found

    def redeem(self, offer: dict[str, Any], **form: str) -> httpx.Response:
        """Send the token request of a pre-authorised offer."""
        code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        data = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, **form}
        return self.post_form(f"{offer['credential_issuer']}/token", data)

    def post_form(self, url: str, data: dict[str, str], **more: str) -> httpx.Response:
        """Post a form; `more` are headers, with _ for -."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if self.dpop:
            headers["DPoP"] = self.dpop_proof("POST", url)
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

    def request_parameters(self, link: str) -> dict[str, Any]:
        """Return the parameters behind a request's link, taken on trust."""
        query: dict[str, Any] = dict(parse_qsl(urlsplit(link).query))
        if "request_uri" in query:
            token = self.http.get(query["request_uri"]).raise_for_status().text
            return jose.parse_json_object(jose.from_b64u(token.split(".")[1]), "request")
        for name in ("dcql_query", "client_metadata", "transaction_data"):
            if name in query:
                query[name] = orjson.loads(query[name])
        return query

    def vp_token(
        self, parameters: dict[str, Any], held: dict[str, str], **changed: Any
    ) -> dict[str, list[str]]:
        """Return presentations of what is held by type, as the request asks."""
        token = {}
        for query in parameters["dcql_query"]["credentials"]:
            code = query["id"]
            if code in held:
                known = sd_jwt.parse(held[code]).claims()
                names = [c["path"][0] for c in query["claims"] if c["path"][0] in known]
                sent = parameters.get("transaction_data", ())
                changed.setdefault("transaction_data", None)
                data = changed["transaction_data"]
                mine = [item for item in sent if signed_with(item) == code]
                bound = {**changed, "transaction_data": mine if data is None else data}
                token[code] = [self.bound(parameters, sd_jwt.disclose(held[code], names), **bound)]
        return token

    def bound(self, parameters: dict[str, Any], shown: str, **changed: Any) -> str:
        """Return an SD-JWT bound to a request with the wallet's key."""
        honest = {
            "nonce": parameters["nonce"],
            "audience": parameters["client_id"],
            "issued_at": int(time.time()),
        }
        return sd_jwt.bind(shown, key=self.key, **{**honest, **changed})

    def post_response(
        self, parameters: dict[str, Any], token: Any, **members: Any
    ) -> httpx.Response:
        """Post a response as its mode asks, encrypted or not."""
        whole = {"vp_token": token, "state": parameters["state"], **members}
        if parameters["response_mode"] == "direct_post":
            texts = {k: v for k, v in whole.items() if isinstance(v, str)}
            form = {**texts, "vp_token": orjson.dumps(token).decode()}
        else:
            metadata = parameters["client_metadata"]
            (key,) = metadata["jwks"]["keys"]
            enc = metadata["encrypted_response_enc_values_supported"][0]
            form = {"response": jwe.encrypt(orjson.dumps(whole), key, enc=enc, apu="QQ", apv="Qg")}
        return self.http.post(parameters["response_uri"], data=form)


class Provider:
    """A wallet provider: it attests wallets and their keys with a leaf of the consortium's CA."""

    def __init__(self, identity: Identity) -> None:
        self.key = jose.generate_key()
        certificates = identity.issuer_keys.certificates
        leaf = certificate.make_leaf(
            identity.issuer_keys.keys.binding_key(CA_OWNER),
            certificates.ca(),
            self.key.public_key(),
            common_name="Wallet provider (simulated)",
            identifier="https://wallet-provider.example",
            at=int(time.time()),
        )
        self.x5c = [base64.b64encode(leaf).decode()]

    def headers(
        self, wallet: MiniWallet, audience: str, *, key: Any = None, **bend: Any
    ) -> dict[str, str]:
        """Return the two headers of an attested wallet's request."""
        now = int(time.time())
        claims = {"sub": "wallet.example", "exp": now + 600, "cnf": {"jwk": wallet.jwk}}
        honest = {"iss": "wallet.example", "aud": audience, "iat": now, "jti": str(uuid.uuid4())}
        proof = {name: value for name, value in {**honest, **bend}.items() if value is not None}
        return {
            "OAuth_Client_Attestation": self._sign(
                "oauth-client-attestation+jwt", claims, key or self.key
            ),
            "OAuth_Client_Attestation_PoP": wallet.jws("oauth-client-attestation-pop+jwt", proof),
        }

    def keys(self, *jwks: dict[str, str]) -> str:
        """Return a key attestation."""
        now = int(time.time())
        claims = {"iat": now, "exp": now + 600, "attested_keys": list(jwks)}
        return self._sign("key-attestation+jwt", claims, self.key)

    def _sign(self, typ: str, claims: dict[str, Any], key: Any) -> str:
        header = jose.encode_header({"alg": "ES256", "typ": typ, "x5c": self.x5c})
        return jose.sign_compact(key, header, orjson.dumps(claims))
