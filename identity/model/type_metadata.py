"""SD-JWT VC Type Metadata and the JSON Schema of a credential type, with their integrity.

Type Metadata follows draft-ietf-oauth-sd-jwt-vc, "SD-JWT VC Type Metadata". Each display entry
says its language twice: as `locale`, and as `lang`, which it was called up to draft 09 (the one
that OpenID4VP 1.0 pins). `mandatory` says what the issuer always includes.

The JSON Schema is for what a verifier holds once the disclosures are in place, so it requires
nothing that a holder may keep back: no claim, no element of an array disclosed by element, no
member of an object disclosed by member. `CredentialType.check` is the issuer's stricter check.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from identity.model.credential import ClaimType, CredentialType, Disclose

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True)
class TypeDocuments:
    """What is served about a type: exact bytes, and their integrity (W3C SRI, `sha256-…`)."""

    metadata: bytes
    metadata_integrity: str
    schema: bytes
    schema_integrity: str


def integrity(document: bytes) -> str:
    """Return the integrity metadata of a document (W3C Subresource Integrity §3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(document).digest()).decode("ascii")


def metadata_url(credential_type: CredentialType, public_url: str) -> str:
    """Return where a type's metadata is served."""
    return f"{public_url}/types/{credential_type.code}/{credential_type.version}"


def documents(credential_type: CredentialType, public_url: str) -> TypeDocuments:
    """Return the type's metadata and JSON Schema as served; the same input, the same bytes."""
    url = metadata_url(credential_type, public_url) + "/schema.json"
    schema = orjson.dumps(json_schema(credential_type, url))
    schema_integrity = integrity(schema)
    metadata = orjson.dumps(
        {
            **type_metadata(credential_type),
            "schema_uri": url,
            "schema_uri#integrity": schema_integrity,
        }
    )
    return TypeDocuments(metadata, integrity(metadata), schema, schema_integrity)


def type_metadata(credential_type: CredentialType) -> dict[str, Any]:
    """Return the Type Metadata of a type, in Chinese and English."""
    names = (credential_type.label_zh, credential_type.label_en)
    descriptions = (credential_type.description_zh, credential_type.description_en)
    return {
        "vct": credential_type.vct,
        "name": credential_type.label_en,
        "description": credential_type.description_en,
        "display": [
            {"locale": language, "lang": language, "name": name, "description": description}
            for language, name, description in zip(_LANGUAGES, names, descriptions, strict=True)
        ],
        "claims": [
            entry for claim in credential_type.claims.values() for entry in _claim_entries(claim)
        ],
    }


def _claim_entries(claim: ClaimType) -> list[dict[str, Any]]:
    """Return the metadata of a claim and of what is inside it."""
    path: list[str | None] = [claim.name]
    entries = [_entry(path, (claim.label_zh, claim.label_en), "always", claim.required)]
    if claim.schema.get("type") == "array" and claim.disclose == Disclose.EACH:
        labels = (f"{claim.label_zh}(每项)", f"{claim.label_en}: each")
        entries.append(_entry([*path, None], labels, "always", False))
    inner = path if claim.schema.get("type") == "object" else [*path, None]
    sd = "always" if claim.disclose == Disclose.MEMBERS else "never"
    needed = _object_schema(claim.schema).get("required", ())
    for name, member in claim.members.items():
        labels = (member.label_zh, member.label_en)
        entries.append(_entry([*inner, name], labels, sd, name in needed))
    return entries


def _entry(
    path: list[str | None], labels: tuple[str, str], sd: str, mandatory: bool
) -> dict[str, Any]:
    display = [
        {"locale": language, "lang": language, "label": label}
        for language, label in zip(_LANGUAGES, labels, strict=True)
    ]
    return {"path": path, "display": display, "sd": sd, "mandatory": mandatory}


def _object_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the object that a claim is, or is an array of."""
    inner: Mapping[str, Any] = schema.get("items", {}) if schema.get("type") == "array" else schema
    return inner


def json_schema(credential_type: CredentialType, url: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a presented credential of this type.

    Claims that every SD-JWT VC may have (`iss`, `cnf`, `status`, …) are let through.
    """
    properties = {claim.name: _presented(claim) for claim in credential_type.claims.values()}
    return {
        "$schema": DIALECT,
        "$id": url,
        "title": credential_type.label_en,
        "description": credential_type.description_en,
        "type": "object",
        "required": ["vct"],
        "properties": {"vct": {"const": credential_type.vct}, **properties},
    }


def _presented(claim: ClaimType) -> dict[str, Any]:
    """Return a claim's schema, without what selective disclosure may break."""
    optional = {Disclose.EACH: "minItems", Disclose.MEMBERS: "required"}.get(
        Disclose(claim.disclose)
    )
    kept = {key: value for key, value in claim.schema.items() if key != optional}
    return {"title": claim.label_en, "description": claim.label_zh, **kept}
