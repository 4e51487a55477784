"""The one object through which other packages use `filing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from filing import decide_case, fill_fields, open_case, sign_case, submit_case
from filing.context import Desk
from filing.errors import CaseNotFound
from filing.model.case import SEEN_BY_BANK, Case, Step
from filing.model.meter import Meter, total
from filing.ports import Actor, CaseQuery, CaseSummary, Event


@dataclass(frozen=True)
class Filing:
    """Cases: opened, filled, signed, submitted, decided, measured."""

    desk: Desk

    def open_case(self, actor: Actor, *, form: str, bank_code: str, presentation_id: str) -> Case:
        """Return a new pre-filled draft; see `filing.open_case`."""
        return open_case.open_case(
            self.desk, actor, form=form, bank_code=bank_code, presentation_id=presentation_id
        )

    def fill_fields(
        self,
        actor: Actor,
        case_id: str,
        values: Mapping[str, Any],
        *,
        version: int | None = None,
    ) -> Case:
        """Return the case with a person's values; see `filing.fill_fields`."""
        return fill_fields.fill_fields(self.desk, actor, case_id, values, version=version)

    def sign_case(self, actor: Actor, case_id: str, *, version: int | None = None) -> Case:
        """Return the case signed; see `filing.sign_case`."""
        return sign_case.sign_case(self.desk, actor, case_id, version=version)

    def submit_case(self, actor: Actor, case_id: str) -> Case:
        """Return the case in review; see `filing.submit_case`."""
        return submit_case.submit_case(self.desk, actor, case_id)

    def decide_case(
        self,
        actor: Actor,
        case_id: str,
        *,
        decision: str,
        reasons: Sequence[str] = (),
        bank_values: Mapping[str, Any] | None = None,
    ) -> Case:
        """Return the decided case; see `filing.decide_case`."""
        return decide_case.decide_case(
            self.desk,
            actor,
            case_id,
            decision=decision,
            reasons=reasons,
            bank_values=bank_values,
        )

    def read_case(self, actor: Actor, case_id: str) -> Case:
        """Return a case to its enterprise or its bank; a bank's read is logged.

        Raises:
            CaseNotFound: another tenant's, or not yet with the bank.
        """
        if actor.organisation_kind == "bank":
            case = self.desk.bank_case(case_id, actor)
            self.desk.identity.log_read(
                reader_id=actor.organisation_id,
                enterprise_id=case.enterprise_id,
                purpose=case.use_case,
                fields=sorted(case.values),
                consent_id=case.consent_id,
                outcome="read",
            )
            return case
        return self.desk.own_case(case_id, actor)

    def case(self, case_id: str) -> Case:
        """Return a case by its id, for other packages; they check the tenant themselves.

        Raises:
            CaseNotFound: no such case.
        """
        return self.desk.cases.get(case_id)

    def list_cases(self, actor: Actor, query: CaseQuery) -> tuple[list[CaseSummary], int]:
        """Return a page of the cases the actor's organisation may see, and how many there are.

        An enterprise's come newest first; a bank's in the order they reached it.
        """
        if actor.organisation_kind == "bank":
            states = SEEN_BY_BANK & query.states if query.states else SEEN_BY_BANK
            asked = replace(query, bank_id=actor.organisation_id, states=states)
        elif actor.organisation_kind == "enterprise":
            asked = replace(query, enterprise_id=actor.organisation_id)
        else:
            raise CaseNotFound("Your organisation has no cases.")
        return self.desk.cases.find(asked)

    def events(self, case: Case) -> list[Event]:
        """Return what happened to a case, oldest first."""
        return self.desk.cases.events(case.id)

    def steps(self, case: Case) -> list[Step]:
        """Return how the case's presentation was verified, step by step."""
        return self.desk.cases.steps(case.id)

    def meter(self, case_ids: Sequence[str] | None = None) -> dict[str, Meter]:
        """Return the meter summed per use case, over the given cases or all of them."""
        found = self.desk.cases.meters(case_ids)
        return {use_case: total(meters) for use_case, meters in sorted(found.items())}
