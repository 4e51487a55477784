"""Hand a signed case to its bank."""

from __future__ import annotations

from filing.context import Desk
from filing.model.case import Case, CaseState
from filing.ports import Actor
from filing.sign_case import check_signature


def submit_case(desk: Desk, actor: Actor, case_id: str) -> Case:
    """Return the case in review; from now on its bank sees it.

    Raises:
        CaseNotFound: no such case of the actor's enterprise.
        WrongState: the case is not signed.
        SignatureMismatch: the signature does not cover what is stored.
    """
    case = desk.own_case(case_id, actor)
    now = desk.clock()
    submitted = case.moved(CaseState.IN_REVIEW, now, submitted_at=now)
    check_signature(desk, case)
    return desk.save(submitted, "submitted", actor)
