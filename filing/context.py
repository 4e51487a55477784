"""What every use case works with, and the checks they share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from filing.catalogue import bundle
from filing.errors import CaseNotFound, VersionConflict
from filing.model.case import SEEN_BY_BANK, Case
from filing.model.meter import Meter, measure
from filing.ports import Actor, Cases, Clock, DeclaredFacts, Event, Identity, Presenting


@dataclass(frozen=True)
class Desk:
    """The ports of filing in one hand."""

    identity: Identity
    cases: Cases
    declared: DeclaredFacts
    clock: Clock
    presenting: Presenting | None = None

    def own_case(self, case_id: str, actor: Actor) -> Case:
        """Return a case of the actor's enterprise; raises CaseNotFound for any other."""
        case = self.cases.get(case_id)
        if actor.organisation_id != case.enterprise_id:
            raise _not_found()
        return case

    def bank_case(self, case_id: str, actor: Actor) -> Case:
        """Return a case that the actor's bank may see; raises CaseNotFound for any other."""
        case = self.cases.get(case_id)
        if actor.organisation_id != case.bank_id or case.state not in SEEN_BY_BANK:
            raise _not_found()
        return case

    def save(self, case: Case, event: str, actor: Actor, **detail: Any) -> Case:
        """Store a changed case with its meter and what happened."""
        saved = self.cases.save(case, meter_of(case))
        happened = Event(event, case.updated_at, actor.user_id, actor.organisation_id, detail)
        self.cases.record(case.id, happened)
        return saved


def meter_of(case: Case) -> Meter:
    """Return the meter of a case."""
    return measure(bundle(case.use_case), case.fields, conflicts=len(case.open_conflicts))


def require_version(case: Case, version: int | None) -> None:
    """Refuse to work on a case that changed since the caller read it.

    Raises:
        VersionConflict: the versions differ; None asks for no check.
    """
    if version is not None and version != case.version:
        raise VersionConflict(
            f"Found version {case.version}, expected {version}. Read the case again.",
            version=case.version,
        )


def unsigned(case: Case) -> Case:
    """Return the case without its signature and with the signature fields open again."""
    if case.signature is None:
        return case
    fields = dict(case.fields)
    for key, value in case.fields.items():
        if value.how == "signed":
            fields[key] = replace(value, value=None, source=type(value.source).MISSING, how="")
    return replace(case, signature=None, fields=fields)


def _not_found() -> CaseNotFound:
    return CaseNotFound("No case of your organisation has this identifier.")
