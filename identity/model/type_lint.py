"""What can be wrong with a credential type's definition, said one sentence a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from identity.errors import InvalidClaims
from identity.model.credential import ClaimMember, ClaimType, CredentialType, Disclose

# Names that a claim cannot have: SD-JWT and SD-JWT VC give them a meaning of their own.
RESERVED = frozenset({"iss", "sub", "iat", "nbf", "exp", "cnf", "vct", "status", "_sd", "_sd_alg"})
_PERSONAL = re.compile(
    r"(^|_)(id_no|id_code|phone|mobile|email|account_no|birth_date|birth_place|tin)$"
)
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def faults(types: Sequence[CredentialType]) -> list[str]:
    """Return every fault of the definitions, each with the type's code; none if all is well."""
    times = Counter(item.vct for item in types)
    repeated = [f"{vct}: {n} types have this vct" for vct, n in times.items() if n > 1]
    return repeated + [f"{item.code}: {fault}" for item in types for fault in _faults(item)]


def _faults(item: CredentialType) -> Iterator[str]:
    if not _CODE.fullmatch(item.code):
        yield "the code is not lower-case words joined by hyphens"
    expected = f"urn:qilian:vc:{item.code}:{item.version}"
    if item.version < 1 or item.vct != expected:
        yield f"found vct {item.vct}, expected {expected} with a version from 1"
    if not item.issuers:
        yield "nobody may issue it"
    texts = (item.label_zh, item.label_en, item.description_zh, item.description_en)
    if not all(text.strip() for text in texts):
        yield "a label or description is missing in one language"
    yield from (f"asset claim {name} is not required" for name in _loose_assets(item))
    broken = [fault for claim in item.claims.values() for fault in _schema_faults(claim)]
    if broken:  # nothing else can be said of a claim, or of the sample
        yield from broken
        return
    for claim in item.claims.values():
        yield from (f"{claim.name}: {fault}" for fault in _claim_faults(claim))
    yield from _sample_faults(item)


def _loose_assets(item: CredentialType) -> list[str]:
    """Return the asset claims that a credential could lack: it would have no fingerprint."""
    return [
        name
        for name in item.asset_claims
        if name not in item.claims or not item.claims[name].required
    ]


def _schema_faults(claim: ClaimType) -> Iterator[str]:
    try:
        Draft202012Validator.check_schema(claim.schema)
    except SchemaError as error:
        yield f"{claim.name}: the schema is not JSON Schema 2020-12: {error.message}"


def _claim_faults(claim: ClaimType) -> Iterator[str]:
    if claim.name in RESERVED:
        yield "the name is taken by SD-JWT VC"
    yield from _label_faults(claim, claim.schema)
    kind = {"array": Disclose.EACH, "object": Disclose.MEMBERS}.get(claim.schema.get("type", ""))
    if claim.disclose not in (Disclose.WHOLE, kind):
        yield f"disclose: {claim.disclose} does not fit {claim.schema.get('type')}"
    members = _members(claim.schema)
    if set(members) != set(claim.members):
        yield f"labels {sorted(claim.members)} are not those of the members {sorted(members)}"
    for name, member in claim.members.items():
        yield from (f"{name}: {fault}" for fault in _label_faults(member, members.get(name, {})))
    if not claim.sensitive and any(_PERSONAL.search(name) for name in (claim.name, *members)):
        yield "personal data is not marked sensitive"


def _members(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = schema.get("items", {}) if schema.get("type") == "array" else schema
    found: Mapping[str, Any] = inner.get("properties", {})
    return found


def _label_faults(labelled: ClaimType | ClaimMember, schema: Mapping[str, Any]) -> Iterator[str]:
    if not labelled.label_zh.strip() or not labelled.label_en.strip():
        yield "a label is missing in one language"
    if set(labelled.values) != {str(code) for code in schema.get("enum", ())}:
        yield f"words for {sorted(labelled.values)}, codes {schema.get('enum', [])}"
    if not all(zh.strip() and en.strip() for zh, en in labelled.values.values()):
        yield "a coded value has no word in one language"


def _sample_faults(item: CredentialType) -> Iterator[str]:
    try:
        item.check(item.sample)
    except InvalidClaims as error:
        yield f"the sample does not fit: {error.detail}"
