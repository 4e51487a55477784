"""How many applications wait for the acting person; start pages show the figures."""

from __future__ import annotations

from filing.model.case import EDITABLE, CaseState
from filing.ports import CaseQuery
from filing.web.context import filing
from web.access import Actor, Role


def own_unfinished(actor: Actor) -> int:
    """Return how many of the enterprise's applications it still has to finish."""
    return _total(actor, frozenset(EDITABLE))


def waiting_for_bank(actor: Actor) -> int | None:
    """Return how many account openings wait for the desk; credit counts the loans itself."""
    if Role.ACCOUNT_DESK not in actor.roles:
        return None
    return _total(actor, frozenset({CaseState.IN_REVIEW}), "account-opening")


def _total(actor: Actor, states: frozenset[CaseState], form: str | None = None) -> int:
    return filing().list_cases(actor, CaseQuery(states=states, use_case=form, limit=1))[1]
