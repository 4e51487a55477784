"""Records of a register, and the record types (credential types) that shape them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

Claims = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One fact an authority holds; ``key`` tells records of one enterprise and type apart."""

    authority_code: str
    record_type: str
    uscc: str
    key: str
    claims: Mapping[str, Any]
    id: str = ""
    version: int = 0

    @property
    def source_key(self) -> str:
        """What makes issuing the same version of the same record twice a no-op."""
        return self._source_key(self.version)

    @property
    def earlier_source_keys(self) -> list[str]:
        """The source keys of all versions before this one."""
        return [self._source_key(version) for version in range(1, self.version)]

    def _source_key(self, version: int) -> str:
        return f"{self.record_type}:{self.uscc}:{self.key}:{version}"


@dataclass(frozen=True)
class Field:
    """One claim as a column of the register."""

    name: str
    label_zh: str
    label_en: str
    schema: Mapping[str, Any]
    values: Mapping[str, tuple[str, str]]
    sensitive: bool
    required: bool

    @cached_property
    def validator(self) -> Draft202012Validator:
        """The validator of the field's JSON Schema."""
        return Draft202012Validator(self.schema)


@dataclass(frozen=True)
class RecordType:
    """A credential type as the register sees it; ``key`` names the claim of :attr:`Record.key`."""

    code: str
    label_zh: str
    label_en: str
    fields: Mapping[str, Field]
    key: str | None

    def key_of(self, claims: Mapping[str, Any]) -> str:
        """Return the record key: the key claim's value, or nothing where there is one record."""
        return str(claims.get(self.key, "")) if self.key else ""

    def broken_claims(self, claims: Mapping[str, Any]) -> Iterator[str]:
        """Yield the names of claims that are unknown, missing or of the wrong form."""
        yield from (name for name in claims if name not in self.fields)
        for name, field in self.fields.items():
            if name not in claims:
                if field.required:
                    yield name
            elif not field.validator.is_valid(claims[name]):
                yield name
