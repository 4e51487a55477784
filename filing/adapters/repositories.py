"""Cases and declared facts in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import UnaryExpression, delete, func, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from db import new_id
from filing.adapters.documents import case_of, document_of
from filing.adapters.sealed_json import SealedJSON
from filing.adapters.tables import CaseRow, DeclaredRow, EventRow
from filing.errors import CaseNotFound, VersionConflict
from filing.model.case import Case, CaseState, Step
from filing.model.meter import Meter
from filing.model.prefill import Declared
from filing.ports import CaseQuery, CaseSummary, Event, Sealer

IDS_PER_QUERY = 500


@dataclass(frozen=True)
class CaseRepository:
    """Implements `filing.ports.Cases`."""

    session: Session | scoped_session[Session]
    sealer: Sealer

    def add(self, case: Case, meter: Meter, steps: Sequence[Step]) -> None:
        """Store a new case with the verification of its presentation."""
        self.session.add(
            CaseRow(
                id=case.id,
                use_case=case.use_case,
                enterprise_id=case.enterprise.id,
                enterprise_name=case.enterprise.name_zh,
                enterprise_code=case.enterprise.code,
                bank_id=case.bank.id,
                bank_code=case.bank.code,
                bank_name_zh=case.bank.name_zh,
                bank_name_en=case.bank.name_en,
                presentation_id=case.presentation_id,
                state=case.state.value,
                version=case.version,
                opened_at=case.opened_at,
                updated_at=case.updated_at,
                submitted_at=case.submitted_at,
                meter=meter.to_json(),
                document=self._sealed_document(case),
                steps=self._steps.write(
                    case.enterprise.id, case.id, [asdict(step) for step in steps]
                ),
            )
        )
        self.session.flush()

    def get(self, case_id: str) -> Case:
        """Return a case; raises CaseNotFound, and KeyStoreError where it was altered or erased."""
        row = self.session.get(CaseRow, case_id, populate_existing=True)
        if row is None:
            raise CaseNotFound("No case has this identifier.")
        return case_of(row, self._document.read(row.enterprise_id, row.id, row.document))

    def save(self, case: Case, meter: Meter) -> Case:
        """Store a changed case and return it with its new version.

        Raises:
            VersionConflict: another change was stored since the case was read.
        """
        changed = self.session.scalar(
            update(CaseRow)
            .where(CaseRow.id == case.id, CaseRow.version == case.version)
            .values(
                state=case.state.value,
                version=case.version + 1,
                updated_at=case.updated_at,
                submitted_at=case.submitted_at,
                meter=meter.to_json(),
                document=self._sealed_document(case),
            )
            .returning(CaseRow.version)
            .execution_options(synchronize_session=False)
        )
        if changed is None:
            raise VersionConflict("The case was changed at the same time. Read it again.")
        return replace(case, version=case.version + 1)

    def steps(self, case_id: str) -> list[Step]:
        """Return the verification steps of the case's presentation."""
        asked = select(CaseRow.enterprise_id, CaseRow.steps).where(CaseRow.id == case_id)
        found = self.session.execute(asked).one_or_none()
        if found is None:
            return []
        return [Step(**step) for step in self._steps.read(found[0], case_id, found[1])]

    def of_presentation(self, presentation_id: str) -> str | None:
        """Return the id of the case that a presentation opened, if any."""
        found = select(CaseRow.id).where(CaseRow.presentation_id == presentation_id)
        return self.session.scalar(found)

    def find(self, query: CaseQuery) -> tuple[list[CaseSummary], int]:
        """Return a page of cases and how many match: a bank's queue oldest first."""
        conditions = []
        if query.enterprise_id is not None:
            conditions.append(CaseRow.enterprise_id == query.enterprise_id)
        if query.bank_id is not None:
            conditions.append(CaseRow.bank_id == query.bank_id)
        if query.use_case is not None:
            conditions.append(CaseRow.use_case == query.use_case)
        if query.states is not None:
            conditions.append(CaseRow.state.in_(sorted(query.states)))
        order: tuple[UnaryExpression[Any], ...] = (CaseRow.opened_at.desc(), CaseRow.id.desc())
        if query.bank_id is not None:
            order = (CaseRow.submitted_at.asc(), CaseRow.id.asc())
        columns = [getattr(CaseRow, name) for name in _SUMMARY]
        rows = self.session.execute(
            select(*columns)
            .where(*conditions)
            .order_by(*order)
            .offset(query.offset)
            .limit(query.limit)
        )
        count = select(func.count()).select_from(CaseRow).where(*conditions)
        return [_summary(dict(row)) for row in rows.mappings()], self.session.scalar(count) or 0

    def meters(self, case_ids: Sequence[str] | None) -> dict[str, list[Meter]]:
        """Return the meters by use case, of the given cases or of all."""
        asked = select(CaseRow.use_case, CaseRow.meter)
        queries = [asked]
        if case_ids is not None:
            starts = range(0, len(case_ids), IDS_PER_QUERY)
            parts = [case_ids[start : start + IDS_PER_QUERY] for start in starts]
            queries = [asked.where(CaseRow.id.in_(part)) for part in parts]
        found: dict[str, list[Meter]] = {}
        for query in queries:
            for use_case, meter in self.session.execute(query):
                found.setdefault(use_case, []).append(Meter.from_json(meter))
        return found

    def record(self, case_id: str, event: Event) -> None:
        """Append to the case's timeline; the case was stored before."""
        event_id, enterprise_id = new_id(), self._owner(case_id)
        self.session.add(
            EventRow(
                id=event_id,
                case_id=case_id,
                kind=event.kind,
                at=event.at,
                actor_id=event.actor_id,
                organisation_id=event.organisation_id,
                detail=self._detail.write(enterprise_id, event_id, dict(event.detail)),
            )
        )

    def events(self, case_id: str) -> list[Event]:
        """Return the case's timeline, oldest first."""
        rows = self.session.scalars(
            select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.at, EventRow.id)
        ).all()
        if not rows:
            return []
        owner, read = self._owner(case_id), self._detail.read
        return [
            Event(r.kind, r.at, r.actor_id, r.organisation_id, read(owner, r.id, r.detail))
            for r in rows
        ]

    def _owner(self, case_id: str) -> str:
        found = self.session.scalar(select(CaseRow.enterprise_id).where(CaseRow.id == case_id))
        if found is None:
            raise CaseNotFound("No case has this identifier.")
        return found

    def _sealed_document(self, case: Case) -> bytes:
        return self._document.write(case.enterprise.id, case.id, document_of(case))

    @property
    def _document(self) -> SealedJSON:
        return SealedJSON(self.sealer, "filing_case|document")

    @property
    def _steps(self) -> SealedJSON:
        return SealedJSON(self.sealer, "filing_case|steps")

    @property
    def _detail(self) -> SealedJSON:
        return SealedJSON(self.sealer, "filing_event|detail")


_SUMMARY = (
    "id", "use_case", "enterprise_id", "enterprise_name", "enterprise_code", "bank_id",
    "bank_code", "bank_name_zh", "bank_name_en", "state", "version", "opened_at", "updated_at",
    "submitted_at", "meter",
)  # fmt: skip


def _summary(row: dict[str, object]) -> CaseSummary:
    state, meter = CaseState(str(row.pop("state"))), row.pop("meter")
    return CaseSummary(**row, state=state, meter=Meter.from_json(meter))  # type: ignore[arg-type]


@dataclass(frozen=True)
class DeclaredRepository:
    """Implements `filing.ports.DeclaredFacts`."""

    session: Session | scoped_session[Session]
    sealer: Sealer

    def of(self, enterprise_id: str) -> dict[str, Declared]:
        """Return what the enterprise declared, by field key."""
        rows = self.session.scalars(
            select(DeclaredRow).where(DeclaredRow.enterprise_id == enterprise_id)
        )
        return {
            row.key: Declared(
                self._value.read(enterprise_id, _declared_id(enterprise_id, row.key), row.value),
                row.declared_at,
                row.case_id,
            )
            for row in rows
        }

    def keep(self, enterprise_id: str, facts: Mapping[str, Declared]) -> None:
        """Store facts; a newer declaration of the same fact replaces the older."""
        rows = [
            {
                "enterprise_id": enterprise_id,
                "key": key,
                "value": self._value.write(
                    enterprise_id, _declared_id(enterprise_id, key), fact.value
                ),
                "declared_at": fact.declared_at,
                "case_id": fact.case_id,
            }
            for key, fact in facts.items()
        ]
        self.session.execute(
            delete(DeclaredRow).where(
                DeclaredRow.enterprise_id == enterprise_id, DeclaredRow.key.in_(list(facts))
            )
        )
        self.session.execute(insert(DeclaredRow), rows)

    @property
    def _value(self) -> SealedJSON:
        return SealedJSON(self.sealer, "filing_declared|value")


def _declared_id(enterprise_id: str, key: str) -> str:
    return f"{enterprise_id}/{key}"
