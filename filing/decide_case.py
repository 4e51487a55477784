"""The bank's decision on a case in review."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from filing.catalogue import bundle
from filing.context import Desk
from filing.errors import DecisionInvalid, DecisionNotAllowed
from filing.model.case import Case, CaseState, Decision
from filing.model.filling import fill_by_bank
from filing.ports import Actor
from filing.sign_case import BEIJING, check_signature

OUTCOMES = {
    "approve": CaseState.APPROVED,
    "refuse": CaseState.REFUSED,
    "return": CaseState.RETURNED,
}
ACCOUNT_CERTIFICATE = "account-certificate"
WILL_VERIFICATION = "will_verification"
_CERTIFIED = ("account_no", "bank_name", "bank_code", "open_date", "account_nature")


def decide_case(
    desk: Desk,
    actor: Actor,
    case_id: str,
    *,
    decision: str,
    reasons: Sequence[str] = (),
    bank_values: Mapping[str, Any] | None = None,
) -> Case:
    """Return the case approved, refused or returned, after checking the signature again.

    An approved account opening yields an account credential, issued by the bank.

    Args:
        desk: the ports.
        actor: of the bank, with the role that decides this kind of case.
        case_id: the case, in review.
        decision: `approve`, `refuse` or `return`.
        reasons: why; needed to refuse or return.
        bank_values: the bank's own fields, such as `will_verification`.
    Raises:
        CaseNotFound: no case of the actor's bank.
        DecisionNotAllowed: the actor's role does not decide it.
        DecisionInvalid: no such decision, reasons missing, or the wish to open not verified.
        FieldErrors: a bank field is unknown or its value does not fit.
        WrongState: the case is not in review.
        SignatureMismatch: the signature does not cover what is stored.
    """
    case = desk.bank_case(case_id, actor)
    forms = bundle(case.use_case)
    if forms.decided_by not in {str(role) for role in actor.roles}:
        raise DecisionNotAllowed(f"Cases of {case.use_case} are decided by {forms.decided_by}.")
    outcome = _outcome(decision, reasons)
    now = desk.clock()
    decided = case.moved(outcome, now)
    check_signature(desk, case)
    given = dict(bank_values or {})
    if case.use_case == "account-opening" and outcome is CaseState.APPROVED:
        given = _opening_values(case, given, now)
    fields = fill_by_bank(forms, case.fields, given)
    digest = None
    if case.use_case == "account-opening" and outcome is CaseState.APPROVED:
        digest = _certify(desk, replace(case, fields=fields))
    final = replace(
        decided,
        fields=fields,
        decision=Decision(outcome, tuple(reasons), now, actor.user_id, digest),
    )
    return desk.save(final, outcome.value, actor, reasons=list(reasons))


def _outcome(decision: str, reasons: Sequence[str]) -> CaseState:
    if decision not in OUTCOMES:
        names = ", ".join(OUTCOMES)
        raise DecisionInvalid(f"Found decision “{decision[:40]}”; expected one of {names}.")
    if decision != "approve" and not any(reason.strip() for reason in reasons):
        raise DecisionInvalid(f"A decision to {decision} needs at least one reason; found none.")
    return OUTCOMES[decision]


def _opening_values(case: Case, given: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return the bank's fields of an opening; number, day and channel are set where not given.

    Raises:
        DecisionInvalid: the representative's wish to open was not verified as passed.
    """
    if given.get(WILL_VERIFICATION) != "passed":
        raise DecisionInvalid(
            f"Opening needs the verified wish of the legal representative: expected bank value "
            f"{WILL_VERIFICATION} = passed, found {'another' if given else 'none'}."
        )
    return {
        "account_no": account_number(case),
        "open_date": datetime.fromtimestamp(now, BEIJING).date().isoformat(),
        "open_channel": "online",
        **given,
    }


def account_number(case: Case) -> str:
    """Return a simulated 19-digit account number, the same whenever asked for the same case."""
    digest = hashlib.sha256(f"{case.bank_code}/{case.id}".encode()).digest()
    return f"1100{int.from_bytes(digest[:8]) % 10**15:015d}"


def basic_account_number(account_no: str) -> str:
    """Return a simulated number of a basic account: J and thirteen digits."""
    return f"J1000{account_no[-9:]}"


def _certify(desk: Desk, case: Case) -> str:
    claims = {key: case.values[key] for key in _CERTIFIED} | {"uscc": case.enterprise.code}
    if claims["account_nature"] == "basic":
        claims["basic_account_no"] = basic_account_number(claims["account_no"])
    elif "basic_account_no" in case.values:
        claims["basic_account_no"] = case.values["basic_account_no"]
    issued = desk.identity.issue(case.bank_code, ACCOUNT_CERTIFICATE, case.enterprise_id, claims)
    return issued.digest
