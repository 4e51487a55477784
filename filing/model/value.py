"""A field's value and where it comes from.

Missing (not known), empty (known to be none) and not applicable (not asked) are three
different things: a missing field has the source `missing`, one that is not asked has
`not_applicable`, and an empty list or a zero is a value like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """How a value came into the form."""

    PREFILLED = "prefilled"  # a claim of a verified credential
    DERIVED = "derived"  # a named rule over claims or other fields
    DECLARED = "declared"  # declared by the enterprise in an earlier case
    TYPED = "typed"
    EDITED = "edited"  # typed over a value that was already there; counts as typed
    CHOSEN = "chosen"  # clicked: a choice, a signature, or one of two sources that differ
    BANK = "bank"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


BY_MACHINE = frozenset({Source.PREFILLED, Source.DERIVED, Source.DECLARED})
BY_PERSON = frozenset({Source.TYPED, Source.EDITED, Source.CHOSEN})
WITHOUT_VALUE = frozenset({Source.MISSING, Source.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value with its provenance.

    `issued_at` and `verified_at` are UTC epoch seconds; `how` names the claim, the rule or
    the act ("typed"); `inputs` are what a rule read; `replaced` is what an edit stood over
    or, on a field that no longer applies, the value it held.
    """

    value: Any = None
    source: Source = Source.MISSING
    issuer: str | None = None
    issuer_name_zh: str | None = None
    issuer_name_en: str | None = None
    credential_digest: str | None = None
    issued_at: int | None = None
    verified_at: int | None = None
    how: str = ""
    inputs: tuple[str, ...] = ()
    replaced: FieldValue | None = None

    @property
    def is_present(self) -> bool:
        """Whether the field holds a value."""
        return self.source not in WITHOUT_VALUE

    def to_json(self) -> dict[str, Any]:
        """Return the value as a JSON object; what is not known is absent."""
        found: dict[str, Any] = {"value": self.value, "source": self.source.value}
        for name in _PLAIN:
            content = getattr(self, name)
            if content is not None and content != "":
                found[name] = content
        if self.inputs:
            found["inputs"] = list(self.inputs)
        if self.replaced is not None:
            found["replaced"] = self.replaced.to_json()
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FieldValue:
        """Return the value that `to_json` wrote."""
        replaced = data.get("replaced")
        return cls(
            value=data["value"],
            source=Source(data["source"]),
            inputs=tuple(data.get("inputs", ())),
            replaced=cls.from_json(replaced) if replaced else None,
            **{name: data[name] for name in _PLAIN if name in data},
        )


_PLAIN = (
    "issuer",
    "issuer_name_zh",
    "issuer_name_en",
    "credential_digest",
    "issued_at",
    "verified_at",
    "how",
)

MISSING = FieldValue()
NOT_APPLICABLE = FieldValue(source=Source.NOT_APPLICABLE)
