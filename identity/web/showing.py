"""What the identity pages show, made from the model; only here are claims turned into text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.facade import Identity
from identity.model.access import AccessEntry
from identity.model.consent import Consent, ConsentState
from identity.model.credential import ClaimMember, ClaimType, CredentialType, HeldCredential
from identity.model.party import Organisation
from identity.model.sd_jwt import parse
from identity.model.verification import Outcome
from identity.verification import FRESHNESS
from web.filters import money, percent
from web.language import t

_STATUS_WORDS = {0: "valid", 1: "revoked", 2: "suspended"}
_UNIT = re.compile(r"\s*[(（](分|基点|万分之一|fen|bps|basis points)[)）]$")
# Reads that need no consent, because a law asks for them.
_LAWFUL_PURPOSES = {"supervision": ("监管复核", "Supervisory review")}
# Where each authority stands in the wallet: what proves existence first.
_ISSUER_ORDER = ("samr", "public-security", "tax", "hrss", "housing-fund")


@dataclass(frozen=True)
class ShownClaim:
    """A claim as text; ``parts`` holds the rows of a claim that is a list of objects."""

    label: str
    text: str
    sensitive: bool
    parts: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True)
class ShownCredential:
    """A credential of the wallet as the enterprise sees it.

    ``hint`` tells credentials of one type apart: the asset's number, where it is about an asset.
    """

    label: str
    hint: str
    digest: str
    status: str
    issued_at: int
    anchored_at: int | None
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True)
class ShownIssuer:
    """An authority and what it has issued."""

    name: str
    credentials: tuple[ShownCredential, ...]


@dataclass(frozen=True)
class ShownConsent:
    """A consent with names instead of identifiers."""

    id: str
    recipient: str
    recipient_code: str
    purpose_code: str
    purpose: str
    types: tuple[str, ...]
    granted_at: int
    expires_at: int
    state: str


@dataclass(frozen=True)
class ShownRead:
    """An entry of the access log with names instead of identifiers."""

    at: int
    reader: str
    purpose: str
    fields: tuple[str, ...]
    outcome: str


def organisation_name(organisation: Organisation) -> str:
    """Return the organisation's name in the language of the page."""
    return t(organisation.name_zh, organisation.name_en)


def type_name(item: CredentialType) -> str:
    """Return the credential type's name in the language of the page."""
    return t(item.label_zh, item.label_en)


def claim_name(item: CredentialType, name: str) -> str:
    """Return a claim's name in the language of the page."""
    return _label(item.claims.get(name), name)


def type_names(service: Identity) -> dict[str, str]:
    """Return the names of all credential types by code."""
    return {item.code: type_name(item) for item in service.types.all()}


def purpose_name(service: Identity, code: str) -> str:
    """Return the purpose's name in the language of the page; an unknown code stands for itself."""
    if code in service.purposes.all():
        return t(*service.purposes.label(code))
    return t(*_LAWFUL_PURPOSES.get(code, (code, code)))


def wallet(service: Identity, enterprise_id: str) -> list[ShownIssuer]:
    """Return the wallet grouped by authority, each credential with its present status."""
    groups: dict[str, list[HeldCredential]] = {}
    for held in service.credentials_of(enterprise_id):
        groups.setdefault(held.issuer_code, []).append(held)
    return [_issuer(service, code, held) for code, held in sorted(groups.items(), key=_place)]


def _place(group: tuple[str, list[HeldCredential]]) -> tuple[int, str]:
    code = group[0]
    known = _ISSUER_ORDER.index(code) if code in _ISSUER_ORDER else len(_ISSUER_ORDER)
    return known, code


def consents(service: Identity, enterprise_id: str) -> list[ShownConsent]:
    """Return the enterprise's consents, newest first."""
    return [_consent(service, item) for item in service.consents.of_enterprise(enterprise_id)]


def reads(service: Identity, enterprise_id: str, limit: int) -> list[ShownRead]:
    """Return the newest reads of the enterprise's data."""
    entries = service.access_log.of_enterprise(enterprise_id, limit)
    names = {reader: _reader_name(service, reader, enterprise_id) for reader in _readers(entries)}
    labels = _claim_labels(service)
    return [
        ShownRead(
            at=entry.at,
            reader=names[entry.reader_id],
            purpose=purpose_name(service, entry.purpose),
            fields=tuple(_field_label(labels, field) for field in entry.fields),
            outcome=entry.outcome,
        )
        for entry in entries
    ]


def claim(declared: ClaimType | None, name: str, value: Any) -> ShownClaim:
    """Return a claim with its label, its value as text and whether it is personal."""
    label = _label(declared, name)
    sensitive = declared is None or declared.sensitive
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        members = declared.members if declared else {}
        parts = tuple(_rows(item, members) for item in value if isinstance(item, Mapping))
        return ShownClaim(label, t(f"{len(parts)} 项", f"{len(parts)} entries"), sensitive, parts)
    values = declared.values if declared else {}
    return ShownClaim(label, as_text(name, value, values), sensitive)


def as_text(name: str, value: Any, values: Mapping[str, tuple[str, str]]) -> str:
    """Return a claim's value as text; the name's last word tells its unit.

    Args:
        name: the claim's name.
        value: what it says.
        values: (Chinese, English) of the codes that stand for words.
    """
    if isinstance(value, str) and value in values:
        return t(*values[value])
    if isinstance(value, bool):
        return t("是", "Yes") if value else t("否", "No")
    if isinstance(value, int) and name.endswith("_fen"):
        return money(value)
    if isinstance(value, int) and name.endswith("_bps"):
        return percent(value)
    if isinstance(value, list):
        return t("、", ", ").join(str(item) for item in value)
    return str(value)


def _issuer(service: Identity, code: str, held: list[HeldCredential]) -> ShownIssuer:
    organisation = service.organisation(code)
    is_fresh = FRESHNESS.of_age(service.trust.index_age_s()).outcome is Outcome.PASSED
    found = service.trust.statuses(organisation.address, [item.status_index for item in held])
    shown = [
        _credential(
            service,
            item,
            _STATUS_WORDS.get(found.get(item.status_index, 0), "cannot_check")
            if is_fresh
            else "cannot_check",
        )
        for item in held
    ]
    return ShownIssuer(organisation_name(organisation), tuple(shown))


def _credential(service: Identity, held: HeldCredential, status: str) -> ShownCredential:
    declared = service.types.get(held.type_code)
    values = parse(held.compact).claims()
    names = [name for name in declared.claims if name in values and name != "uscc"]
    return ShownCredential(
        label=type_name(declared),
        hint=next((str(values[name]) for name in declared.asset_claims if name in names), ""),
        digest=held.digest,
        status=status,
        issued_at=held.issued_at,
        anchored_at=held.anchored_at,
        claims=tuple(claim(declared.claims[name], name, values[name]) for name in names),
    )


def _consent(service: Identity, item: Consent) -> ShownConsent:
    is_over = item.state is ConsentState.ACTIVE and service.clock() >= item.expires_at
    return ShownConsent(
        id=item.id,
        recipient=organisation_name(service.organisation_by_id(item.recipient_id)),
        recipient_code=item.recipient_code,
        purpose_code=item.purpose,
        purpose=purpose_name(service, item.purpose),
        types=tuple(type_name(service.types.get(code)) for code in item.type_codes),
        granted_at=item.granted_at,
        expires_at=item.expires_at,
        state="expired" if is_over else item.state.value,
    )


def _label(declared: ClaimType | ClaimMember | None, name: str) -> str:
    """Return the label without its unit, where the value is shown with a sign of its own."""
    if declared is None:
        return name
    label = t(declared.label_zh, declared.label_en)
    return _UNIT.sub("", label) if name.endswith(("_fen", "_bps")) else label


def _rows(
    item: Mapping[str, Any], members: Mapping[str, ClaimMember]
) -> tuple[tuple[str, str], ...]:
    return tuple(_row(members.get(name), name, value) for name, value in item.items())


def _row(declared: ClaimMember | None, name: str, value: Any) -> tuple[str, str]:
    return _label(declared, name), as_text(name, value, declared.values if declared else {})


def _readers(entries: list[AccessEntry]) -> set[str]:
    return {entry.reader_id for entry in entries}


def _reader_name(service: Identity, reader_id: str, enterprise_id: str) -> str:
    if reader_id == enterprise_id:
        return t("本企业", "This enterprise")
    return organisation_name(service.organisation_by_id(reader_id))


def _claim_labels(service: Identity) -> dict[str, str]:
    """Label claims by name and by "type.claim", whichever form the log's writer chose."""
    labels: dict[str, str] = {}
    for item in service.types.all():
        labels[item.code] = type_name(item)
        for name, declared in item.claims.items():
            labels[f"{item.code}.{name}"] = _label(declared, name)
            labels.setdefault(name, _label(declared, name))
    return labels


def _field_label(labels: Mapping[str, str], field: str) -> str:
    return labels.get(field, field)
