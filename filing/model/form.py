"""A form as data: sections and fields, each with type, constraint, source and rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from functools import cached_property
from typing import Any


class FillCode(StrEnum):
    """Who fills a field when every source is connected."""

    PREFILLED = "P"  # from an authority's credential
    DERIVED = "D"  # by rule from other facts
    DECLARED = "M"  # declared once by the enterprise, then kept
    TYPED = "T"  # typed for this case
    CHOSEN = "C"  # a choice or a signature: clicked, not typed
    BANK = "B"  # by the bank


BY_HAND = frozenset({FillCode.PREFILLED, FillCode.DERIVED, FillCode.DECLARED, FillCode.TYPED})
"""What a person types where nothing is connected: everything but choices and the bank's own."""


class FieldType(StrEnum):
    """How a value is written; money is integer fen, a percentage integer basis points."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY_FEN = "money_fen"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    PHONE = "phone"
    BOOLEAN = "boolean"
    PERCENTAGE_BPS = "percentage_bps"
    GROUP = "group"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Label:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a choice and how it reads."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a group's rows."""

    key: str
    label: Label
    type: FieldType


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """A claim that fills a field; the first of a field's list is its registering authority.

    A `fallback` is used where the sources before it are silent and is never compared with them.
    """

    type_code: str
    claim: str
    fallback: bool = False

    @property
    def path(self) -> str:
        """The claim as `type.claim`."""
        return f"{self.type_code}.{self.claim}"


@dataclass(frozen=True, slots=True)
class AppliesWhen:
    """When a field is asked: another field has one of the values, is present, or a rule holds."""

    field: str | None = None
    values: tuple[str, ...] = ()
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `repeats` > 0: the value is a list with at most so many rows."""

    key: str
    number: str
    section: str
    label: Label
    type: FieldType
    fill: FillCode
    help: Label | None = None
    required: bool = True
    sensitive: bool = False
    fixed: bool = False
    keep: bool = False
    repeats: int = 0
    max_length: int | None = None
    min: int | None = None
    max: int | None = None
    min_items: int = 0
    pattern: str | None = None
    pattern_means: Label | None = None
    format: str | None = None
    must_be_true: bool = False
    choices: tuple[Choice, ...] = ()
    columns: tuple[Column, ...] = ()
    claims: tuple[ClaimSource, ...] = ()
    copy_of: str | None = None
    derive: str | None = None
    applies_when: AppliesWhen | None = None
    example: Any = None

    @property
    def by_bank(self) -> bool:
        """Whether the bank fills the field."""
        return self.fill is FillCode.BANK

    @property
    def is_declared_once(self) -> bool:
        """Whether a typed value is kept for the enterprise's next case."""
        return self.fill is FillCode.DECLARED or self.keep

    @property
    def is_signed(self) -> bool:
        """Whether the applicant's signature covers the field."""
        return not self.by_bank and self.type is not FieldType.SIGNATURE


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a form."""

    key: str
    label: Label


@dataclass(frozen=True)
class Form:
    """A versioned form."""

    code: str
    version: int
    name: Label
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Bundle:
    """The forms that are filed together for one use case; keys are unique across them."""

    use_case: str
    name: Label
    forms: tuple[Form, ...]
    decided_by: str
    by_key: Mapping[str, Field] = attribute(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {item.key: item for form in self.forms for item in form.fields}
        object.__setattr__(self, "by_key", index)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field of every form, in the forms' order."""
        return tuple(self.by_key.values())

    @cached_property
    def versions(self) -> dict[str, int]:
        """The version of each form, by its code."""
        return {form.code: form.version for form in self.forms}
