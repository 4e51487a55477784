"""Grant and revoke consents, signed by the enterprise's controller key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import new_id, new_secret
from identity.errors import ConsentMissing, ConsentNotFound, UnknownCredentialType
from identity.model.consent import Consent, ConsentState
from identity.ports import ChainWriter, Clock, Consents, Keys, Parties, Purposes

VALIDITY_MAX_S = 366 * 86_400


@dataclass(frozen=True)
class ConsentDesk:
    """Keeps the consents of enterprises; each change is signed and queued for the chain."""

    consents: Consents
    parties: Parties
    keys: Keys
    purposes: Purposes
    chain: ChainWriter
    clock: Clock

    def grant(
        self,
        enterprise_id: str,
        *,
        recipient_code: str,
        purpose: str,
        type_codes: Sequence[str] | None,
        validity_s: int,
    ) -> Consent:
        """Record a consent; `type_codes` None means all types the purpose may ask for.

        Raises:
            UnknownCredentialType: a type is not among those the purpose may ask for.
            OrganisationNotFound, PurposeUnknown.
        """
        recipient = self.parties.organisation(recipient_code)
        allowed = self.purposes.types(purpose)
        chosen = tuple(type_codes) if type_codes is not None else tuple(allowed)
        beyond = sorted(set(chosen) - set(allowed))
        if beyond:
            raise UnknownCredentialType(
                f"{purpose} never asks for {', '.join(beyond)}; leave them out", types=beyond
            )
        now = self.clock()
        consent = Consent(
            id=new_id(),
            enterprise_id=enterprise_id,
            recipient_id=recipient.id,
            recipient_code=recipient.code,
            purpose=purpose,
            type_codes=chosen,
            granted_at=now,
            expires_at=now + min(validity_s, VALIDITY_MAX_S),
            salt=new_secret(),
            state=ConsentState.ACTIVE,
        )
        self.consents.add(consent)
        self.chain.grant_consent(
            digest=consent.digest(),
            controller_key=self.keys.controller_key(enterprise_id),
            recipient=recipient.address,
            expires_at=consent.expires_at,
        )
        return consent

    def revoke(self, consent_id: str, enterprise_id: str) -> Consent:
        """Withdraw a consent at once; a second withdrawal changes nothing."""
        consent = self.consents.get(consent_id)
        if consent.enterprise_id != enterprise_id:
            raise ConsentNotFound("no consent of this enterprise has this identifier")
        if consent.state is ConsentState.REVOKED:
            return consent
        self.consents.set_state(consent.id, ConsentState.REVOKED)
        self.chain.revoke_consent(
            digest=consent.digest(), controller_key=self.keys.controller_key(enterprise_id)
        )
        return self.consents.get(consent_id)

    def require(self, enterprise_id: str, recipient_id: str, purpose: str) -> Consent:
        """Return the active consent for this recipient and purpose, or say why there is none."""
        consent = self.consents.newest(enterprise_id, recipient_id, purpose)
        if consent is None:
            raise ConsentMissing(
                f"no consent for {purpose} was given to this bank; the enterprise grants it first"
            )
        consent.require_active(self.clock())
        return consent
