"""SD-JWTs for tests: good ones as the engine issues them, and forged ones properly signed."""

from __future__ import annotations

import orjson
from hypothesis import strategies as st
from jwcrypto.jwk import JWK

from identity.model import jose, sd_jwt

ISSUER, HOLDER, STRANGER = jose.generate_key(), jose.generate_key(), jose.generate_key()
HEADER = jose.encode_header({"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k"})
CLAIMS = {"uscc": "91110000802100433B", "company_name": "启明科技", "capital_fen": 100_000_00}
REQUEST = {"nonce": "n-0S6_WzA2Mj", "audience": "redirect_uri:https://bank.example/response"}
NOW = 1_790_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
claim_names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12).filter(
    lambda name: name not in {"_sd", "_sd_alg", "iss", "nbf", "exp", "cnf", "vct", "status"}
)
claim_sets = st.dictionaries(claim_names, json_values, min_size=1, max_size=8)


def issue(claims: dict[str, object] = CLAIMS, **plain: object) -> str:
    return sd_jwt.issue(
        key=ISSUER,
        encoded_header=HEADER,
        plain={
            "iss": "https://issuer.example",
            "vct": "urn:example:1",
            "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())},
            **plain,
        },
        claims=claims,
    )


def element(value: object) -> str:
    return jose.b64u(orjson.dumps(["c2FsdA", value]))


def member(name: str, value: object) -> str:
    return jose.b64u(orjson.dumps(["c2FsdA", name, value]))


def forge(payload: dict[str, object], *disclosures: str) -> str:
    """A payload that our engine would not issue, properly signed."""
    jwt = jose.sign_compact(ISSUER, HEADER, orjson.dumps(payload))
    return "~".join((jwt, *disclosures, ""))


def jwk(key: jose.PrivateKey) -> JWK:
    return JWK(**jose.public_jwk(key.public_key()))
