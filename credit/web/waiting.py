"""How many loan applications wait for the acting person; start pages show the figures."""

from __future__ import annotations

from credit.model.records import ApplicationState
from credit.web.context import credit
from web.access import Actor

BANK_DECIDES = frozenset({ApplicationState.RECEIVED, ApplicationState.REVIEW_REQUESTED})


def open_offers(actor: Actor) -> int:
    """Return how many offers the enterprise has not answered yet."""
    return _count(actor, frozenset({ApplicationState.APPROVED}))


def waiting_for_bank(actor: Actor) -> int:
    """Return how many applications or reviews wait for the bank."""
    return _count(actor, BANK_DECIDES)


def _count(actor: Actor, states: frozenset[ApplicationState]) -> int:
    return sum(item.state in states for item in credit().applications(actor=actor))
