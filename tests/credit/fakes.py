"""Simulated neighbours of credit: identity, filing, the tax ledger, the outbox.

They keep things in memory; signatures and sealing are real.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from credit.errors import CaseNotFound
from credit.model.evidence import CredentialEvidence
from credit.ports import Actor, LoanCase
from identity.adapters.key_store import KeyStore
from identity.errors import ConsentRevoked, OrganisationNotFound
from identity.model import jose
from tests.credit.factories import LEDGER_DIGEST, columns, steady_rows


@dataclass(frozen=True)
class FakeParty:
    """An enterprise or a bank."""

    id: str
    code: str
    name: str

    @property
    def uscc(self) -> str:
        return self.code

    @property
    def address(self) -> str:
        return "0x" + self.id.encode().hex().rjust(40, "0")[-40:]

    @property
    def did(self) -> str:
        return f"did:ethr:0x539:{self.address}"


@dataclass(frozen=True)
class FakePresentation:
    """A verified presentation."""

    id: str
    enterprise_id: str
    verifier_id: str
    credentials: tuple[CredentialEvidence, ...]


@dataclass(frozen=True)
class FakeInclusion:
    """An inclusion proof; the contract is not asked here."""

    credential_digest: str
    batch_root: str = "0x" + "01" * 32
    proof: tuple[str, ...] = ("0x" + "02" * 32,)
    issuer_address: str = "0x" + "03" * 20
    credential_type: str = "0x" + "04" * 32
    status_index: int = 7
    asset_fingerprint: str = "0x" + "05" * 32


@dataclass
class FakeIdentity:
    """Identity with real signatures."""

    parties: dict[str, FakeParty] = field(default_factory=dict)
    presentations: dict[str, FakePresentation] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    anchored: bool = True
    reads: list[dict[str, Any]] = field(default_factory=list)
    key_store: KeyStore = field(default_factory=lambda: KeyStore(os.urandom(32)))
    _keys: dict[str, jose.PrivateKey] = field(default_factory=dict)

    def enterprise(self, enterprise_id: str) -> FakeParty:
        return self.parties[enterprise_id]

    def organisation(self, code: str) -> FakeParty:
        return next(party for party in self.parties.values() if party.code == code)

    def presentation(
        self, presentation_id: str, *, reader: Actor, purpose: str
    ) -> FakePresentation:
        found = self.presentations[presentation_id]
        if found.enterprise_id in self.revoked:
            raise ConsentRevoked("the enterprise withdrew its consent")
        assert reader.organisation_id in (found.verifier_id, found.enterprise_id)
        return found

    def latest_presentation(
        self, enterprise_id: str, verifier_id: str, purpose: str
    ) -> FakePresentation | None:
        wanted = (enterprise_id, verifier_id)
        found = [
            p for p in self.presentations.values() if (p.enterprise_id, p.verifier_id) == wanted
        ]
        return found[-1] if found else None

    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str:
        return self._sign(enterprise_id, payload, typ)

    def sign_as(self, organisation_code: str, payload: Mapping[str, Any], *, typ: str) -> str:
        return self._sign(organisation_code, payload, typ)

    def verify_signature(self, enterprise_id: str, jws: str, *, typ: str) -> dict[str, Any]:
        return jose.verify_compact(jws, self._key(enterprise_id).public_key(), typ=typ)

    def verify_signature_of(self, organisation_code: str, jws: str, *, typ: str) -> dict[str, Any]:
        if all(party.code != organisation_code for party in self.parties.values()):
            raise OrganisationNotFound("no such organisation")
        return jose.verify_compact(jws, self._key(organisation_code).public_key(), typ=typ)

    def inclusion(self, credential_digest: str) -> FakeInclusion | None:
        return FakeInclusion("0x" + credential_digest) if self.anchored else None

    def seal(self, enterprise_id: str, place: str, data: bytes) -> bytes:
        return self.key_store.seal(enterprise_id, place, data)

    def open_sealed(self, enterprise_id: str, place: str, sealed: bytes) -> bytes:
        return self.key_store.open(enterprise_id, place, sealed)

    def log_read(self, **entry: Any) -> None:
        self.reads.append(entry)

    def _key(self, owner: str) -> jose.PrivateKey:
        return self._keys.setdefault(owner, jose.generate_key())

    def _sign(self, owner: str, payload: Mapping[str, Any], typ: str) -> str:
        key = self._key(owner)
        kid = jose.thumbprint(jose.public_jwk(key.public_key()))
        header = jose.encode_header({"alg": "ES256", "typ": typ, "kid": kid})
        return jose.sign_compact(key, header, rfc8785.dumps(dict(payload)))


@dataclass
class FakeCases:
    """Submitted loan cases."""

    cases: dict[str, LoanCase] = field(default_factory=dict)
    closed: dict[str, bool] = field(default_factory=dict)

    def loan_case(self, case_id: str, *, actor: Actor) -> LoanCase:
        case = self.cases.get(case_id)
        if case is None or actor.organisation_id not in (case.enterprise_id, case.bank_id):
            raise CaseNotFound("no case of that id is visible to you")
        return case

    def close(self, case_id: str, *, actor: Actor, approved: bool, reasons: Sequence[str]) -> None:
        assert self.loan_case(case_id, actor=actor)
        assert approved or reasons
        self.closed[case_id] = approved


@dataclass
class FakeLedger:
    """A ledger as its source gives it."""

    digest: str = LEDGER_DIGEST
    rows: Sequence[Any] = field(default_factory=steady_rows)

    def columns(self) -> dict[str, list[Any]]:
        return columns(self.rows)


@dataclass
class FakeLedgers:
    """The tax authority's ledgers; every enterprise has the same."""

    found: FakeLedger | None = field(default_factory=FakeLedger)

    def ledger(self, uscc: str) -> FakeLedger | None:
        return self.found


@dataclass(frozen=True)
class FakeStatus:
    """What became of an intent."""

    state: str
    tx_hash: str | None = None
    block_number: int | None = None
    error_name: str | None = None
    error_args: tuple[Any, ...] = ()


@dataclass
class FakeOutbox:
    """An outbox whose pledges hold until 10,000 basis points of an asset are taken."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, FakeStatus] = field(default_factory=dict)
    taken_bps: dict[str, int] = field(default_factory=dict)

    def enqueue(self, *, dedupe_key: str, **intent: Any) -> None:
        self.items[dedupe_key] = intent
        self.states[dedupe_key] = FakeStatus("queued")

    def status(self, dedupe_key: str) -> FakeStatus | None:
        return self.states.get(dedupe_key)

    def mine(self) -> None:
        """Settle everything queued, as the contracts would."""
        for key, status in list(self.states.items()):
            if status.state == "queued":
                self.states[key] = self._settle(self.items[key])

    def _settle(self, intent: dict[str, Any]) -> FakeStatus:
        mined = FakeStatus("mined", "0x" + "aa" * 32, 5)
        if intent["function"] != "pledgeBatch":
            return mined
        asset, share_bps = intent["item"][3][5], intent["item"][1]
        taken_bps = self.taken_bps.get(asset, 0)
        if taken_bps + share_bps > 10_000:
            error = "PledgeRegistry_OverPledged"
            return FakeStatus("failed", None, None, error, (asset, taken_bps, share_bps))
        self.taken_bps[asset] = taken_bps + share_bps
        return mined
