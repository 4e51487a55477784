"""How many applications wait for the acting person; start pages show the figures."""

from __future__ import annotations

from filing.catalogue import USE_CASES
from filing.model.case import EDITABLE, CaseState
from filing.ports import CaseQuery
from filing.web.context import filing
from web.access import Actor


def own_unfinished(actor: Actor) -> int:
    """Return how many of the enterprise's applications it still has to finish."""
    return _total(actor, frozenset(EDITABLE))


def waiting_for_bank(actor: Actor) -> int:
    """Return how many applications of the actor's kind wait for the bank's decision."""
    decided = [form for form, entry in USE_CASES.items() if entry[2] in actor.roles]
    waiting = frozenset({CaseState.IN_REVIEW})
    return sum(_total(actor, waiting, form) for form in decided)


def _total(actor: Actor, states: frozenset[CaseState], form: str | None = None) -> int:
    return filing().list_cases(actor, CaseQuery(states=states, use_case=form, limit=1))[1]
