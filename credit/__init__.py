"""Credit: from verified claims and invoices to a decision that replays bit for bit."""

from __future__ import annotations

from credit.errors import (
    ApplicationExists,
    ApplicationNotFound,
    AssetNotAnchored,
    AssetNotPresented,
    BundleMalformed,
    CaseNotSubmitted,
    CreditError,
    DecisionNotFound,
    LedgerMismatch,
    LedgerMissing,
    LoanNotFound,
    PledgeExists,
    PresentationMissing,
    RequestInvalid,
    WrongState,
)
from credit.facade import Credit, build_credit
from credit.model.decision import LoanRequest, Outcome
from credit.model.records import (
    Application,
    ApplicationState,
    ChainStatus,
    Decision,
    Loan,
    LoanView,
    Pledge,
    PledgeView,
    Review,
    ReviewAnswer,
)
from credit.model.refusal import explain
from credit.model.replay import Cause, Difference, ReplayResult
from credit.ports import LoanCase

__all__ = [
    "Application",
    "ApplicationExists",
    "ApplicationNotFound",
    "ApplicationState",
    "AssetNotAnchored",
    "AssetNotPresented",
    "BundleMalformed",
    "CaseNotSubmitted",
    "Cause",
    "ChainStatus",
    "Credit",
    "CreditError",
    "Decision",
    "DecisionNotFound",
    "Difference",
    "LedgerMismatch",
    "LedgerMissing",
    "Loan",
    "LoanCase",
    "LoanNotFound",
    "LoanRequest",
    "LoanView",
    "Outcome",
    "Pledge",
    "PledgeExists",
    "PledgeView",
    "PresentationMissing",
    "ReplayResult",
    "RequestInvalid",
    "Review",
    "ReviewAnswer",
    "WrongState",
    "build_credit",
    "explain",
]
