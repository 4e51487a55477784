"""Steps about what a credential says: its content, its signatures, its status.

A step returns the code of what it found right. It raises `Wrong` where something contradicts,
`Unknown` or `Absent` where something is not given; any other `IdentityError` means that a part has
another form than it should.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from identity.model import jose, sd_jwt, status_list, status_token
from identity.model.freshness import CLOCK_SKEW_S, FreshnessRule
from identity.model.status_list import Status, StatusPlace
from identity.model.verification import Outcome
from identity.offline import reading
from identity.offline.check import Check, to_time
from identity.offline.report import Unknown, Wrong
from identity.offline.tokens import certified, certified_for

_NO_AGE_LIMIT = 1 << 53


def structure(check: Check) -> str:
    """Take step 1."""
    digest = reading.octets(check.item, "digest", 32)
    check.facts["digest"] = digest.hex()
    token = sd_jwt.parse(reading.text(check.item, "presentation"))
    if token.digest != digest:
        raise Wrong("digest_differs")
    check.token, check.claims = token, token.claims()
    for fact, claim in (("vct", "vct"), ("issuer", "iss"), ("issued_at", "iat")):
        check.facts[fact] = token.payload.get(claim)
    return "structure_ok"


def issuer_signature(check: Check) -> str:
    """Take step 2."""
    token = check.shown()
    at = to_time(token.payload.get("iat"), "certificate_untrusted")
    leaf = certified_for(token.header, at, check.trust, str(token.payload.get("iss")))
    sd_jwt.verify_issuer(token, leaf.key)
    check.signed_by = jose.multikey(leaf.key)
    return "signature_ok"


def validity(check: Check) -> str:
    """Take step 7."""
    payload = check.shown().payload
    issued_at = to_time(payload.get("iat"), "times_wrong")
    not_before = to_time(payload.get("nbf", issued_at), "times_wrong")
    if not_before > check.expected.at + CLOCK_SKEW_S:
        raise Wrong("not_yet_valid")
    if "exp" in payload and check.expected.at >= to_time(payload["exp"], "times_wrong"):
        raise Wrong("expired")
    return "in_period"


def status(check: Check) -> str:
    """Take step 8."""
    compact = reading.text(reading.part(check.item, "status"), "token")
    (signed,), _ = jose.parse_compacts([(compact, status_token.TOKEN_TYP)])
    payload = jose.parse_json_object(signed.payload, "status list")
    issued_at = to_time(payload.get("iat"), "status_broken")
    place, uri, issuer = _status_place(check, payload)
    leaf = certified(signed.header, issued_at, check.trust)
    is_issuer = check.proved_key == jose.multikey(leaf.key) or (
        check.token is not None and issuer in leaf.uris
    )
    if not is_issuer:
        raise Wrong("status_broken") if check.proved_key else Unknown("earlier_step")
    found = status_token.read_token(compact, leaf.key, uri=uri)
    check.facts["status_at"] = issued_at
    return _judge_status(check, found, found.statuses.status(place.idx))


def holder_binding(check: Check) -> str:
    """Take step 9."""
    token = check.shown()
    binding = token.key_binding
    if binding is None:
        raise Wrong("holder_missing")
    confirmation = token.payload.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, Mapping) else None
    binding.verify(jose.key_of_jwk(jwk))  # type: ignore[arg-type] # None is refused there
    payload = jose.parse_json_object(binding.payload, "key-binding JWT")
    compact = reading.text(check.item, "presentation")
    presented = compact[: compact.rindex("~") + 1].encode("ascii")
    expected = {
        "sd_hash": jose.b64u(hashlib.sha256(presented).digest()),
        "nonce": check.expected.nonce,
        "aud": check.expected.audience,
    }
    for name, value in expected.items():
        if value is not None and payload.get(name) != value:
            raise Wrong("holder_wrong")
    presented_at = to_time(payload.get("iat"), "holder_wrong")
    if presented_at > check.expected.at + CLOCK_SKEW_S:
        raise Wrong("holder_wrong")
    check.facts |= {"audience": payload.get("aud"), "presented_at": presented_at}
    return "holder_ok"


def _status_place(check: Check, payload: Mapping[str, Any]) -> tuple[StatusPlace, str, str]:
    """Return the credential's place, the list's URI and the issuer that the URI is of."""
    if check.token is not None:
        issuer = str(check.token.payload.get("iss"))
        place = status_list.claimed_place(check.token.payload.get("status"), issuer)
        return place, status_list.shard_uri(issuer, place.shard), issuer
    inclusion = reading.part(check.item, "inclusion")
    place = status_list.place_of(reading.integer(inclusion, "status_index"))
    uri, end = str(payload.get("sub")), status_list.shard_uri("", place.shard)
    if not uri.endswith(end):
        raise Wrong("status_broken")
    return place, uri, uri.removesuffix(end)


def _judge_status(check: Check, found: status_token.StatusListToken, value: int) -> str:
    """Judge a status for the time asked; a revocation is final, however old the list."""
    if found.exp is not None and found.exp <= found.iat:
        raise Wrong("status_broken")
    if found.iat > check.expected.at + CLOCK_SKEW_S:
        raise Unknown("status_later")
    if value == Status.REVOKED:
        raise Wrong("status_revoked")
    age = check.expected.status_age_s_max
    rule = FreshnessRule(_NO_AGE_LIMIT if age is None else age)
    fresh = rule.of_token(
        iat=found.iat, exp=found.exp, ttl=None, fetched_at=found.iat, now=check.expected.at
    )
    if fresh.outcome is not Outcome.PASSED:
        raise Unknown("status_old")
    if value == Status.SUSPENDED:
        raise Wrong("status_suspended")
    if value != Status.VALID:
        raise Wrong("status_unknown")
    return "status_valid"
