"""W3C Verifiable Credentials 2.0 secured with JOSE: `vc+jwt`; `vp_jwt` presents them.

The same claims as in an SD-JWT VC, all of them visible. The payload is the credential itself
(Securing Verifiable Credentials using JOSE and COSE §3.1.1); there is no `vc` or `vp` claim.

What a credential says is checked for its form here; who issued it, whether it is still good and
what its status is, is for the verification to ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from identity.errors import MalformedToken
from identity.model import jose

CREDENTIAL_TYP, CREDENTIAL_CTY = "vc+jwt", "vc"
CONTEXT = "https://www.w3.org/ns/credentials/v2"
# XML Schema 1.1 Part 2 §3.4.28: a date and time with its zone.
_DATE_TIME_STAMP = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True)
class StatusEntry:
    """One entry of a Bitstring Status List: its purpose, index, and where the list is (§2.1)."""

    purpose: str
    index: int
    list_url: str

    def as_json(self) -> dict[str, Any]:
        """Return the `credentialStatus` member; the index is a string there."""
        return {
            "id": f"{self.list_url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }


class VC(NamedTuple):
    """A parsed `vc+jwt`, its signature not yet checked.

    `valid_from` and `valid_until` are UTC epoch seconds; None: not limited.
    """

    jwt: str
    signed: jose.Signed
    credential: Mapping[str, Any]
    issuer: str
    valid_from: int | None
    valid_until: int | None


def credential_of(
    plain: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    type_name: str,
    contexts: Sequence[str] = (),
    status: Sequence[StatusEntry] = (),
) -> dict[str, Any]:
    """Return the credential (VC Data Model 2.0 §4) that says what an SD-JWT VC says.

    Args:
        plain: the claims always visible there: `iss`, `iat` or `nbf`, `exp`, `sub`, `cnf`.
        claims: the business claims by name; they become those of `credentialSubject`.
        type_name: the type beside `VerifiableCredential`.
        contexts: JSON-LD contexts after the base context, which define type and claims.
        status: its entries in Bitstring Status Lists, one for each purpose.
    """
    subject = {"id": plain["sub"]} if "sub" in plain else {}
    credential: dict[str, Any] = {
        "@context": [CONTEXT, *contexts],
        "type": ["VerifiableCredential", type_name],
        "issuer": plain["iss"],
        "validFrom": _date_time_stamp(plain.get("nbf", plain["iat"])),
        "credentialSubject": {**subject, **claims},
    }
    if "exp" in plain:
        credential["validUntil"] = _date_time_stamp(plain["exp"])
    if status:
        credential["credentialStatus"] = [entry.as_json() for entry in status]
    if "cnf" in plain:
        credential["cnf"] = plain["cnf"]
    return credential


def encode_header(algorithm: str, kid: str) -> str:
    """Return the protected header of credentials; precompute it when many share it."""
    return jose.encode_header(
        {"alg": algorithm, "typ": CREDENTIAL_TYP, "cty": CREDENTIAL_CTY, "kid": kid}
    )


def issue(*, key: jose.PrivateKey, encoded_header: str, credential: Mapping[str, Any]) -> str:
    """Return the credential as a compact `vc+jwt`."""
    return jose.sign_compact(key, encoded_header, orjson.dumps(credential))


def parse(token: str) -> VC:
    """Return a credential after checking its form; `verify_issuer` checks the signature.

    Raises:
        MalformedToken: it is no `vc+jwt`, or its payload no credential of VC Data Model 2.0.
    """
    (signed,), _ = jose.parse_compacts([(token, CREDENTIAL_TYP)])
    credential = payload_of(signed, CREDENTIAL_CTY)
    require_kind(credential, "VerifiableCredential")
    issuer = credential.get("issuer")
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if not isinstance(issuer, str) or not issuer:
        raise MalformedToken("expected issuer to be a URL or an object with an id")
    if credential.get("iss", issuer) != issuer:
        raise MalformedToken("found an iss that is not the credential's issuer")
    subjects = credential.get("credentialSubject")
    require_objects(subjects, "credentialSubject")
    if "credentialStatus" in credential:
        require_objects(credential["credentialStatus"], "credentialStatus")
    start, end = (_epoch_s(credential, name) for name in ("validFrom", "validUntil"))
    if start is not None and end is not None and start > end:
        raise MalformedToken("found a validUntil before validFrom")
    return VC(token, signed, credential, issuer, start, end)


def verify_issuer(vc: VC, key: jose.PublicKey) -> None:
    """Check the issuer's signature; raises InvalidSignature."""
    vc.signed.verify(key)


def payload_of(signed: jose.Signed, cty: str) -> dict[str, Any]:
    """Return the document that is the payload of a JWS of this content type."""
    if signed.header.get("cty", cty) != cty:
        raise MalformedToken(f"found cty {signed.header['cty']!r}, expected {cty!r}")
    payload = jose.parse_json_object(signed.payload, "JWT payload")
    for name in ("vc", "vp"):
        # Securing Verifiable Credentials using JOSE and COSE §3.1.3: MUST NOT be present.
        if name in payload:
            raise MalformedToken(f"found a {name!r} claim: the payload is the document itself")
    return payload


def require_kind(document: Mapping[str, Any], kind: str) -> None:
    """Check base context and type (VC Data Model 2.0 §4.3, §4.5)."""
    context = document.get("@context")
    if not isinstance(context, list) or not context or context[0] != CONTEXT:
        raise MalformedToken(f"expected the first @context to be {CONTEXT}")
    types = document.get("type")
    if kind not in (types if isinstance(types, list) else [types]):
        raise MalformedToken(f"expected the type {kind}")


def require_objects(value: Any, name: str) -> list[dict[str, Any]]:
    """Return one object or a list of them as a list; none is an error."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, dict) and item for item in items):
        raise MalformedToken(f"expected {name} to be an object or a list of objects, none empty")
    return items


def _date_time_stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _epoch_s(credential: Mapping[str, Any], name: str) -> int | None:
    """Return a time of the credential in UTC epoch seconds; None where it has none."""
    if name not in credential:
        return None
    text = credential[name]
    try:
        if isinstance(text, str) and _DATE_TIME_STAMP.fullmatch(text):
            return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        pass  # such as the thirtieth of February
    raise MalformedToken(
        f"expected {name} to be an xsd:dateTimeStamp, such as 2026-01-31T08:00:00Z"
    )
