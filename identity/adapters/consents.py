"""Consents, presentation requests and verified presentations in the database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, select, update

from db import db
from identity.adapters.tables import ConsentRow, InstitutionRow, PresentationRow, RequestRow
from identity.errors import ConsentNotFound, PresentationNotFound, RequestNotFound
from identity.model.consent import Consent, ConsentState
from identity.model.request import PresentationRequest, ResponseMode
from identity.model.verification import (
    Outcome,
    VerificationStep,
    VerifiedCredential,
    VerifiedPresentation,
)
from identity.ports import Keys


def _consent(row: ConsentRow, recipient_code: str) -> Consent:
    return Consent(
        id=row.id,
        enterprise_id=row.enterprise_id,
        recipient_id=row.recipient_id,
        recipient_code=recipient_code,
        purpose=row.purpose,
        type_codes=tuple(row.type_codes),
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        salt=row.salt,
        state=ConsentState(row.state),
    )


class SQLConsents:
    """Reads and writes `identity_consent`."""

    _select = select(ConsentRow, InstitutionRow.code).join(
        InstitutionRow, InstitutionRow.id == ConsentRow.recipient_id
    )

    def add(self, consent: Consent) -> None:
        """Store a new consent."""
        row = ConsentRow(
            id=consent.id,
            enterprise_id=consent.enterprise_id,
            recipient_id=consent.recipient_id,
            purpose=consent.purpose,
            type_codes=list(consent.type_codes),
            granted_at=consent.granted_at,
            expires_at=consent.expires_at,
            salt=consent.salt,
            digest="0x" + consent.digest().hex(),
            state=consent.state.value,
        )
        db.session.add(row)
        db.session.flush()

    def get(self, consent_id: str) -> Consent:
        """Return a consent; raises ConsentNotFound."""
        found = db.session.execute(self._select.where(ConsentRow.id == consent_id)).one_or_none()
        if found is None:
            raise ConsentNotFound("no consent has this identifier")
        return _consent(*found)

    def of_enterprise(self, enterprise_id: str) -> list[Consent]:
        """Return an enterprise's consents, newest first."""
        query = self._select.where(ConsentRow.enterprise_id == enterprise_id)
        rows = db.session.execute(query.order_by(ConsentRow.id.desc()))
        return [_consent(*row) for row in rows]

    def newest(self, enterprise_id: str, recipient_id: str, purpose: str) -> Consent | None:
        """Return the newest consent for a recipient and purpose, whatever its state."""
        query = (
            self._select.where(
                ConsentRow.enterprise_id == enterprise_id,
                ConsentRow.recipient_id == recipient_id,
                ConsentRow.purpose == purpose,
            )
            .order_by(ConsentRow.id.desc())
            .limit(1)
        )
        found = db.session.execute(query).one_or_none()
        return None if found is None else _consent(*found)

    def set_state(self, consent_id: str, state: ConsentState) -> None:
        """Change a consent's state."""
        db.session.execute(
            update(ConsentRow).where(ConsentRow.id == consent_id).values(state=state.value)
        )


def _key_place(request_id: str) -> str:
    return f"identity_request|sealed_key|{request_id}"


class SQLRequests:
    """Reads and writes `identity_request` and `identity_presentation` (sealed at rest)."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def add(self, request: PresentationRequest) -> None:
        """Store a new request; its decryption key is sealed under the verifier's data key."""
        members = asdict(request)
        del members["verifier_code"], members["decryption_jwk"]
        members |= {
            "dcql_query": dict(request.dcql_query),
            "transaction_data": list(request.transaction_data),
            "response_mode": request.response_mode.value,
        }
        if request.decryption_jwk is not None:
            members["sealed_key"] = self._keys.seal(
                request.verifier_id, _key_place(request.id), orjson.dumps(request.decryption_jwk)
            )
        db.session.add(RequestRow(**members))
        db.session.flush()

    def get(self, request_id: str) -> PresentationRequest:
        """Return a request; raises RequestNotFound."""
        found = db.session.execute(
            select(RequestRow, InstitutionRow.code)
            .join(InstitutionRow, InstitutionRow.id == RequestRow.verifier_id)
            .where(RequestRow.id == request_id)
        ).one_or_none()
        if found is None:
            raise RequestNotFound("no presentation request has this identifier")
        return self._request(*found)

    def _request(self, row: RequestRow, verifier_code: str) -> PresentationRequest:
        opened = None
        if row.sealed_key is not None:
            opened = self._keys.open(row.verifier_id, _key_place(row.id), row.sealed_key)
        return PresentationRequest(
            id=row.id,
            verifier_id=row.verifier_id,
            verifier_code=verifier_code,
            enterprise_id=row.enterprise_id,
            consent_id=row.consent_id,
            purpose=row.purpose,
            client_id=row.client_id,
            response_mode=ResponseMode(row.response_mode),
            nonce=row.nonce,
            state=row.state,
            dcql_query=row.dcql_query,
            transaction_data=tuple(row.transaction_data),
            decryption_jwk=None if opened is None else orjson.loads(opened),
            response_code=row.response_code,
            created_at=row.created_at,
            expires_at=row.expires_at,
            answered_at=row.answered_at,
            declined=row.declined,
        )

    def decline(self, request_id: str, at: int, reason: str) -> bool:
        """Record that the wallet declined; False when the request was answered before."""
        result = db.session.execute(
            update(RequestRow)
            .where(RequestRow.id == request_id, RequestRow.answered_at.is_(None))
            .values(answered_at=at, declined=reason)
        )
        return cast("CursorResult[Any]", result).rowcount == 1

    def answering(self, request_id: str) -> str | None:
        """Return the id of the presentation that answered a request."""
        query = select(PresentationRow.id).where(PresentationRow.request_id == request_id)
        return db.session.execute(query).scalar_one_or_none()

    def claim(self, request_id: str, at: int) -> bool:
        """Mark a request as answered; False when another response came first."""
        result = db.session.execute(
            update(RequestRow)
            .where(RequestRow.id == request_id, RequestRow.answered_at.is_(None))
            .values(answered_at=at)
        )
        return cast("CursorResult[Any]", result).rowcount == 1

    def add_presentation(self, request_id: str, presentation: VerifiedPresentation) -> None:
        """Store what was verified, sealed under the enterprise's data key."""
        content = orjson.dumps(
            {
                "credentials": presentation.credentials,
                "steps": presentation.steps,
                "transaction_data": presentation.transaction_data,
            }
        )
        place = f"identity_presentation|{presentation.id}"
        row = PresentationRow(
            id=presentation.id,
            request_id=request_id,
            enterprise_id=presentation.enterprise_id,
            verifier_id=presentation.verifier_id,
            consent_id=presentation.consent_id,
            purpose=presentation.purpose,
            verified_at=presentation.verified_at,
            sealed=self._keys.seal(presentation.enterprise_id, place, content),
        )
        db.session.add(row)
        db.session.flush()

    def presentation(self, presentation_id: str) -> VerifiedPresentation:
        """Return a verified presentation; raises PresentationNotFound."""
        row = db.session.get(PresentationRow, presentation_id)
        if row is None:
            raise PresentationNotFound("no presentation has this identifier")
        return self._presentation(row)

    def _presentation(self, row: PresentationRow) -> VerifiedPresentation:
        place = f"identity_presentation|{row.id}"
        content = orjson.loads(self._keys.open(row.enterprise_id, place, row.sealed))
        return VerifiedPresentation(
            id=row.id,
            enterprise_id=row.enterprise_id,
            verifier_id=row.verifier_id,
            purpose=row.purpose,
            consent_id=row.consent_id,
            verified_at=row.verified_at,
            credentials=tuple(VerifiedCredential(**item) for item in content["credentials"]),
            steps=tuple(
                VerificationStep(**{**step, "outcome": Outcome(step["outcome"])})
                for step in content["steps"]
            ),
            transaction_data=tuple(content.get("transaction_data", ())),
        )

    def latest(
        self, enterprise_id: str, verifier_id: str, purpose: str
    ) -> VerifiedPresentation | None:
        """Return the newest presentation for a verifier and purpose."""
        query = (
            select(PresentationRow)
            .where(
                PresentationRow.enterprise_id == enterprise_id,
                PresentationRow.verifier_id == verifier_id,
                PresentationRow.purpose == purpose,
            )
            .order_by(PresentationRow.id.desc())
            .limit(1)
        )
        row = db.session.execute(query).scalar_one_or_none()
        return None if row is None else self._presentation(row)
