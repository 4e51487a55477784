"""What credit keeps: applications, decisions, loans, pledges, and their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from credit.model.decision import LoanRequest, Outcome
from credit.model.evidence import CredentialEvidence


class ApplicationState(StrEnum):
    """Where an application stands; ACCEPTED and UPHELD are final."""

    RECEIVED = "received"
    APPROVED = "approved"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    REVIEW_REQUESTED = "review_requested"
    UPHELD = "upheld"


class ReviewAnswer(StrEnum):
    """What a person at the bank answers to a request for human review."""

    UPHELD = "upheld"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Application:
    """A loan application as the bank received it; ``received_at`` in epoch seconds."""

    id: str
    case_id: str
    enterprise_id: str
    enterprise_name: str
    bank_id: str
    bank_code: str
    presentation_id: str
    request: LoanRequest
    state: ApplicationState
    received_at: int


@dataclass(frozen=True)
class Review:
    """An enterprise's request for human review (PIPL art. 24) and its answer, if given."""

    statement: str
    requested_at: int
    answer: ReviewAnswer | None
    note: str | None
    answered_by: str | None
    answered_at: int | None


@dataclass(frozen=True)
class Decision:
    """A decision: the bundle's bytes, the bank's signature over its seal, and the headline."""

    id: str
    application_id: str
    enterprise_id: str
    bank_id: str
    bank_code: str
    outcome: Outcome
    points: int
    limit_fen: int
    rate_bps: int | None
    bundle: bytes
    bundle_sha256: str
    signature: str
    evidence: tuple[CredentialEvidence, ...]
    decided_by: str
    decided_at: int


@dataclass(frozen=True)
class Loan:
    """A granted loan; ``chain_id`` names its attestation, ``evidence_digest`` is salted."""

    id: str
    application_id: str
    decision_id: str
    enterprise_id: str
    enterprise_name: str
    bank_id: str
    bank_code: str
    principal_fen: int
    rate_bps: int
    term_months: int
    bundle_sha256: str
    salt: str
    subject_address: str
    evidence_digest: str
    chain_id: str
    acceptance: str
    granted_at: int


@dataclass(frozen=True)
class Pledge:
    """An intent to pledge a receivable to a loan; whether it holds is what the chain says.

    ``share_bps`` is the share of the receivable's value; ``lien_id`` is salted.
    """

    id: str
    loan_id: str
    enterprise_id: str
    bank_id: str
    bank_code: str
    credential_digest: str
    invoice_no: str
    amount_fen: int
    asset_fingerprint: str
    share_bps: int
    salt: str
    lien_id: str
    created_at: int


@dataclass(frozen=True)
class ChainStatus:
    """How far an intent got on chain: queued, sent, mined or failed, with the decoded error."""

    state: str
    tx_hash: str | None = None
    block_number: int | None = None
    error_name: str | None = None
    error_args: Sequence[Any] | Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PledgeView:
    """A pledge with how far it got on chain."""

    pledge: Pledge
    status: ChainStatus | None


@dataclass(frozen=True)
class LoanView:
    """A loan with its attestation's way on chain and its pledges."""

    loan: Loan
    status: ChainStatus | None
    pledges: tuple[PledgeView, ...]
