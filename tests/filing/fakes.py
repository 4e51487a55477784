"""A simulated identity for the tests: real signatures and sealing, presentations in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from db import new_id
from filing.model.case import Step
from filing.model.facts import Credential
from identity.adapters.key_store import KeyStore

USCC = "91110108MA01ABCD2H"
NOW = 1_768_450_000
ISSUERS = {
    "business-licence": "samr",
    "legal-representative": "samr",
    "equity-structure": "samr",
    "bo-filing": "samr",
    "abnormal-list": "samr",
    "person-id": "public-security",
    "social-insurance": "hrss",
    "customs-registration": "customs",
    "account-certificate": "bank-a",
    "property-title": "real-estate",
}
NAMES = {
    "samr": ("市场监管局(模拟)", "Market regulation (simulated)"),
    "tax": ("税务局(模拟)", "Tax (simulated)"),
    "public-security": ("公安局(模拟)", "Public security (simulated)"),
}

CLAIMS: dict[str, dict[str, Any]] = {
    "business-licence": {
        "uscc": USCC,
        "company_name": "北京启明科技有限公司",
        "company_type": "有限责任公司(自然人投资或控股)",
        "registered_address": "北京市海淀区中关村大街1号",
        "establishment_date": "2015-06-01",
        "business_term_from": "2015-06-01",
        "business_term_to": "2045-05-31",
        "registered_capital_fen": 500_000_000,
        "registered_capital_currency": "CNY",
        "paid_in_capital_fen": 300_000_000,
        "business_scope": "技术开发；软件开发。",
        "industry_code": "I65",
        "registration_authority": "北京市海淀区市场监督管理局(模拟)",
        "registration_status": "active",
        "change_count_24m": 0,
    },
    "legal-representative": {
        "uscc": USCC,
        "legal_rep_name": "张明",
        "legal_rep_type": "legal-representative",
    },
    "person-id": {
        "uscc": USCC,
        "person_role": "legal-representative",
        "legal_rep_name": "张明",
        "id_type": "resident-id",
        "id_no": "110101199001011237",
        "id_from": "2015-03-01",
        "id_to": "2035-03-01",
        "gender": "male",
        "nationality": "CHN",
        "birth_date": "1990-01-01",
        "birth_place": "北京",
    },
    "equity-structure": {
        "uscc": USCC,
        "as_of": "2026-01-01",
        "shareholders": [
            {
                "name": "张明",
                "kind": "person",
                "id_type": "resident-id",
                "id_code": "110101199001011237",
                "share_bps": 8000,
                "subscribed_capital_fen": 400_000_000,
            },
            {
                "name": "李强",
                "kind": "person",
                "id_type": "resident-id",
                "id_code": "110101199002022346",
                "share_bps": 2000,
                "subscribed_capital_fen": 100_000_000,
            },
        ],
    },
    "bo-filing": {
        "uscc": USCC,
        "exemption_commitment": False,
        "beneficial_owners": [
            {
                "name": "张明",
                "nationality": "CHN",
                "id_type": "resident-id",
                "relation_type": "1",
                "share_bps": 8000,
                "start_date": "2015-06-01",
            }
        ],
    },
    "taxpayer": {
        "uscc": USCC,
        "taxpayer_id": USCC,
        "vat_taxpayer_type": "general",
        "tax_authority": "国家税务总局北京市海淀区税务局(模拟)",
        "company_name": "北京启明科技有限公司",
        "registered_address": "北京市海淀区中关村大街1号",
        "legal_rep_name": "张明",
        "cfo_name": "陈静",
        "employees": 35,
    },
    "vat-return-summary": {"uscc": USCC, "vat_sales_12m_fen": 1_200_000_000},
    "social-insurance": {"uscc": USCC, "employees": 35, "insured_headcount": 33},
    "customs-registration": {"uscc": USCC, "english_name": "Beijing Qiming Technology"},
}


def credential(
    type_code: str, claims: Mapping[str, Any], issued_at: int = NOW - 1000
) -> Credential:
    """Return a verified credential of a type."""
    issuer = ISSUERS.get(type_code, "tax")
    zh, en = NAMES.get(issuer, (f"{issuer}(模拟)", f"{issuer} (simulated)"))
    seed = json.dumps([type_code, claims, issued_at], sort_keys=True, default=str)
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return Credential(type_code, issuer, zh, en, digest, issued_at, NOW, claims)


def wallet(*without: str, **claims: Mapping[str, Any]) -> list[Credential]:
    """Return the credentials of a connected company; `claims` by type (with _) are merged in."""
    merged = {key: dict(value) for key, value in CLAIMS.items() if key not in without}
    for name, more in claims.items():
        code = name.replace("_", "-")
        merged[code] = {**merged.get(code, {"uscc": USCC}), **more}
    return [credential(code, found) for code, found in merged.items()]


@dataclass(frozen=True)
class Enterprise:
    id: str
    uscc: str = USCC
    name: str = "北京启明科技有限公司"


@dataclass(frozen=True)
class Organisation:
    id: str
    code: str
    kind: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Presentation:
    id: str
    enterprise_id: str
    verifier_id: str
    purpose: str
    consent_id: str
    credentials: tuple[Credential, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Issued:
    digest: str


class Refused(Exception):
    """What the fake raises where the real service refuses."""

    code, kind = "refused", "not_found"
    title_en, title_zh = "Refused.", "拒绝。"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: dict[str, Any] = {}


@dataclass
class FakeIdentity:
    """Implements `filing.ports.Identity` and `filing.ports.Presenting` in memory."""

    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    presentations: dict[str, Presentation] = field(default_factory=dict)
    issued: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    reads: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    key_store: KeyStore = field(default_factory=lambda: KeyStore(os.urandom(32)))

    def present_as(
        self, enterprise_id: str, bank_code: str, purpose: str, credentials: Sequence[Credential]
    ) -> str:
        steps = (
            Step(1, "structure", "passed", "格式正确", "well formed", "RFC 9901"),
            Step(6, "anchor", "cannot_check", "尚未锚定", "not anchored yet", ""),
        )
        bank = self.organisations[bank_code]
        found = Presentation(
            new_id(), enterprise_id, bank.id, purpose, new_id(), tuple(credentials), steps
        )
        self.presentations[found.id] = found
        return found.id

    def enterprise(self, enterprise_id: str) -> Enterprise:
        return self.enterprises[enterprise_id]

    def organisation(self, code: str) -> Organisation:
        if code not in self.organisations:
            raise Refused("no such organisation")
        return self.organisations[code]

    def presentation(self, presentation_id: str, *, reader: Any, purpose: str) -> Presentation:
        found = self.presentations.get(presentation_id)
        if found is None or reader.organisation_id not in (found.verifier_id, found.enterprise_id):
            raise Refused("no such presentation")
        return found

    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str:
        key = self.keys.setdefault(enterprise_id, ec.generate_private_key(ec.SECP256R1()))
        parts = [{"alg": "ES256", "typ": typ}, {**payload, "iss": enterprise_id, "iat": NOW}]
        signed = ".".join(_encode(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{_encode(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))}"

    def verify_signature(self, enterprise_id: str, jws: str, *, typ: str) -> Mapping[str, Any]:
        signed, _, signature = jws.rpartition(".")
        header, payload = (json.loads(_decode(part)) for part in signed.split("."))
        public = self.keys[enterprise_id].public_key()
        try:
            public.verify(_decode(signature), signed.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise Refused("the signature is not valid") from None
        if header["typ"] != typ:
            raise Refused("another type of statement")
        found: Mapping[str, Any] = payload
        return found

    def issue(
        self, issuer_code: str, type_code: str, enterprise_id: str, claims: Mapping[str, Any]
    ) -> Issued:
        self.issued.append((issuer_code, type_code, enterprise_id, dict(claims)))
        return Issued(hashlib.sha256(repr(claims).encode()).hexdigest())

    def seal(self, enterprise_id: str, place: str, data: bytes) -> bytes:
        return self.key_store.seal(enterprise_id, place, data)

    def open_sealed(self, enterprise_id: str, place: str, sealed: bytes) -> bytes:
        return self.key_store.open(enterprise_id, place, sealed)

    def log_read(self, **entry: Any) -> None:
        self.reads.append(entry)

    def banks(self) -> list[Organisation]:
        return [o for o in self.organisations.values() if o.kind == "bank"]

    def asked(self, purpose: str) -> list[Any]:
        return []

    def present(self, enterprise_id: str, bank_code: str, purpose: str) -> str:
        return self.present_as(enterprise_id, bank_code, purpose, wallet())

    def tamper(self, presentation_id: str, **changes: Any) -> None:
        self.presentations[presentation_id] = replace(
            self.presentations[presentation_id], **changes
        )


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
