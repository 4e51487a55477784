"""Issue credentials in bulk from an authority's register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from authorities.model.authority import authority, require_record_type
from authorities.model.record import Record, RecordType
from authorities.ports import CredentialIssuer, IssuanceItem, IssuanceOutcome, Register

REFUSALS_SHOWN_MAX = 500


@dataclass(frozen=True)
class Refusal:
    """One record for which no credential was issued, and the stable code of the reason."""

    record_type: str
    uscc: str
    key: str
    reason: str


@dataclass(frozen=True)
class TypeCounts:
    """What issuing did with the records of one type."""

    record_type: str
    issued: int
    unchanged: int
    refused: int


@dataclass(frozen=True)
class IssuanceReport:
    """What issuing did, by type, with the first refusals."""

    types: tuple[TypeCounts, ...]
    refusals: tuple[Refusal, ...]

    @property
    def issued(self) -> int:
        """How many credentials were issued."""
        return sum(counts.issued for counts in self.types)

    @property
    def unchanged(self) -> int:
        """How many records had been issued before, in this version."""
        return sum(counts.unchanged for counts in self.types)

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return sum(counts.refused for counts in self.types)


@dataclass(frozen=True)
class Issuing:
    """Issues the records of a register as credentials; doing so twice issues nothing twice.

    A record that changed is issued anew, and the credential of its version before is revoked.
    """

    types: Mapping[str, RecordType]
    register: Register
    issuer: CredentialIssuer

    def issue(
        self,
        authority_code: str,
        record_types: Sequence[str] | None = None,
        usccs: Iterable[str] | None = None,
    ) -> IssuanceReport:
        """Issue an authority's records: of these types (else all), of these companies (else all).

        Raises:
            UnknownAuthority, UnknownRecordType.
            IssuerRefused: the authority may not issue one of the types now.
        """
        chosen = list(record_types or authority(authority_code).record_types)
        for record_type in chosen:
            require_record_type(authority_code, record_type)
        codes = None if usccs is None else list(usccs)
        counts: list[TypeCounts] = []
        refusals: list[Refusal] = []
        for record_type in chosen:
            records = list(self.register.records(authority_code, record_type, codes))
            done, refused = self._issue_type(authority_code, record_type, records)
            counts.append(done)
            refusals.extend(refused)
        return IssuanceReport(tuple(counts), tuple(refusals[:REFUSALS_SHOWN_MAX]))

    def _issue_type(
        self, authority_code: str, record_type: str, records: Sequence[Record]
    ) -> tuple[TypeCounts, list[Refusal]]:
        kept, refusals = self._split_broken(record_type, records)
        outcomes = self._issue_records(authority_code, record_type, kept)
        for record, outcome in zip(kept, outcomes, strict=True):
            if outcome.outcome == "refused":
                refusals.append(_refusal(record, outcome.reason or "refused"))
        self._supersede(authority_code, kept, outcomes)
        issued = sum(outcome.outcome == "issued" for outcome in outcomes)
        unchanged = sum(outcome.outcome == "unchanged" for outcome in outcomes)
        return TypeCounts(record_type, issued, unchanged, len(refusals)), refusals

    def _supersede(
        self,
        authority_code: str,
        records: Sequence[Record],
        outcomes: Sequence[IssuanceOutcome],
    ) -> None:
        """Revoke what was issued of earlier versions of the records issued now."""
        earlier = [
            key
            for record, outcome in zip(records, outcomes, strict=True)
            if outcome.outcome == "issued"
            for key in record.earlier_source_keys
        ]
        if earlier:
            self.issuer.supersede(authority_code, earlier)

    def _split_broken(
        self, record_type: str, records: Sequence[Record]
    ) -> tuple[list[Record], list[Refusal]]:
        kind = self.types[record_type]
        kept, refusals = [], []
        for record in records:
            if any(True for _ in kind.broken_claims(record.claims)):
                refusals.append(_refusal(record, "claims_invalid"))
            else:
                kept.append(record)
        return kept, refusals

    def _issue_records(
        self, authority_code: str, record_type: str, records: Sequence[Record]
    ) -> Sequence[IssuanceOutcome]:
        if not records:
            return []
        items = [IssuanceItem(r.uscc, r.claims, r.source_key) for r in records]
        return self.issuer.issue_many(authority_code, record_type, items)


def _refusal(record: Record, reason: str) -> Refusal:
    return Refusal(record.record_type, record.uscc, record.key, reason)
