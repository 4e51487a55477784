"""Present from the hosted wallet: consent, request, answer, verification, in one step."""

from __future__ import annotations

from dataclasses import dataclass

from filing.ports import Asked, Organisation
from identity import Identity, IdentityError

CONSENT_VALIDITY_S = 90 * 86_400
_CONSENT_LACKING = frozenset({"consent_missing", "consent_expired", "consent_revoked"})


@dataclass(frozen=True)
class HostedPresenting:
    """Implements `filing.ports.Presenting` over identity's services."""

    identity: Identity

    def banks(self) -> list[Organisation]:
        """Return the banks a case can be addressed to."""
        return [party for party in self.identity.parties.organisations() if party.kind == "bank"]

    def asked(self, purpose: str) -> list[Asked]:
        """Return what a presentation for the purpose discloses, by name."""
        found = []
        for query in self.identity.purposes.queries(purpose):
            kind = self.identity.types.get(query.id)
            claims = [kind.claims[name] for name in query.claims]
            found.append(
                Asked(
                    type_code=query.id,
                    label_zh=kind.label_zh,
                    label_en=kind.label_en,
                    claims_zh=tuple(claim.label_zh for claim in claims),
                    claims_en=tuple(claim.label_en for claim in claims),
                    required=query.required,
                )
            )
        return found

    def present(self, enterprise_id: str, bank_code: str, purpose: str) -> str:
        """Present to a bank and return the verified presentation's id.

        The person has just agreed on the page, so a consent is granted where none is active.

        Raises:
            IdentityError: a required credential is missing, or the verification failed.
        """
        self._require_consent(enterprise_id, bank_code, purpose)
        return self.identity.present(enterprise_id, bank_code, purpose).id

    def _require_consent(self, enterprise_id: str, bank_code: str, purpose: str) -> None:
        desk = self.identity.consent_desk
        try:
            desk.require(enterprise_id, self.identity.organisation(bank_code).id, purpose)
        except IdentityError as error:
            if error.code not in _CONSENT_LACKING:
                raise
            desk.grant(
                enterprise_id,
                recipient_code=bank_code,
                purpose=purpose,
                type_codes=None,
                validity_s=CONSENT_VALIDITY_S,
            )
