"""Open a case: read the presentation, pre-fill the forms, keep both."""

from __future__ import annotations

from db import new_id
from filing.catalogue import bundle
from filing.context import Desk, meter_of
from filing.errors import PresentationUnfit, PresentationUsed, UnknownBank
from filing.model.case import Case, CaseState, Party, Step
from filing.model.derivation import derive
from filing.model.facts import Credential, Credentials
from filing.model.prefill import prefill
from filing.ports import (
    Actor,
    BankReader,
    Event,
    Organisation,
    Presentation,
    VerificationStep,
    VerifiedCredential,
)


def open_case(desk: Desk, actor: Actor, *, form: str, bank_code: str, presentation_id: str) -> Case:
    """Return a new draft whose fields are filled from a verified presentation.

    The presentation is read in the bank's name, so its consent must be active and the read
    is logged.

    Args:
        desk: the ports.
        actor: an agent of the enterprise.
        form: a use case of the catalogue, such as `account-opening`.
        bank_code: the bank the case is addressed to.
        presentation_id: what the enterprise presented to that bank for that purpose.
    Raises:
        UnknownForm, UnknownBank: no such use case or bank.
        PresentationUnfit: another enterprise's, bank's or purpose's presentation.
        PresentationUsed: a case was opened with it before; carries that case's id.
    """
    forms = bundle(form)
    bank = desk.identity.organisation(bank_code)
    if bank.kind != "bank":
        raise UnknownBank(f"“{bank_code}” is no bank. Name the code of a bank.")
    reader = BankReader(bank.id)
    presentation = desk.identity.presentation(presentation_id, reader=reader, purpose=form)
    _check_fit(presentation, actor, bank, form)
    used_by = desk.cases.of_presentation(presentation_id)
    if used_by is not None:
        raise PresentationUsed(
            "A presentation opens one case. Continue that case or present again.", case_id=used_by
        )
    enterprise = desk.identity.enterprise(actor.organisation_id)
    filled = prefill(
        forms,
        Credentials(_credential(item) for item in presentation.credentials),
        declared=desk.declared.of(enterprise.id),
        by_bank={"bank_name": bank.name_zh, "bank_code": bank.code},
    )
    now = desk.clock()
    case = Case(
        id=new_id(),
        use_case=form,
        forms=forms.versions,
        enterprise=Party(enterprise.id, enterprise.uscc, enterprise.name, enterprise.name),
        bank=Party(bank.id, bank.code, bank.name_zh, bank.name_en),
        presentation_id=presentation.id,
        consent_id=presentation.consent_id,
        state=CaseState.DRAFT,
        version=1,
        fields=derive(forms, filled.fields, {}),
        conflicts=filled.conflicts,
        opened_at=now,
        updated_at=now,
    )
    desk.cases.add(case, meter_of(case), [_step(step) for step in presentation.steps])
    event = Event("opened", now, actor.user_id, actor.organisation_id, {"form": form})
    desk.cases.record(case.id, event)
    return case


def _check_fit(presentation: Presentation, actor: Actor, bank: Organisation, purpose: str) -> None:
    if presentation.enterprise_id != actor.organisation_id:
        raise PresentationUnfit("The presentation is another enterprise's. Present your own.")
    if presentation.verifier_id != bank.id:
        raise PresentationUnfit(f"The presentation was not made to {bank.code}. Present to it.")
    if presentation.purpose != purpose:
        raise PresentationUnfit(
            f"The presentation was made for {presentation.purpose}; expected {purpose}."
        )


def _step(step: VerificationStep) -> Step:
    return Step(
        number=step.number,
        name=step.name,
        outcome=str(step.outcome),
        detail_zh=step.detail_zh,
        detail_en=step.detail_en,
        reference=step.reference,
    )


def _credential(item: VerifiedCredential) -> Credential:
    return Credential(
        type_code=item.type_code,
        issuer_code=item.issuer_code,
        issuer_name_zh=item.issuer_name_zh,
        issuer_name_en=item.issuer_name_en,
        credential_digest=item.credential_digest,
        issued_at=item.issued_at,
        verified_at=item.verified_at,
        claims=item.claims,
    )
