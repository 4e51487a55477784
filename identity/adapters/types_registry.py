"""Credential types and purposes, read from the YAML files beside this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from identity.errors import UnknownCredentialType, UnknownPurpose
from identity.model.credential import (
    ClaimMember,
    ClaimType,
    CredentialType,
    Disclose,
    types_by_vct,
)
from identity.model.dcql import CredentialQuery

PACKAGE = Path(__file__).resolve().parent.parent


def _values(raw: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {str(code): (label["zh"], label["en"]) for code, label in raw.get("values", {}).items()}


def _member(raw: dict[str, Any]) -> ClaimMember:
    return ClaimMember(raw["label"]["zh"], raw["label"]["en"], _values(raw))


def _claim(name: str, raw: dict[str, Any]) -> ClaimType:
    return ClaimType(
        name=name,
        label_zh=raw["label"]["zh"],
        label_en=raw["label"]["en"],
        schema=raw["schema"],
        sensitive=raw.get("sensitive", False),
        required=raw.get("required", False),
        values=_values(raw),
        disclose=Disclose(raw.get("disclose", Disclose.WHOLE)),
        members={key: _member(member) for key, member in raw.get("members", {}).items()},
    )


def _type(raw: dict[str, Any]) -> CredentialType:
    return CredentialType(
        code=raw["code"],
        vct=raw["vct"],
        version=raw["version"],
        issuers=tuple(raw["issuers"]),
        label_zh=raw["label"]["zh"],
        label_en=raw["label"]["en"],
        claims={name: _claim(name, claim) for name, claim in raw["claims"].items()},
        asset_claims=tuple(raw.get("asset", ())),
        description_zh=raw["description"]["zh"],
        description_en=raw["description"]["en"],
        sample=raw["sample"],
    )


class YAMLTypes:
    """The registry of credential types, one file each under `identity/types`."""

    def __init__(self, folder: Path = PACKAGE / "types") -> None:
        files = sorted(folder.glob("*.yaml"))
        types = [_type(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)) for file in files]
        self._by_code = {item.code: item for item in types}
        self._by_vct = types_by_vct(types)

    def get(self, code: str) -> CredentialType:
        """Return a type; raises UnknownCredentialType."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownCredentialType(f"no credential type has the code {code!r}") from None

    def by_vct(self, vct: str) -> CredentialType | None:
        """Return the type of a `vct`, if we know it."""
        return self._by_vct.get(vct)

    def all(self) -> list[CredentialType]:
        """Return all types by code."""
        return list(self._by_code.values())


def _essential(kind: CredentialType, claims: list[str]) -> tuple[str, ...]:
    """Return those of the claims asked that every credential of the type has."""
    return tuple(name for name in claims if kind.claims[name].required)


def _each(kind: CredentialType, claims: list[str]) -> frozenset[str]:
    """Return those of the claims asked whose elements are disclosed one by one."""
    return frozenset(name for name in claims if kind.claims[name].disclose == Disclose.EACH)


class YAMLPurposes:
    """What each purpose asks for, from `identity/purposes.yaml`."""

    def __init__(self, types: YAMLTypes, file: Path = PACKAGE / "purposes.yaml") -> None:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        self._queries = {
            purpose: [
                CredentialQuery(
                    id=code,
                    vct=types.get(code).vct,
                    claims=tuple(query["claims"]),
                    required=query.get("required", False),
                    may_lack=tuple(map(tuple, query.get("may_lack", ()))),
                    essential=_essential(types.get(code), query["claims"]),
                    each=_each(types.get(code), query["claims"]),
                )
                for code, query in entry["credentials"].items()
            ]
            for purpose, entry in raw.items()
        }
        self._labels = {
            purpose: (entry["label"]["zh"], entry["label"]["en"]) for purpose, entry in raw.items()
        }

    def queries(self, purpose: str) -> list[CredentialQuery]:
        """Return the credential queries of a purpose; raises UnknownPurpose."""
        try:
            return self._queries[purpose]
        except KeyError:
            expected = ", ".join(self._queries)
            raise UnknownPurpose(f"found {purpose!r}, expected one of {expected}") from None

    def label(self, purpose: str) -> tuple[str, str]:
        """Return a purpose in Chinese and English; raises UnknownPurpose."""
        self.queries(purpose)
        return self._labels[purpose]

    def types(self, purpose: str) -> tuple[str, ...]:
        """Return the types a purpose may ask for."""
        return tuple(query.id for query in self.queries(purpose))

    def all(self) -> tuple[str, ...]:
        """Return the codes of all purposes."""
        return tuple(self._queries)
