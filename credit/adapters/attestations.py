"""Credit's writes to the contracts, as items of the outbox.

The items are the structs of ``ICreditRegistry`` and ``IPledgeRegistry``, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain import Outbox
from credit.model.chain_ids import NO_CORRECTION
from credit.model.records import ChainStatus, Loan, Pledge
from credit.ports import InclusionProof


@dataclass(frozen=True)
class OutboxAttestations:
    """Queues loan records and pledges; ``jurisdiction`` is a GB/T 2260 code."""

    outbox: Outbox
    jurisdiction: int

    def record_loan(self, loan: Loan) -> None:
        """Queue the attestation that a loan was granted."""
        self.outbox.enqueue(
            dedupe_key=_loan_key(loan.id),
            signer=f"bank:{loan.bank_code}",
            contract="CreditRegistry",
            function="recordBatch",
            item=[
                loan.subject_address,
                loan.evidence_digest,
                "0x" + NO_CORRECTION.hex(),
                self.jurisdiction,
            ],
        )

    def pledge(self, pledge: Pledge, inclusion: InclusionProof) -> None:
        """Queue the pledge of a receivable, proved by its credential's inclusion."""
        self.outbox.enqueue(
            dedupe_key=_pledge_key(pledge.id),
            signer=f"bank:{pledge.bank_code}",
            contract="PledgeRegistry",
            function="pledgeBatch",
            item=[
                pledge.lien_id,
                pledge.share_bps,
                self.jurisdiction,
                [
                    inclusion.issuer_address,
                    inclusion.batch_root,
                    inclusion.credential_digest,
                    inclusion.credential_type,
                    inclusion.status_index,
                    inclusion.asset_fingerprint,
                    list(inclusion.proof),
                ],
            ],
        )

    def loan_status(self, loan_id: str) -> ChainStatus | None:
        """Return how far a loan's attestation got; None if none was queued."""
        return self._status(_loan_key(loan_id))

    def pledge_status(self, pledge_id: str) -> ChainStatus | None:
        """Return how far a pledge got; None if none was queued."""
        return self._status(_pledge_key(pledge_id))

    def _status(self, key: str) -> ChainStatus | None:
        found = self.outbox.status(key)
        if found is None:
            return None
        return ChainStatus(
            state=str(found.state),
            tx_hash=found.tx_hash,
            block_number=found.block_number,
            error_name=found.error_name,
            error_args=found.error_args,
        )


def _loan_key(loan_id: str) -> str:
    return f"credit:loan:{loan_id}:granted"


def _pledge_key(pledge_id: str) -> str:
    return f"credit:pledge:{pledge_id}"
