"""A case as rows and JSON, and back: reading what was written is the identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from filing.adapters.tables import CaseRow
from filing.model.case import Case, CaseState, Decision, Party, Signature
from filing.model.conflict import Conflict
from filing.model.value import FieldValue

_CREDENTIAL = ("issuer", "issuer_name_zh", "issuer_name_en", "issued_at", "verified_at")
"""What fields from one credential share; kept once per credential under `sources`."""


def document_of(case: Case) -> dict[str, Any]:
    """Return what of a case is kept as one JSON document, sealed by the repository."""
    sources: dict[str, dict[str, Any]] = {}
    return {
        "forms": dict(case.forms),
        "consent_id": case.consent_id,
        "fields": {key: _packed(value, sources) for key, value in case.fields.items()},
        "sources": sources,
        "conflicts": [conflict.to_json() for conflict in case.conflicts],
        "signature": asdict(case.signature) if case.signature else None,
        "decision": asdict(case.decision) if case.decision else None,
    }


def _packed(value: FieldValue, sources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    packed = value.to_json()
    if value.credential_digest is not None:
        shared = {name: packed.pop(name) for name in _CREDENTIAL if name in packed}
        if sources.setdefault(value.credential_digest, shared) != shared:
            packed |= shared  # a credential that was verified twice: keep what this field knew
    if value.replaced is not None:
        packed["replaced"] = _packed(value.replaced, sources)
    return packed


def _unpacked(packed: dict[str, Any], sources: Mapping[str, Any]) -> dict[str, Any]:
    found = {**sources.get(packed.get("credential_digest", ""), {}), **packed}
    if "replaced" in packed:
        found["replaced"] = _unpacked(packed["replaced"], sources)
    return found


def case_of(row: CaseRow, document: Mapping[str, Any]) -> Case:
    """Return the case that a row and its opened document hold."""
    return Case(
        id=row.id,
        use_case=row.use_case,
        forms=document["forms"],
        enterprise=Party(
            row.enterprise_id, row.enterprise_code, row.enterprise_name, row.enterprise_name
        ),
        bank=Party(row.bank_id, row.bank_code, row.bank_name_zh, row.bank_name_en),
        presentation_id=row.presentation_id,
        consent_id=document["consent_id"],
        state=CaseState(row.state),
        version=row.version,
        fields={
            key: FieldValue.from_json(_unpacked(value, document["sources"]))
            for key, value in document["fields"].items()
        },
        conflicts=tuple(Conflict.from_json(item) for item in document["conflicts"]),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        signature=Signature(**document["signature"]) if document["signature"] else None,
        decision=_decision(document["decision"]),
    )


def _decision(data: Mapping[str, Any] | None) -> Decision | None:
    if data is None:
        return None
    outcome = CaseState(data["outcome"])
    return Decision(**{**data, "outcome": outcome, "reasons": tuple(data["reasons"])})
