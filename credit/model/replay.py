"""Replay a decision bundle and name every difference.

1. The bytes are canonical JSON; a byte outside any value is named as encoding.
2. Every member has the digest that was signed; a changed one is named.
3. The rules at hand (code, card, policy) are those the bundle names.
4. The features, recomputed from the evidence where it is at hand, are those recorded.
5. The output, recomputed from features and request, is the one recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from credit.model.bundle import (
    DecisionBundle,
    Rules,
    canonical,
    members,
    parse,
    sha256_hex,
)
from credit.model.decision import decide
from credit.model.evidence import Evidence
from credit.model.measure import data_cut, measure

ABSENT = "(absent)"


class Cause(StrEnum):
    """Why a difference is one."""

    ENCODING = "encoding"
    CHANGED_SINCE_SIGNING = "changed_since_signing"
    OTHER_RULES = "other_rules"
    EVIDENCE = "evidence"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True)
class Difference:
    """One difference: where (JSON pointer), what is recorded, what was found instead."""

    path: str
    cause: Cause
    recorded: Any
    found: Any


@dataclass(frozen=True)
class ReplayResult:
    """Whether the decision came out the same, and every difference if not."""

    equal: bool
    mode: str
    bundle_sha256: str
    differences: tuple[Difference, ...]


def replay(
    bundle: bytes,
    rules: Rules,
    *,
    signed: Mapping[str, Any],
    evidence: Evidence | None = None,
) -> ReplayResult:
    """Recompute a decision and compare it bit for bit.

    Args:
        bundle: the bundle's bytes.
        rules: the card, policy and code at hand.
        signed: the payload the bank signed over the bundle, its signature already checked.
        evidence: claims and ledger; None replays offline, from the recorded features.
    Raises:
        BundleMalformed: the bytes are no bundle.
    """
    document, read = parse(bundle)
    differences = [*_encoding(bundle, document), *_unsealed(bundle, document, signed)]
    differences += _compared("/rules", read.rules, rules.as_json(), Cause.OTHER_RULES)
    if evidence is not None:
        differences += _evidence(document, read, evidence)
    output = decide(
        read.features,
        read.request,
        evidence_age_days=read.evidence_age_days,
        card=rules.card,
        policy=rules.policy,
    )
    differences += _compared("/output", read.output, output.as_json(), Cause.RECOMPUTED)
    return ReplayResult(
        equal=not differences,
        mode="offline" if evidence is None else "from_evidence",
        bundle_sha256=sha256_hex(bundle),
        differences=tuple(differences),
    )


def _encoding(bundle: bytes, document: Mapping[str, Any]) -> Iterator[Difference]:
    expected = canonical(document)
    if bundle == expected:
        return
    pairs = zip(bundle, expected, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(bundle), len(expected)))
    yield Difference(f"byte {at}", Cause.ENCODING, len(bundle), len(expected))


def _unsealed(
    bundle: bytes, document: Mapping[str, Any], signed: Mapping[str, Any]
) -> Iterator[Difference]:
    if signed.get("bundle_sha256") == sha256_hex(bundle):
        return
    digests = {path: sha256_hex(canonical(value)) for path, value in members(document).items()}
    named = dict(signed.get("members", {}))
    found = [
        Difference(path, Cause.CHANGED_SINCE_SIGNING, digests.get(path), named.get(path))
        for path in sorted(digests.keys() | named.keys())
        if digests.get(path) != named.get(path)
    ]
    yield from found
    if not found:
        yield Difference(
            "", Cause.CHANGED_SINCE_SIGNING, sha256_hex(bundle), signed.get("bundle_sha256")
        )


def _evidence(
    document: Mapping[str, Any], read: DecisionBundle, evidence: Evidence
) -> Iterator[Difference]:
    at_hand = {c.credential_digest: c.type_code for c in evidence.credentials}
    recorded = dict(read.evidence.credentials)
    yield from _compared("/evidence/credentials", recorded, at_hand, Cause.EVIDENCE)
    digest = evidence.ledger.digest if evidence.ledger else None
    yield from _compared(
        "/evidence/ledger_digest", read.evidence.ledger_digest, digest, Cause.EVIDENCE
    )
    cut = data_cut(evidence, read.as_of).isoformat()
    yield from _compared("/dates/data_cut", read.data_cut.isoformat(), cut, Cause.RECOMPUTED)
    features = {feature.name: feature.as_json() for feature in measure(evidence, read.as_of)}
    yield from _compared("/features", document["features"], features, Cause.RECOMPUTED)


def _compared(path: str, recorded: Any, found: Any, cause: Cause) -> Iterator[Difference]:
    """Yield the leaves that differ; True and 1 are different leaves."""
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for name in sorted(recorded.keys() | found.keys()):
            pair = recorded.get(name, ABSENT), found.get(name, ABSENT)
            yield from _compared(f"{path}/{name}", *pair, cause)
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        for index, pair in enumerate(zip(recorded, found, strict=True)):
            yield from _compared(f"{path}/{index}", *pair, cause)
    elif type(recorded) is not type(found) or recorded != found:
        yield Difference(path, cause, recorded, found)
