"""Put the identity facade together from its adapters."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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


def build_identity(chain: Chain, register: CompanyRegister, settings: IdentitySettings) -> Identity:
    """Return the facade on SQL storage, the server-side key store and one chain."""
    url, jurisdiction = settings.public_url, settings.jurisdiction
    keys = KeyStore(read_secret_file(settings.kek_file))
    fingerprints = Fingerprints(read_secret_file(settings.consortium_key_file))
    types = YAMLTypes()
    purposes = YAMLPurposes(types)
    parties = SQLParties()
    certificates = SQLCertificates(keys, now, url)
    trust = ChainTrust(chain, jurisdiction=jurisdiction, indexed_at=level_at)
    issuer_keys = IssuerKeys(keys, certificates, trust, now)
    credentials = SQLCredentials(keys, types)
    consents, requests, access_log = SQLConsents(), SQLRequests(keys), SQLAccessLog()
    writer = OutboxWriter(chain, jurisdiction=jurisdiction, clock=now)
    desk = ConsentDesk(consents, parties, keys, purposes, writer, now)
    resolve = did_resolver(trust, now)
    documents = HTTPDocuments(settings.issuer_hosts)
    resolver = IssuerResolver(parties, certificates, documents, resolve, now, url)
    verifier = Verifier(parties, resolver, types, credentials, trust, now)
    request_objects = RequestObjects(issuer_keys, resolve, now, url)
    batches, status_indices = SQLBatches(), SQLStatusIndices(fingerprints)
    steps = IssuanceSteps(
        parties, issuer_keys, credentials, status_indices, trust, fingerprints, now, url
    )
    issuance = Issuance(steps, parties, credentials, batches, types, writer, now)
    presentations = PresentationDesk(
        parties,
        requests,
        consents,
        desk,
        purposes,
        verifier,
        request_objects,
        access_log,
        now,
        url,
    )
    status_lists = StatusListDesk(parties, SQLStatusLists(), issuer_keys, trust, now, url)
    return Identity(
        parties=parties,
        keys=keys,
        types=types,
        purposes=purposes,
        credentials=credentials,
        consents=consents,
        requests=requests,
        access_log=access_log,
        trust=trust,
        clock=now,
        public_url=url,
        fingerprint=fingerprints,
        organisations=Organisations(parties, keys, certificates, writer, chain.chain_id),
        registration=Registration(
            parties, keys, register, writer, fingerprints, now, chain.chain_id
        ),
        issuer_keys=issuer_keys,
        issuance=issuance,
        bulk_issuance=BulkIssuance(
            steps, issuance, parties, credentials, batches, types, ProcessMinters(), now
        ),
        vcdm=VCDMDelivery(parties, credentials, types, steps, issuer_keys, now, url),
        consent_desk=desk,
        presentations=presentations,
        wallet=Wallet(parties, credentials, types, consents, request_objects, keys, now),
        signing=Signing(parties, keys, now),
        status_desk=StatusDesk(parties, SQLStatusChanges(), trust, writer, now),
        status_lists=status_lists,
        evidence=EvidenceDesk(
            parties,
            credentials,
            certificates,
            presentations,
            status_lists,
            SQLChainHistory(chain),
            now,
            url,
        ),
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

    return [anchor_credentials, anchor_access_log, note_level]
