"""Put the credit facade together from its adapters."""

from __future__ import annotations

from chain import Outbox
from credit.adapters.attestations import OutboxAttestations
from credit.adapters.filing_cases import FilingLoanCases
from credit.adapters.repositories import SQLCreditStore
from credit.adapters.rule_files import RuleFiles
from credit.facade import Credit, build_credit
from credit.ports import Clock, LedgerSource
from filing import Filing
from identity import Identity


def build_sql_credit(
    identity: Identity,
    filing: Filing,
    ledgers: LedgerSource,
    outbox: Outbox,
    *,
    jurisdiction: int,
    clock: Clock,
) -> Credit:
    """Return credit on SQL storage, filing's cases and the chain's outbox."""
    return build_credit(
        store=SQLCreditStore(identity),
        identity=identity,
        cases=FilingLoanCases(filing),
        ledgers=ledgers,
        attestations=OutboxAttestations(outbox, jurisdiction),
        rule_book=RuleFiles(),
        clock=clock,
    )
