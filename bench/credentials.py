"""Issue and verify SD-JWT VCs of 20 claims, beside the bare ES256 calls and PyPI's sd-jwt.

The limit is what pyca/cryptography alone needs for the same signatures over the same bytes: one to
issue; two to verify, the issuer's and the key binding. A presentation discloses 8 of the claims.
Tokens are new each time, keys are parsed before, as where a wallet or a verifier runs for long.

Everything takes turns in short stretches of one thread's processor time, so that what else the
machine does falls on all alike; the figures are medians over the rounds.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from bench.row import Row
from identity.model import jose, sd_jwt

ROUNDS, EACH, EACH_OF_PEER = 40, 100, 10
LIMIT, PEER = "ES256 calls of cryptography", "sd-jwt 0.10.4 (PyPI)"
CLAIMS = {f"claim_{i:02d}": f"某企业的第{i}项信息" if i % 2 else 1_000_000 + i for i in range(20)}
SHOWN = list(CLAIMS)[:8]
REQUEST = {"nonce": "n-0S6_WzA2Mj7nT4kTgQ2A", "audience": "redirect_uri:https://bank.example/vp"}
NOW = 1_790_000_000
ECDSA = ec.ECDSA(SHA256())


def _jwk(key: ec.EllipticCurvePrivateKey) -> JWK:
    secret = key.private_numbers().private_value.to_bytes(32, "big")
    return JWK(**jose.public_jwk(key.public_key()), d=jose.b64u(secret))


@dataclass(frozen=True)
class _World:
    """Keys, header and visible claims, all made before anything is measured."""

    issuer: ec.EllipticCurvePrivateKey
    issuer_public: ec.EllipticCurvePublicKey
    holder: ec.EllipticCurvePrivateKey
    header: str
    plain: dict[str, Any]
    issuer_jwk: JWK
    holder_jwk: JWK

    def issue(self) -> str:
        return sd_jwt.issue(
            key=self.issuer, encoded_header=self.header, plain=self.plain, claims=CLAIMS
        )

    def present(self, compact: str) -> str:
        shown = sd_jwt.disclose(compact, SHOWN)
        return sd_jwt.bind(shown, key=self.holder, issued_at=NOW, **REQUEST)

    def verify(self, compact: str) -> dict[str, Any]:
        token = sd_jwt.parse(compact)
        sd_jwt.verify_issuer(token, self.issuer_public)
        sd_jwt.verify_key_binding(compact, token, at=NOW, **REQUEST)
        return token.claims()

    def issue_by_peer(self) -> str:
        claims = {name: value for name, value in self.plain.items() if name != "cnf"}
        claims |= {SDObj(name): value for name, value in CLAIMS.items()}
        return str(SDJWTIssuer(claims, self.issuer_jwk, self.holder_jwk).sd_jwt_issuance)

    def present_by_peer(self, compact: str) -> str:
        holder = SDJWTHolder(compact)
        holder.create_presentation(
            dict.fromkeys(SHOWN, True), REQUEST["nonce"], REQUEST["audience"], self.holder_jwk
        )
        return str(holder.sd_jwt_presentation)

    def verify_by_peer(self, compact: str) -> dict[str, Any]:
        verifier = SDJWTVerifier(
            compact, lambda *_: self.issuer_jwk, REQUEST["audience"], REQUEST["nonce"]
        )
        return dict(verifier.get_verified_payload())


def _world() -> _World:
    issuer, holder = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    kid = jose.thumbprint(jose.public_jwk(issuer.public_key()))
    iss = "https://qilian.example/issuers/samr"
    plain = {
        "iss": iss,
        "iat": NOW,
        "vct": "urn:example:business-licence:1",
        "sub": "did:ethr:0x539:0x" + "ab" * 20,
        "cnf": {"jwk": jose.public_jwk(holder.public_key())},
        "status": {"status_list": {"idx": 4711, "uri": f"{iss}/status-lists/0"}},
    }
    header = jose.encode_header({"alg": "ES256", "typ": sd_jwt.CREDENTIAL_TYP, "kid": kid})
    return _World(issuer, issuer.public_key(), holder, header, plain, _jwk(issuer), _jwk(holder))


def _seconds_each(action: Callable[[Any], object], items: Sequence[Any]) -> float:
    start = time.thread_time()
    for item in items:
        action(item)
    return (time.thread_time() - start) / len(items)


def _round(world: _World) -> dict[str, float]:
    """Measure everything once; seconds of processor time for one of each."""
    issued = [world.issue() for _ in range(EACH)]
    presented = [world.present(compact) for compact in issued]
    by_peer = [world.issue_by_peer() for _ in range(EACH_OF_PEER)]
    presented_by_peer = [world.present_by_peer(compact) for compact in by_peer]
    # Both signatures of one presentation, and the bytes they sign.
    jwt, binding = presented[0].split("~")[0], presented[0].rsplit("~", 1)[1]
    messages = [token.rsplit(".", 1)[0].encode() for token in (jwt, binding)]
    signatures = [
        key.sign(message, ECDSA)
        for key, message in zip((world.issuer, world.holder), messages, strict=True)
    ]
    keys = world.issuer_public, world.holder.public_key()

    def verify_both(_: object) -> None:
        for key, signature, message in zip(keys, signatures, messages, strict=True):
            key.verify(signature, message, ECDSA)

    return {
        "sign": _seconds_each(lambda _: world.issuer.sign(messages[0], ECDSA), issued),
        "issue": _seconds_each(lambda _: world.issue(), issued),
        "present": _seconds_each(world.present, issued),
        "verify_both": _seconds_each(verify_both, presented),
        "verify": _seconds_each(world.verify, presented),
        "peer_issue": _seconds_each(lambda _: world.issue_by_peer(), by_peer),
        "peer_present": _seconds_each(world.present_by_peer, by_peer),
        "peer_verify": _seconds_each(world.verify_by_peer, presented_by_peer),
    }


def _row(name: str, values: Sequence[float], unit: str, to: str) -> Row:
    """A median with the 95 % confidence interval that its order statistics give."""
    ordered = sorted(values)
    half = math.ceil(0.98 * math.sqrt(len(ordered)))
    middle = len(ordered) // 2
    low, high = ordered[middle - half], ordered[min(middle + half, len(ordered) - 1)]
    median = statistics.median(ordered)
    return Row(f"credential.{name}", median, unit, median, to, low, high, len(ordered))


def rows() -> Iterator[Row]:
    """Yield the shares of the limit, ours and the peer's, and the rates behind them."""
    world = _world()
    compact = world.present(world.issue())
    shown = {name: CLAIMS[name] for name in SHOWN}
    if world.verify(compact) != shown or not shown.items() <= world.verify_by_peer(compact).items():
        raise AssertionError(f"a presentation does not show {json.dumps(shown)}")
    _round(world)  # warms keys and code up
    rounds = [_round(world) for _ in range(ROUNDS)]
    share = "of the limit"
    compared = {
        "issue_ratio": ("sign", "issue", share, LIMIT),
        "present_ratio": ("sign", "present", share, LIMIT),
        "verify_ratio": ("verify_both", "verify", share, LIMIT),
        "issue_peer_sd_jwt": ("sign", "peer_issue", share, LIMIT),
        "present_peer_sd_jwt": ("sign", "peer_present", share, LIMIT),
        "verify_peer_sd_jwt": ("verify_both", "peer_verify", share, LIMIT),
        "issue_to_sd_jwt": ("peer_issue", "issue", "times as fast", PEER),
        "present_to_sd_jwt": ("peer_present", "present", "times as fast", PEER),
        "verify_to_sd_jwt": ("peer_verify", "verify", "times as fast", PEER),
    }
    for name, (numerator, denominator, unit, to) in compared.items():
        yield _row(name, [one[numerator] / one[denominator] for one in rounds], unit, to)
    for name in ("sign", "issue", "present", "verify_both", "verify"):
        rate = statistics.median(1 / one[name] for one in rounds)
        yield Row(f"credential.{name}_rate", rate, "1/s of one core", n=ROUNDS)
