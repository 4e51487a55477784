"""The one object through which other packages use `identity`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db import new_id
from identity.bulk_issuance import BulkIssuance
from identity.consents import ConsentDesk
from identity.evidence import EvidenceDesk
from identity.issuance import Issuance, IssueItem
from identity.issuer_keys import IssuerKeys
from identity.model.access import AccessEntry
from identity.model.credential import HeldCredential, Inclusion, IssuedCredential
from identity.model.party import Enterprise, Organisation
from identity.model.verification import VerifiedPresentation
from identity.organisations import Organisations
from identity.ports import (
    AccessLog,
    Clock,
    Consents,
    Credentials,
    Keys,
    Parties,
    Purposes,
    Reader,
    Requests,
    Trust,
    Types,
)
from identity.presentations import PresentationDesk
from identity.registration import Registration
from identity.signing import Signing
from identity.status_lists import StatusListDesk
from identity.statuses import StatusDesk
from identity.vcdm_delivery import VCDMDelivery
from identity.wallet import Wallet


@dataclass(frozen=True)
class Fingerprints:
    """Keyed fingerprints: HMAC-SHA256 under the consortium key, which never goes on chain."""

    key: bytes

    def __call__(self, *parts: str) -> bytes:
        """Return 32 bytes that stand for `parts` on chain; unguessable without the key."""
        message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
        return hmac.new(self.key, message, hashlib.sha256).digest()


@dataclass(frozen=True)
class Identity:
    """Enterprises, credentials, consents, presentations and signatures."""

    parties: Parties
    keys: Keys
    types: Types
    purposes: Purposes
    credentials: Credentials
    consents: Consents
    requests: Requests
    access_log: AccessLog
    trust: Trust
    clock: Clock
    public_url: str
    fingerprint: Fingerprints
    organisations: Organisations
    registration: Registration
    issuer_keys: IssuerKeys
    issuance: Issuance
    bulk_issuance: BulkIssuance
    vcdm: VCDMDelivery
    consent_desk: ConsentDesk
    presentations: PresentationDesk
    wallet: Wallet
    signing: Signing
    status_desk: StatusDesk
    status_lists: StatusListDesk
    evidence: EvidenceDesk

    def enterprise(self, enterprise_id: str) -> Enterprise:
        """Return an enterprise; raises EnterpriseNotFound."""
        return self.parties.enterprise(enterprise_id)

    def enterprise_by_uscc(self, uscc: str) -> Enterprise | None:
        """Return the enterprise registered under a code, if any."""
        return self.parties.enterprise_by_uscc(uscc)

    def organisation(self, code: str) -> Organisation:
        """Return a bank, authority or regulator; raises OrganisationNotFound."""
        return self.parties.organisation(code)

    def organisation_by_id(self, organisation_id: str) -> Organisation:
        """Return an organisation by its id; raises OrganisationNotFound."""
        return self.parties.organisation_by_id(organisation_id)

    def presentation(
        self, presentation_id: str, *, reader: Reader, purpose: str
    ) -> VerifiedPresentation:
        """Return a verified presentation and log the read; see `PresentationDesk.read`."""
        return self.presentations.read(presentation_id, reader=reader, purpose=purpose)

    def present(self, enterprise_id: str, bank_code: str, purpose: str) -> VerifiedPresentation:
        """Let the hosted wallet answer a bank's request at once, by the protocol's own messages.

        Raises:
            IdentityError: no consent, a required credential is missing, or verification failed.
        """
        desk = self.presentations
        asked = desk.request(enterprise_id, bank_code, purpose)
        bank = self.organisation(bank_code)
        token = desk.request_objects.sign(asked, bank, wallet_nonce=None)
        answer = self.wallet.answer(token, enterprise_id)
        verified = desk.receive(asked, answer.form)
        assert verified is not None  # the hosted wallet never declines: it raises
        return verified

    def latest_presentation(
        self, enterprise_id: str, verifier_id: str, purpose: str
    ) -> VerifiedPresentation | None:
        """Return the newest verified presentation for a verifier and purpose."""
        return self.requests.latest(enterprise_id, verifier_id, purpose)

    def sign(self, enterprise_id: str, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the enterprise's signature over a statement (compact JWS)."""
        return self.signing.sign(enterprise_id, payload, typ=typ)

    def verify_signature(self, enterprise_id: str, jws: str, *, typ: str) -> dict[str, Any]:
        """Return the statement an enterprise signed; raises InvalidSignature."""
        return self.signing.verify(enterprise_id, jws, typ=typ)

    def sign_as(self, organisation_code: str, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return an organisation's signature over a statement (compact JWS)."""
        return self.signing.sign_as(organisation_code, payload, typ=typ)

    def verify_signature_of(self, organisation_code: str, jws: str, *, typ: str) -> dict[str, Any]:
        """Return the statement an organisation signed; raises InvalidSignature."""
        return self.signing.verify_of(organisation_code, jws, typ=typ)

    def seal(self, enterprise_id: str, place: str, data: bytes) -> bytes:
        """Return data encrypted under the enterprise's data key and bound to its place.

        Args:
            enterprise_id: whose data it is; erasing its data key makes the data unreadable.
            place: where the result is kept, as ``table|column|row id``.
            data: what to keep.
        """
        return self.keys.seal(enterprise_id, place, data)

    def open_sealed(self, enterprise_id: str, place: str, sealed: bytes) -> bytes:
        """Return what `seal` was given; raises KeyStoreError when altered, moved or erased."""
        return self.keys.open(enterprise_id, place, sealed)

    def issue(
        self, issuer_code: str, type_code: str, enterprise_id: str, claims: Mapping[str, Any]
    ) -> IssuedCredential:
        """Issue one credential into the enterprise's wallet; it is anchored with the next batch."""
        item = IssueItem(enterprise_id, claims, source_key=f"single:{new_id()}")
        return self.issuance.issue_many(issuer_code, type_code, [item])[0]

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssueItem]
    ) -> list[IssuedCredential]:
        """Issue many credentials of one type; see `Issuance.issue_many`."""
        return self.issuance.issue_many(issuer_code, type_code, items)

    def credentials_of(self, enterprise_id: str) -> list[HeldCredential]:
        """Return the credentials in an enterprise's hosted wallet."""
        return self.credentials.held(enterprise_id)

    def inclusion(self, credential_digest: str) -> Inclusion | None:
        """Return the proof that a credential is anchored; None until it is."""
        return self.credentials.inclusion(credential_digest)

    def waiting_for_chain(self) -> int:
        """Return how many registrations and credentials are not on chain yet."""
        return self.parties.registering() + self.credentials.unanchored()

    def log_read(
        self,
        *,
        reader_id: str,
        enterprise_id: str,
        purpose: str,
        fields: Sequence[str],
        consent_id: str | None,
        outcome: str = "read",
    ) -> None:
        """Append a read of an enterprise's data to the access log."""
        self.access_log.append(
            AccessEntry(
                at=self.clock(),
                reader_id=reader_id,
                enterprise_id=enterprise_id,
                purpose=purpose,
                consent_id=consent_id,
                fields=tuple(fields),
                outcome=outcome,
            )
        )
