"""Accept offers, grant loans, and pledge receivables to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from credit.applications import PURPOSE, ApplicationDesk, require_advance
from credit.errors import (
    ApplicationNotFound,
    AssetNotAnchored,
    AssetNotPresented,
    LoanNotFound,
    PledgeExists,
    WrongState,
)
from credit.model.chain_ids import address_of_did, attestation_id, salted_digest
from credit.model.records import Application, ApplicationState, Decision, Loan, Pledge
from credit.ports import (
    Actor,
    Attestations,
    Clock,
    CreditStore,
    IdentityPort,
    PresentedCredential,
)
from db import new_id

ACCEPTANCE_TYP = "loan-acceptance+jwt"
SHARE_BPS_MAX = 10_000


@dataclass(frozen=True)
class LoanDesk:
    """Grants loans and takes receivables as security."""

    store: CreditStore
    identity: IdentityPort
    applications: ApplicationDesk
    attestations: Attestations
    clock: Clock

    def accept(self, application_id: str, *, actor: Actor) -> Loan:
        """Accept the bank's offer for the enterprise: sign it, grant the loan, queue its record.

        Raises:
            ApplicationNotFound: the application is not the actor's own enterprise's.
            WrongState: there is no open offer.
        """
        application = self.applications.get(application_id, actor=actor)
        if actor.organisation_id != application.enterprise_id:
            raise ApplicationNotFound("no loan application of that id is visible to you")
        decision = self.store.latest_decision(application_id)
        if decision is None or decision.rate_bps is None:
            raise WrongState(f"the application is {application.state}, there is no offer to accept")
        require_advance(
            self.store, application, ApplicationState.APPROVED, ApplicationState.ACCEPTED
        )
        loan = self._grant(application, decision)
        self.store.add_loan(loan)
        self.attestations.record_loan(loan)
        return loan

    def _grant(self, application: Application, decision: Decision) -> Loan:
        terms = _terms(decision, application.request.term_months)
        bank = self.identity.organisation(application.bank_code)
        subject = address_of_did(self.identity.enterprise(application.enterprise_id).did)
        salt = secrets.token_hex(32)
        evidence_digest = salted_digest(salt, decision.bundle_sha256)
        return Loan(
            id=new_id(),
            application_id=application.id,
            decision_id=decision.id,
            enterprise_id=application.enterprise_id,
            enterprise_name=application.enterprise_name,
            bank_id=application.bank_id,
            bank_code=application.bank_code,
            principal_fen=decision.limit_fen,
            rate_bps=terms["rate_bps"],
            term_months=application.request.term_months,
            bundle_sha256=decision.bundle_sha256,
            salt=salt,
            subject_address=subject,
            evidence_digest=evidence_digest,
            chain_id=attestation_id(bank.address, subject, evidence_digest),
            acceptance=self.identity.sign(application.enterprise_id, terms, typ=ACCEPTANCE_TYP),
            granted_at=self.clock(),
        )

    def get(self, loan_id: str, *, actor: Actor) -> Loan:
        """Return a loan to its bank or its enterprise; to all others it does not exist."""
        loan = self.store.loan(loan_id)
        if loan is None or actor.organisation_id not in (loan.bank_id, loan.enterprise_id):
            raise LoanNotFound("no loan of that id is visible to you")
        return loan

    def pledge_receivable(
        self, loan_id: str, credential_digest: str, *, actor: Actor, share_bps: int = SHARE_BPS_MAX
    ) -> Pledge:
        """Queue the pledge of a presented receivable to a loan.

        Whether it holds is decided by the contract: shares of one receivable never exceed its
        value, whichever banks ask. ``pledge_status`` tells how it went.

        Raises:
            LoanNotFound: not a loan of the actor's bank.
            AssetNotPresented: the invoice credential is not in the bank's presentation.
            AssetNotAnchored: its batch is not on chain yet; try again later.
            PledgeExists: this loan already asked for this receivable and was not refused.
        """
        loan = self.get(loan_id, actor=actor)
        if actor.organisation_id != loan.bank_id:
            raise LoanNotFound("no loan of that id is visible to you")
        invoice = self._invoice(loan, credential_digest, actor)
        self._refuse_repeat(loan, credential_digest)
        inclusion = self.identity.inclusion(credential_digest)
        if inclusion is None:
            raise AssetNotAnchored("the credential's batch is not anchored yet; try again later")
        pledge_id, salt = new_id(), secrets.token_hex(32)
        pledge = Pledge(
            id=pledge_id,
            loan_id=loan.id,
            enterprise_id=loan.enterprise_id,
            bank_id=loan.bank_id,
            bank_code=loan.bank_code,
            credential_digest=credential_digest,
            invoice_no=str(invoice.claims["invoice_no"]),
            amount_fen=int(invoice.claims["amount_fen"]),
            asset_fingerprint=inclusion.asset_fingerprint,
            share_bps=share_bps,
            salt=salt,
            lien_id=salted_digest(salt, pledge_id),
            created_at=self.clock(),
        )
        self.store.add_pledge(pledge)
        self.attestations.pledge(pledge, inclusion)
        return pledge

    def receivables(self, loan: Loan, *, actor: Actor) -> list[PresentedCredential]:
        """Return the valid invoices that were presented to the loan's bank."""
        application = self.applications.get(loan.application_id, actor=actor)
        presented = self.identity.presentation(
            application.presentation_id, reader=actor, purpose=PURPOSE
        )
        return [
            c
            for c in presented.credentials
            if c.type_code == "invoice" and c.claims.get("state") == "valid"
        ]

    def _invoice(self, loan: Loan, digest: str, actor: Actor) -> PresentedCredential:
        for credential in self.receivables(loan, actor=actor):
            if credential.credential_digest == digest:
                return credential
        raise AssetNotPresented(
            "no valid invoice credential of that digest was presented with this application"
        )

    def _refuse_repeat(self, loan: Loan, digest: str) -> None:
        for earlier in self.store.pledges_of_loan(loan.id):
            status = self.attestations.pledge_status(earlier.id)
            failed = status is not None and status.state == "failed"
            if earlier.credential_digest == digest and not failed:
                raise PledgeExists(
                    f"pledge {earlier.id} of this receivable exists", pledge_id=earlier.id
                )


def _terms(decision: Decision, term_months: int) -> dict[str, Any]:
    return {
        "decision_id": decision.id,
        "bundle_sha256": decision.bundle_sha256,
        "principal_fen": decision.limit_fen,
        "rate_bps": decision.rate_bps,
        "term_months": term_months,
    }
