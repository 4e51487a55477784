"""Model objects as the plain values that schemas dump and templates show."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from credit.facade import Credit
from credit.model.records import Application, ChainStatus, Decision, LoanView, PledgeView
from credit.model.refusal import explain
from credit.ports import PresentedCredential


def decision_shape(decision: Decision) -> dict[str, Any]:
    """Return a decision with the reasons from its bundle."""
    output = json.loads(decision.bundle)["output"]
    return {
        "id": decision.id,
        "application_id": decision.application_id,
        "outcome": str(decision.outcome),
        "points": decision.points,
        "cutoff": output["score"]["cutoff"],
        "pd_bps": output["score"]["pd_bps"],
        "limit_fen": decision.limit_fen,
        "rate_bps": decision.rate_bps,
        "reasons": output["reasons"],
        "warnings": output["warnings"],
        "bundle_sha256": decision.bundle_sha256,
        "decided_at": decision.decided_at,
    }


def chain_shape(status: ChainStatus | None) -> dict[str, Any] | None:
    """Return a chain status with the sentence that explains a failure."""
    if status is None:
        return None
    return {
        "state": status.state,
        "tx_hash": status.tx_hash,
        "block_number": status.block_number,
        "error_name": status.error_name,
        "explanation": explain(status),
    }


def pledge_shape(view: PledgeView) -> dict[str, Any]:
    """Return a pledge with its way on chain."""
    return asdict(view.pledge) | {"chain": chain_shape(view.status)}


def loan_shape(view: LoanView) -> dict[str, Any]:
    """Return a loan with its attestation and pledges."""
    pledges = [pledge_shape(pledge) for pledge in view.pledges]
    return asdict(view.loan) | {"chain": chain_shape(view.status), "pledges": pledges}


def application_shape(application: Application, credit: Credit) -> dict[str, Any]:
    """Return an application with its decision, loan and review."""
    decision = credit.latest_decision(application)
    loan = credit.loan_of(application)
    return asdict(application) | {
        "decision": decision_shape(decision) if decision else None,
        "loan": loan_shape(loan) if loan else None,
        "review": credit.review(application),
    }


def receivable_shape(credential: PresentedCredential) -> dict[str, Any]:
    """Return a presented invoice as a receivable."""
    return {
        "credential_digest": credential.credential_digest,
        "invoice_no": credential.claims["invoice_no"],
        "amount_fen": credential.claims["amount_fen"],
        "due_date": credential.claims["due_date"],
    }
