"""How many applications wait for the acting person; start pages show the figures."""

from __future__ import annotations

from filing.model.case import EDITABLE, CaseState
from filing.ports import CaseQuery
from filing.web.context import filing
from web.access import Actor


def own_unfinished(actor: Actor) -> int:
    """Return how many of the enterprise's applications it still has to finish."""
    return _total(actor, frozenset(EDITABLE))


def waiting_for_bank(actor: Actor) -> int:
    """Return how many applications wait for the bank's decision."""
    return _total(actor, frozenset({CaseState.IN_REVIEW}))


def _total(actor: Actor, states: frozenset[CaseState]) -> int:
    return filing().list_cases(actor, CaseQuery(states=states, limit=1))[1]
