"""Features of an applicant, measured on its evidence."""

from __future__ import annotations

from datetime import date

from credit.model.claim_features import Measured, claim_features
from credit.model.evidence import Evidence
from credit.model.feature import Feature, FeatureSpec
from credit.model.feature_catalogue import CLAIM_FEATURES, LEDGER_FEATURES
from credit.model.ledger_features import ledger_features


def measure(evidence: Evidence, as_of: date) -> tuple[Feature, ...]:
    """Return all features as of a date, in catalogue order.

    Ledger features are measured at the ledger's own cut (``data_cut``), claims at ``as_of``.

    Raises:
        LedgerMismatch: the ledger is not the one the invoice-ledger credential names.
        EvidenceMalformed: a claim is of another type than expected.
    """
    evidence.require_ledger_named_by_credential()
    by_ledger = _on_ledger(evidence, as_of)
    by_claims = claim_features(evidence, as_of, by_ledger["turnover_12m_fen"])
    specs = (*LEDGER_FEATURES, *CLAIM_FEATURES)
    return tuple(_feature(spec, (by_ledger | by_claims)[spec.name]) for spec in specs)


def data_cut(evidence: Evidence, as_of: date) -> date:
    """Return the date the ledger is complete to: the credential's period end, never past as_of."""
    credential = evidence.of_type("invoice-ledger")
    period_to = credential.day("period_to") if credential else None
    return min(period_to, as_of) if period_to else as_of


def _on_ledger(evidence: Evidence, as_of: date) -> dict[str, Measured]:
    credential = evidence.of_type("invoice-ledger")
    if evidence.ledger is None or credential is None:
        return {spec.name: (None, ()) for spec in LEDGER_FEATURES}
    values = ledger_features(evidence.ledger, data_cut(evidence, as_of))
    lineage = (credential.credential_digest,)
    return {name: (value, lineage if value is not None else ()) for name, value in values.items()}


def _feature(spec: FeatureSpec, measured: Measured) -> Feature:
    value, lineage = measured
    return Feature(spec.name, value, spec.unit, spec.window, lineage)
