"""Put the identity facade together from its adapters."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain import Chain
from db import db
from identity.adapters.access_log import SQLAccessLog
from identity.adapters.batches import SQLBatches
from identity.adapters.certificates import SQLCertificates
from identity.adapters.chain_history import SQLChainHistory
from identity.adapters.chain_index import level_at, note_level
from identity.adapters.chain_writer import OutboxWriter
from identity.adapters.consents import SQLConsents, SQLRequests
from identity.adapters.credentials import SQLCredentials
from identity.adapters.did_keys import did_resolver
from identity.adapters.documents import HTTPDocuments
from identity.adapters.key_store import KeyStore, read_secret_file
from identity.adapters.log_keeper import LogKeeper
from identity.adapters.minters import ProcessMinters
from identity.adapters.openid_store import SQLOnce
from identity.adapters.parties import SQLParties
from identity.adapters.status_indices import SQLStatusIndices
from identity.adapters.statuses import SQLStatusChanges, SQLStatusLists
from identity.adapters.trust import ChainTrust
from identity.adapters.types_registry import YAMLPurposes, YAMLTypes
from identity.bulk_issuance import BulkIssuance
from identity.consents import ConsentDesk
from identity.evidence import EvidenceDesk
from identity.facade import Fingerprints, Identity
from identity.issuance import Issuance
from identity.issuance_steps import IssuanceSteps
from identity.issuer_keys import IssuerKeys
from identity.issuer_resolution import IssuerResolver
from identity.organisations import Organisations
from identity.ports import CompanyRegister
from identity.presentations import PresentationDesk
from identity.registration import Registration
from identity.request_objects import RequestObjects
from identity.signing import Signing
from identity.status_lists import StatusListDesk
from identity.statuses import StatusDesk
from identity.vcdm_delivery import VCDMDelivery
from identity.verification import Verifier
from identity.wallet import Wallet


@dataclass(frozen=True)
class IdentitySettings:
    """What identity needs to know of its installation."""

    public_url: str
    jurisdiction: int
    kek_file: Path
    consortium_key_file: Path
    issuer_hosts: tuple[str, ...] = ()


def now() -> int:
    """Return the time in UTC epoch seconds."""
    return int(time.time())


@dataclass(frozen=True)
class _Storage:
    """The adapters that several use cases share."""

    keys: KeyStore
    types: YAMLTypes
    purposes: YAMLPurposes
    parties: SQLParties
    credentials: SQLCredentials
    consents: SQLConsents
    requests: SQLRequests
    access_log: SQLAccessLog
    trust: ChainTrust
    writer: OutboxWriter
    certificates: SQLCertificates
    issuer_keys: IssuerKeys
    fingerprints: Fingerprints


def _storage(chain: Chain, settings: IdentitySettings) -> _Storage:
    keys, types = KeyStore(read_secret_file(settings.kek_file)), YAMLTypes()
    trust = ChainTrust(chain, jurisdiction=settings.jurisdiction, indexed_at=level_at)
    certificates = SQLCertificates(keys, now, settings.public_url)
    return _Storage(
        keys=keys,
        types=types,
        purposes=YAMLPurposes(types),
        parties=SQLParties(),
        credentials=SQLCredentials(keys, types),
        consents=SQLConsents(),
        requests=SQLRequests(keys),
        access_log=SQLAccessLog(),
        trust=trust,
        writer=OutboxWriter(chain, jurisdiction=settings.jurisdiction, clock=now),
        certificates=certificates,
        issuer_keys=IssuerKeys(keys, certificates, trust, now),
        fingerprints=Fingerprints(read_secret_file(settings.consortium_key_file)),
    )


def build_identity(chain: Chain, register: CompanyRegister, settings: IdentitySettings) -> Identity:
    """Return the facade on SQL storage, the server-side key store and one chain."""
    at, url = _storage(chain, settings), settings.public_url
    consent_desk = ConsentDesk(at.consents, at.parties, at.keys, at.purposes, at.writer, now)
    presentations = _presentation_desk(at, consent_desk, settings)
    status_lists = StatusListDesk(at.parties, SQLStatusLists(), at.issuer_keys, at.trust, now, url)
    return Identity(
        parties=at.parties,
        keys=at.keys,
        types=at.types,
        purposes=at.purposes,
        credentials=at.credentials,
        consents=at.consents,
        requests=at.requests,
        access_log=at.access_log,
        trust=at.trust,
        clock=now,
        public_url=url,
        fingerprint=at.fingerprints,
        organisations=Organisations(
            at.parties, at.keys, at.certificates, at.writer, chain.chain_id
        ),
        registration=Registration(
            at.parties, at.keys, register, at.writer, at.fingerprints, now, chain.chain_id
        ),
        issuer_keys=at.issuer_keys,
        **_issuing(at, url),
        consent_desk=consent_desk,
        presentations=presentations,
        wallet=Wallet(
            at.parties,
            at.credentials,
            at.types,
            at.consents,
            presentations.request_objects,
            at.keys,
            now,
        ),
        signing=Signing(at.parties, at.keys, now),
        status_desk=StatusDesk(at.parties, SQLStatusChanges(), at.trust, at.writer, now),
        status_lists=status_lists,
        evidence=EvidenceDesk(
            at.parties,
            at.credentials,
            at.certificates,
            presentations,
            status_lists,
            SQLChainHistory(chain),
            now,
            url,
        ),
    )


def _issuing(at: _Storage, url: str) -> dict[str, Any]:
    """Return the use cases that issue, by their names in the facade."""
    batches, indices = SQLBatches(), SQLStatusIndices(at.fingerprints)
    steps = IssuanceSteps(
        at.parties,
        at.issuer_keys,
        at.credentials,
        indices,
        at.trust,
        at.fingerprints,
        now,
        url,
    )
    issuance = Issuance(steps, at.parties, at.credentials, batches, at.types, at.writer, now)
    bulk = BulkIssuance(
        steps, issuance, at.parties, at.credentials, batches, at.types, ProcessMinters(), now
    )
    vcdm = VCDMDelivery(at.parties, at.credentials, at.types, steps, at.issuer_keys, now, url)
    return {"issuance": issuance, "bulk_issuance": bulk, "vcdm": vcdm}


def _presentation_desk(
    at: _Storage, consent_desk: ConsentDesk, settings: IdentitySettings
) -> PresentationDesk:
    resolve, url = did_resolver(at.trust, now), settings.public_url
    documents = HTTPDocuments(settings.issuer_hosts)
    resolver = IssuerResolver(at.parties, at.certificates, documents, resolve, now, url)
    return PresentationDesk(
        at.parties,
        at.requests,
        at.consents,
        consent_desk,
        at.purposes,
        Verifier(at.parties, resolver, at.types, at.credentials, at.trust, now),
        RequestObjects(at.issuer_keys, resolve, now, url),
        at.access_log,
        now,
        url,
    )


def housekeeping(identity: Identity) -> list[Callable[[], None]]:
    """Return what a worker does between two passes; each call commits its own work."""
    log_keeper = LogKeeper(now)

    def anchor_credentials() -> None:
        identity.issuance.anchor_pending()
        db.session.commit()

    def anchor_access_log() -> None:
        log_keeper.anchor_if_due()
        db.session.commit()

    def forget_what_expired() -> None:
        SQLOnce().forget_expired(now())
        db.session.commit()

    return [anchor_credentials, anchor_access_log, forget_what_expired, note_level]
