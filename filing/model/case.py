"""A case: one application of an enterprise to one bank, from draft to decision.

draft → signed → in_review → returned | approved | refused; a returned or signed case becomes
a draft again with its first change, and loses its signature. Approved and refused are final.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from filing.errors import WrongState
from filing.model.conflict import Conflict
from filing.model.derivation import awaits
from filing.model.form import Bundle, Field
from filing.model.value import FieldValue, Source


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    IN_REVIEW = "in_review"  # submitted: with the bank
    RETURNED = "returned"  # back with the enterprise, with reasons
    APPROVED = "approved"  # final
    REFUSED = "refused"  # final


_NEXT: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.DRAFT, CaseState.SIGNED}),
    CaseState.SIGNED: frozenset({CaseState.DRAFT, CaseState.SIGNED, CaseState.IN_REVIEW}),
    CaseState.IN_REVIEW: frozenset({CaseState.RETURNED, CaseState.APPROVED, CaseState.REFUSED}),
    CaseState.RETURNED: frozenset({CaseState.DRAFT, CaseState.SIGNED}),
    CaseState.APPROVED: frozenset(),
    CaseState.REFUSED: frozenset(),
}
SEEN_BY_BANK = frozenset(
    {CaseState.IN_REVIEW, CaseState.RETURNED, CaseState.APPROVED, CaseState.REFUSED}
)
EDITABLE = frozenset({CaseState.DRAFT, CaseState.SIGNED, CaseState.RETURNED})


@dataclass(frozen=True, slots=True)
class Party:
    """The enterprise or the bank of a case, as named when the case was opened."""

    id: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The applicant's signature: a JWS over the application hash."""

    application_hash: str
    jws: str
    signed_at: int
    signed_by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bank decided, by whom, with which reasons; `certificate_digest` of the result."""

    outcome: CaseState
    reasons: tuple[str, ...]
    decided_at: int
    decided_by: str
    certificate_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One verification step of the presentation, kept as evidence with the case."""

    number: int
    name: str
    outcome: str
    detail_zh: str
    detail_en: str
    reference: str


@dataclass(frozen=True)
class Case:
    """An application with every field's value and source."""

    id: str
    use_case: str
    forms: Mapping[str, int]
    enterprise: Party
    bank: Party
    presentation_id: str
    consent_id: str
    state: CaseState
    version: int
    fields: Mapping[str, FieldValue]
    conflicts: tuple[Conflict, ...]
    opened_at: int
    updated_at: int
    submitted_at: int | None = None
    signature: Signature | None = None
    decision: Decision | None = None

    @property
    def enterprise_id(self) -> str:
        """The applicant's id."""
        return self.enterprise.id

    @property
    def bank_id(self) -> str:
        """The organisation id of the bank the case is addressed to."""
        return self.bank.id

    @property
    def bank_code(self) -> str:
        """The stable code of the bank the case is addressed to."""
        return self.bank.code

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values that are known, by field key; missing ones are absent."""
        return {key: item.value for key, item in self.fields.items() if item.is_present}

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts whose field is still asked."""
        return tuple(c for c in self.conflicts if self.fields[c.field].is_present)

    def moved(self, state: CaseState, at: int, **changes: Any) -> Case:
        """Return the case in another state.

        Raises:
            WrongState: the state machine has no such step.
        """
        if state not in _NEXT[self.state]:
            raise WrongState(
                f"The case is {self.state.value}; it cannot become {state.value}. "
                f"Allowed next: {', '.join(sorted(_NEXT[self.state])) or 'none, it is final'}.",
                state=self.state.value,
            )
        return replace(self, state=state, updated_at=at, **changes)


def missing_required(bundle: Bundle, fields: Mapping[str, FieldValue]) -> list[Field]:
    """Return the fields the applicant still owes, in the form's order."""
    return [
        field
        for field in bundle.fields
        if field.required and field.is_signed and fields[field.key].source is Source.MISSING
    ]


def to_fill(bundle: Bundle, fields: Mapping[str, FieldValue]) -> list[str]:
    """Return the keys to ask for now: what is owed, less what will follow from the rest."""
    owed = missing_required(bundle, fields)
    return [field.key for field in owed if not awaits(bundle, field, fields)]
