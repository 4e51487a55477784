"""Sign a complete draft: the application's hash, under the enterprise's key."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from filing.catalogue import bundle
from filing.context import Desk, require_version, unsigned
from filing.errors import CaseIncomplete, SignatureMismatch
from filing.model.case import Case, CaseState, Signature, missing_required
from filing.model.derivation import derive
from filing.model.form import FieldType
from filing.model.prefill import Declared
from filing.model.value import BY_PERSON, FieldValue, Source
from filing.ports import Actor

SIGNATURE_TYPE = "application+jwt"
BEIJING = ZoneInfo("Asia/Shanghai")


def sign_case(desk: Desk, actor: Actor, case_id: str, *, version: int | None = None) -> Case:
    """Return the case signed, and keep the facts it declares for the next case.

    Raises:
        CaseNotFound, VersionConflict, WrongState: the case cannot be signed by the actor now.
        CaseIncomplete: required fields are missing; carries their keys.
    """
    case = desk.own_case(case_id, actor)
    require_version(case, version)
    now = desk.clock()
    forms = bundle(case.use_case)
    dated = {"signed_on": datetime.fromtimestamp(now, BEIJING).date().isoformat()}
    complete = replace(case, fields=derive(forms, unsigned(case).fields, dated))
    missing = [field.key for field in missing_required(forms, complete.fields)]
    if missing:
        raise CaseIncomplete(
            f"{len(missing)} required fields are missing, first {missing[0]}. Fill them.",
            missing=missing,
        )
    digest = application_hash(complete)
    jws = desk.identity.sign(case.enterprise_id, _statement(case, digest), typ=SIGNATURE_TYPE)
    signature = Signature(digest, jws, now, actor.user_id)
    fields = _with_signature(complete, digest, now)
    signed = replace(complete, fields=fields).moved(CaseState.SIGNED, now, signature=signature)
    _keep_declared(desk, signed, now)
    return desk.save(signed, "signed", actor, application_hash=digest)


def application_hash(case: Case) -> str:
    """Return the SHA-256 (hex) of the canonical application (RFC 8785).

    It covers the case, the forms' versions, the bank and every value the applicant answers
    for; not the bank's own fields and not the signature's.
    """
    signed = {field.key for field in bundle(case.use_case).fields if field.is_signed}
    document: Any = {
        "case_id": case.id,
        "forms": dict(case.forms),
        "bank": case.bank_code,
        "fields": {key: value for key, value in case.values.items() if key in signed},
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def check_signature(desk: Desk, case: Case) -> None:
    """Check that the stored signature covers the stored application.

    Raises:
        SignatureMismatch: there is none, or the application, hash or signer differ.
    """
    if case.signature is None:
        raise SignatureMismatch("The case carries no signature. Return it to be signed.")
    signature = case.signature
    if application_hash(case) != signature.application_hash:
        raise SignatureMismatch("The stored application is not the signed one. Return the case.")
    signed = desk.identity.verify_signature(case.enterprise_id, signature.jws, typ=SIGNATURE_TYPE)
    expected = _statement(case, signature.application_hash)
    if any(signed.get(name) != content for name, content in expected.items()):
        raise SignatureMismatch("The signature is over another application. Return the case.")


def _statement(case: Case, digest: str) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "bank": case.bank_code,
        "forms": dict(case.forms),
        "application_hash": digest,
    }


def _with_signature(case: Case, digest: str, at: int) -> dict[str, FieldValue]:
    stamp = FieldValue(digest, Source.CHOSEN, issued_at=at, how="signed")
    keys = [f.key for f in bundle(case.use_case).fields if f.type is FieldType.SIGNATURE]
    return {**case.fields, **dict.fromkeys(keys, stamp)}


def _keep_declared(desk: Desk, case: Case, at: int) -> None:
    facts = {
        field.key: Declared(case.fields[field.key].value, at, case.id)
        for field in bundle(case.use_case).fields
        if field.is_declared_once and case.fields[field.key].source in BY_PERSON
    }
    if facts:
        desk.declared.keep(case.enterprise_id, facts)
