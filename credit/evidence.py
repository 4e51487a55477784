"""Gather what a decision is made from: the presented claims and the ledger they name."""

from __future__ import annotations

from dataclasses import dataclass

from credit.errors import LedgerMissing
from credit.model.evidence import CredentialEvidence, Evidence
from credit.model.feature_catalogue import FEATURES
from credit.model.ledger import InvoiceLedger, invoice_ledger
from credit.ports import LedgerSource, Presented

MULTIPLE_SOURCES = "several"
USED_TYPES = frozenset(spec.source for spec in FEATURES.values()) - {MULTIPLE_SOURCES}
"""Credential types some feature reads; nothing else is kept with a decision."""


@dataclass(frozen=True)
class EvidenceGatherer:
    """Turns a verified presentation into the evidence of a decision."""

    ledgers: LedgerSource

    def of_presentation(self, presented: Presented, uscc: str) -> Evidence:
        """Return the claims that features read, and the ledger if a credential names one.

        Raises:
            LedgerMissing: a credential names a ledger that the source does not hold.
            LedgerMismatch: the source holds another ledger than the credential names.
        """
        return self.of_claims(
            tuple(
                CredentialEvidence(c.type_code, c.issuer_code, c.credential_digest, dict(c.claims))
                for c in presented.credentials
                if c.type_code in USED_TYPES
            ),
            uscc,
        )

    def of_claims(self, credentials: tuple[CredentialEvidence, ...], uscc: str) -> Evidence:
        """Return recorded claims with the ledger fetched again; raises as above."""
        names_ledger = any(c.type_code == "invoice-ledger" for c in credentials)
        evidence = Evidence(credentials, self._ledger(uscc) if names_ledger else None)
        evidence.require_ledger_named_by_credential()
        return evidence

    def _ledger(self, uscc: str) -> InvoiceLedger:
        found = self.ledgers.ledger(uscc)
        if found is None:
            raise LedgerMissing("the ledger source holds no ledger for this enterprise; try later")
        return invoice_ledger(found.digest, found.columns())
