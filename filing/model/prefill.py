"""The pre-fill engine: verified claims and declared facts become field values with sources.

- A claim fills a field as its catalogue entry says; the first source is the registering
  authority and wins, and sources that differ open a conflict.
- A rule fills a field where no claim does; what it read is kept with the value.
- A fact the enterprise declared before fills what is still missing.
- Nothing else ever fills a field: a value without a source cannot arise here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filing.model.claim_rules import CLAIM_RULES
from filing.model.conflict import REGISTERING_AUTHORITY_WINS, Candidate, Conflict
from filing.model.explanation import explain
from filing.model.facts import ClaimFacts, Credential, Credentials
from filing.model.form import Bundle, ClaimSource, Field, FieldType, FillCode
from filing.model.value import MISSING, FieldValue, Source


@dataclass(frozen=True, slots=True)
class Declared:
    """A fact that the enterprise declared and signed in an earlier case."""

    value: Any
    declared_at: int
    case_id: str


@dataclass(frozen=True)
class Prefilled:
    """The first state of a case's fields, before rules over fields have run."""

    fields: dict[str, FieldValue]
    conflicts: tuple[Conflict, ...]


def prefill(
    bundle: Bundle,
    credentials: Credentials,
    *,
    declared: Mapping[str, Declared],
    by_bank: Mapping[str, Any],
) -> Prefilled:
    """Return a value with its source for every field of the bundle.

    Args:
        bundle: the forms to fill.
        credentials: what was presented and verified.
        declared: the enterprise's declared facts by field key.
        by_bank: what the bank fills at once, such as its own name.
    """
    fields: dict[str, FieldValue] = {}
    conflicts = []
    for field in bundle.fields:
        if field.by_bank:
            fields[field.key] = _of_bank(by_bank.get(field.key))
            continue
        value, conflict = _from_claims(field, credentials)
        if conflict is not None:
            conflicts.append(conflict)
        if not value.is_present:
            value = _from_rule(field, credentials)
        if not value.is_present and field.key in declared:
            value = _from_declared(declared[field.key])
        fields[field.key] = value
    return Prefilled(fields, tuple(conflicts))


def _of_bank(value: Any) -> FieldValue:
    if value is None:
        return MISSING
    return FieldValue(value, Source.BANK, how="bank")


def _from_claims(field: Field, credentials: Credentials) -> tuple[FieldValue, Conflict | None]:
    found = [(s, c) for s in field.claims if (c := _candidate(field, s, credentials))]
    if not found:
        return MISSING, None
    winner = found[0][1]
    rivals = [c for s, c in found[1:] if not s.fallback and not found[0][0].fallback]
    differing = [c for c in rivals if not _same(c.value, winner.value)]
    conflict = _conflict(field, (winner, *differing)) if differing else None
    return value_of_candidate(winner, Source.PREFILLED), conflict


def value_of_candidate(candidate: Candidate, source: Source) -> FieldValue:
    """Return a candidate as a field value with its full provenance."""
    return FieldValue(
        value=candidate.value,
        source=source,
        issuer=candidate.issuer,
        issuer_name_zh=candidate.issuer_name_zh,
        issuer_name_en=candidate.issuer_name_en,
        credential_digest=candidate.credential_digest,
        issued_at=candidate.issued_at,
        verified_at=candidate.verified_at,
        how=f"claim {candidate.claim}",
    )


def _candidate(field: Field, source: ClaimSource, credentials: Credentials) -> Candidate | None:
    credential = credentials.newest(source.type_code)
    raw = credential.claims.get(source.claim) if credential else None
    if credential is None or raw is None:
        return None
    return Candidate(
        value=_as_field(field, raw),
        claim=source.path,
        issuer=credential.issuer_code,
        issuer_name_zh=credential.issuer_name_zh,
        issuer_name_en=credential.issuer_name_en,
        credential_digest=credential.credential_digest,
        issued_at=credential.issued_at,
        verified_at=credential.verified_at,
    )


def _as_field(field: Field, raw: Any) -> Any:
    """Return a claim's value as the field writes it: a number in a text field becomes text."""
    if field.type is FieldType.TEXT and isinstance(raw, int | float):
        return f"{raw:g}" if isinstance(raw, float) else str(raw)
    if field.type is FieldType.INTEGER and isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw


def _same(one: Any, other: Any) -> bool:
    """Say whether two sources mean the same: width and spaces of characters do not count."""
    if isinstance(one, str) and isinstance(other, str):
        return _plain(one) == _plain(other)
    return bool(one == other)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _conflict(field: Field, candidates: tuple[Candidate, ...]) -> Conflict:
    zh, en = explain(field, candidates)
    return Conflict(field.key, candidates, REGISTERING_AUTHORITY_WINS, zh, en, chosen=0)


def _from_rule(field: Field, credentials: Credentials) -> FieldValue:
    rule = CLAIM_RULES.get(field.derive or "")
    if rule is None:
        return MISSING
    facts = ClaimFacts(credentials)
    value = rule(facts)
    if value is None or not facts.used:
        return MISSING
    source = Source.PREFILLED if field.fill is FillCode.PREFILLED else Source.DERIVED
    return _of_rule(value, source, field.derive or "", facts.used[-1], tuple(facts.inputs))


def _of_rule(
    value: Any, source: Source, rule: str, basis: Credential, inputs: tuple[str, ...]
) -> FieldValue:
    return FieldValue(
        value=value,
        source=source,
        issuer=basis.issuer_code,
        issuer_name_zh=basis.issuer_name_zh,
        issuer_name_en=basis.issuer_name_en,
        credential_digest=basis.credential_digest,
        issued_at=basis.issued_at,
        verified_at=basis.verified_at,
        how=f"rule {rule}",
        inputs=inputs,
    )


def _from_declared(fact: Declared) -> FieldValue:
    return FieldValue(
        value=fact.value,
        source=Source.DECLARED,
        issued_at=fact.declared_at,
        how=f"declared in case {fact.case_id}",
    )
