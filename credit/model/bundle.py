"""The decision bundle: everything a decision was made from and gave, as canonical JSON.

The bytes are RFC 8785 canonical JSON. What is signed is the digest of the whole and of every
member two levels down, so that a changed byte can be named and not only noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import orjson
import rfc8785

from credit.errors import BundleMalformed
from credit.model.decision import LoanRequest
from credit.model.feature import Feature
from credit.model.policy import Policy
from credit.model.scorecard import Scorecard

BUNDLE_TYPE = "qilian.credit-decision"
BUNDLE_VERSION = 1
SIGNATURE_TYP = "decision+jwt"


@dataclass(frozen=True)
class Rules:
    """What decides: the card, the policy, and the digest of the code that applies them."""

    card: Scorecard
    policy: Policy
    code_sha256: str

    def as_json(self) -> dict[str, str]:
        """Return the members that identify the rules in a bundle."""
        return {
            "code_sha256": self.code_sha256,
            "policy_id": self.policy.id,
            "policy_version": self.policy.version,
            "policy_sha256": self.policy.sha256,
            "scorecard_id": self.card.id,
            "scorecard_version": self.card.version,
            "scorecard_sha256": self.card.sha256,
        }


@dataclass(frozen=True)
class Commitments:
    """The inputs a decision commits to, by digest."""

    presentation_id: str
    ledger_digest: str | None
    credentials: Mapping[str, str]
    """Credential digest → credential type code."""


@dataclass(frozen=True)
class DecisionBundle:
    """A decision with its inputs; ``application`` names who asked whom."""

    application: Mapping[str, str]
    as_of: date
    data_cut: date
    decided_at: int
    evidence: Commitments
    request: LoanRequest
    features: tuple[Feature, ...]
    rules: Mapping[str, str]
    output: Mapping[str, Any]

    @property
    def evidence_age_days(self) -> int:
        """Days from the ledger's cut to the decision."""
        return (self.as_of - self.data_cut).days

    def as_json(self) -> dict[str, Any]:
        """Return the bundle as the JSON object that is made canonical."""
        return {
            "format": {"type": BUNDLE_TYPE, "version": BUNDLE_VERSION},
            "application": dict(self.application),
            "dates": {
                "as_of": self.as_of.isoformat(),
                "data_cut": self.data_cut.isoformat(),
                "decided_at": self.decided_at,
            },
            "evidence": {
                "presentation_id": self.evidence.presentation_id,
                "ledger_digest": self.evidence.ledger_digest,
                "credentials": dict(self.evidence.credentials),
            },
            "request": asdict(self.request),
            "features": {feature.name: feature.as_json() for feature in self.features},
            "rules": dict(self.rules),
            "output": dict(self.output),
        }

    def canonical(self) -> bytes:
        """Return the bundle's canonical bytes (RFC 8785)."""
        return canonical(self.as_json())


def canonical(value: Any) -> bytes:
    """Return RFC 8785 canonical JSON.

    Raises:
        BundleMalformed: a number that JSON cannot carry exactly.
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise BundleMalformed(f"a value cannot be written as canonical JSON: {error}") from error


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def members(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values two levels down under their JSON pointers."""
    return {
        f"/{section}/{name}": value
        for section, content in document.items()
        for name, value in content.items()
    }


def seal(bundle: bytes) -> dict[str, Any]:
    """Return what is signed: the digest of the bundle and of each of its members."""
    digests = {path: sha256_hex(canonical(v)) for path, v in members(orjson.loads(bundle)).items()}
    return {"bundle_sha256": sha256_hex(bundle), "members": digests}


def parse(bundle: bytes) -> tuple[dict[str, Any], DecisionBundle]:
    """Return the JSON object and the bundle read from bytes.

    Raises:
        BundleMalformed: not JSON, not an object of the expected shape, or of another version.
    """
    try:
        document = orjson.loads(bundle)
        found = {name: document["format"][name] for name in ("type", "version")}
        if found != {"type": BUNDLE_TYPE, "version": BUNDLE_VERSION}:
            raise BundleMalformed(f"found format {found}, expected {BUNDLE_TYPE} {BUNDLE_VERSION}")
        return document, _read(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleMalformed(
            f"the bundle is not a decision bundle: {type(error).__name__} at {error}"
        ) from error


def _read(document: Mapping[str, Any]) -> DecisionBundle:
    dates, evidence, request = document["dates"], document["evidence"], document["request"]
    return DecisionBundle(
        application=dict(document["application"]),
        as_of=date.fromisoformat(dates["as_of"]),
        data_cut=date.fromisoformat(dates["data_cut"]),
        decided_at=_whole(dates["decided_at"]),
        evidence=Commitments(
            presentation_id=evidence["presentation_id"],
            ledger_digest=evidence["ledger_digest"],
            credentials=dict(evidence["credentials"]),
        ),
        request=LoanRequest(
            amount_fen=_whole(request["amount_fen"]),
            term_months=_whole(request["term_months"]),
            purpose=str(request["purpose"]),
            is_secured=bool(request["is_secured"]),
        ),
        features=tuple(_feature(name, f) for name, f in document["features"].items()),
        rules={str(name): str(value) for name, value in document["rules"].items()},
        output=dict(document["output"]),
    )


def _feature(name: str, member: Mapping[str, Any]) -> Feature:
    value = member["value"]
    if value is not None and not isinstance(value, int | str):
        raise TypeError(f"feature {name}")
    return Feature(name, value, member["unit"], member["window"], tuple(member["lineage"]))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number")
    return value
