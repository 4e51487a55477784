"""Fill fields of a draft by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from filing.catalogue import bundle
from filing.context import Desk, require_version, unsigned
from filing.errors import WrongState
from filing.model.case import EDITABLE, Case, CaseState
from filing.model.filling import fill
from filing.ports import Actor


def fill_fields(
    desk: Desk, actor: Actor, case_id: str, values: Mapping[str, Any], *, version: int | None
) -> Case:
    """Return the case with a person's values; all are taken or none.

    A signed or returned case becomes a draft again and loses its signature. A value that
    changes nothing changes nothing.

    Args:
        desk: the ports.
        actor: an agent of the enterprise.
        case_id: the case.
        values: new values by field key; None clears what a person gave.
        version: the version the caller has read; None to skip the check.
    Raises:
        CaseNotFound, VersionConflict, WrongState: the case cannot be changed by the actor now.
        FieldErrors: a value does not fit; names each field, what was found and expected.
    """
    case = desk.own_case(case_id, actor)
    require_version(case, version)
    if case.state not in EDITABLE:
        raise WrongState(
            f"The case is {case.state.value}; only a draft, signed or returned case is filled in.",
            state=case.state.value,
        )
    filled = fill(bundle(case.use_case), unsigned(case).fields, case.conflicts, values)
    if filled.fields == unsigned(case).fields:
        return case
    changed = replace(unsigned(case), fields=filled.fields, conflicts=filled.conflicts)
    draft = changed.moved(CaseState.DRAFT, desk.clock())
    return desk.save(draft, "filled", actor, fields=list(filled.changed))
