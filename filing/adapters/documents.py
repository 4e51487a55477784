"""A case as rows and JSON, and back: reading what was written is the identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from filing.adapters.tables import CaseRow
from filing.model.case import Case, CaseState, Decision, Party, Signature, Step
from filing.model.conflict import Conflict
from filing.model.value import FieldValue


def document_of(case: Case) -> dict[str, Any]:
    """Return what of a case is kept as one JSON document."""
    return {
        "forms": dict(case.forms),
        "consent_id": case.consent_id,
        "fields": {key: value.to_json() for key, value in case.fields.items()},
        "conflicts": [conflict.to_json() for conflict in case.conflicts],
        "steps": [asdict(step) for step in case.steps],
        "signature": asdict(case.signature) if case.signature else None,
        "decision": asdict(case.decision) if case.decision else None,
    }


def case_of(row: CaseRow) -> Case:
    """Return the case that a row holds."""
    document = row.document
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
        fields={key: FieldValue.from_json(v) for key, v in document["fields"].items()},
        conflicts=tuple(Conflict.from_json(item) for item in document["conflicts"]),
        steps=tuple(Step(**step) for step in document["steps"]),
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
