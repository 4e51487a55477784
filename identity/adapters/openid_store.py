"""Offers, grants, pushed requests and wallet issuances in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import CursorResult, Update, delete, select, update
from sqlalchemy.exc import IntegrityError

from db import db
from identity.adapters.openid_tables import (
    AccessGrantRow,
    CredentialOfferRow,
    PushedRequestRow,
    UsedOnceRow,
    WalletIssuanceRow,
)
from identity.errors import OfferNotFound
from identity.model.offer import (
    TX_CODE_ATTEMPTS_MAX,
    AccessGrant,
    CredentialOffer,
    GrantType,
    IssuanceState,
    OfferState,
    PushedRequest,
    WalletIssuance,
)


def _changed(statement: Update) -> bool:
    """Carry out a change that only one of several may make; say whether this one did."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def _members(row: db.Model) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _offer(row: CredentialOfferRow) -> CredentialOffer:
    found = _members(row)
    found |= {"type_codes": tuple(row.type_codes), "grant": GrantType(row.grant)}
    return CredentialOffer(**{**found, "state": OfferState(row.state)})


class SQLOffers:
    """Reads and writes `identity_credential_offer`."""

    def add(self, offer: CredentialOffer) -> None:
        """Store a new offer."""
        members = {**asdict(offer), "type_codes": list(offer.type_codes)}
        db.session.add(CredentialOfferRow(**members))
        db.session.flush()

    def get(self, offer_id: str) -> CredentialOffer:
        """Return an offer; raises OfferNotFound."""
        row = db.session.get(CredentialOfferRow, offer_id)
        if row is None:
            raise OfferNotFound("no credential offer has this identifier")
        return _offer(row)

    def by_secret(self, secret_hash: str) -> CredentialOffer | None:
        """Return the offer behind an address."""
        return self._one(CredentialOfferRow.secret_hash == secret_hash)

    def by_code(self, code_hash: str) -> CredentialOffer | None:
        """Return the offer of a pre-authorised code or issuer state."""
        return self._one(CredentialOfferRow.code_hash == code_hash)

    @staticmethod
    def _one(condition: Any) -> CredentialOffer | None:
        query = select(CredentialOfferRow).where(condition)
        row = db.session.execute(query).scalar_one_or_none()
        return None if row is None else _offer(row)

    def change(self, offer_id: str, old: OfferState, new: OfferState) -> bool:
        """Move an offer from one state to another; False when it is not in the first."""
        return _changed(
            update(CredentialOfferRow)
            .where(CredentialOfferRow.id == offer_id, CredentialOfferRow.state == old.value)
            .values(state=new.value)
        )

    def count_attempt(self, offer_id: str) -> None:
        """Count a wrong transaction code, and commit: the request that brought it is refused."""
        row = db.session.get(CredentialOfferRow, offer_id, with_for_update=True)
        if row is not None:
            row.attempts += 1
            if row.attempts >= TX_CODE_ATTEMPTS_MAX:
                row.state = OfferState.WITHDRAWN.value
        db.session.commit()


class SQLGrants:
    """Reads and writes `identity_access_grant`."""

    def add(self, grant: AccessGrant) -> None:
        """Store a new grant."""
        members = {**asdict(grant), "type_codes": list(grant.type_codes)}
        db.session.add(AccessGrantRow(**members))
        db.session.flush()

    def by_token(self, token_hash: str) -> AccessGrant | None:
        """Return the grant of a token, expired or not."""
        query = select(AccessGrantRow).where(AccessGrantRow.token_hash == token_hash)
        row = db.session.execute(query).scalar_one_or_none()
        if row is None:
            return None
        return AccessGrant(**{**_members(row), "type_codes": tuple(row.type_codes)})

    def extend(self, grant_id: str, expires_at: int) -> None:
        """Let a token live longer, for a wallet that was told to come back."""
        db.session.execute(
            update(AccessGrantRow)
            .where(AccessGrantRow.id == grant_id)
            .values(expires_at=expires_at)
        )

    def revoke_of_offer(self, offer_id: str) -> None:
        """End the tokens of an offer whose code came twice, and commit: the request is refused."""
        db.session.execute(
            update(AccessGrantRow).where(AccessGrantRow.offer_id == offer_id).values(expires_at=0)
        )
        db.session.commit()


def _pushed(row: PushedRequestRow) -> PushedRequest:
    return PushedRequest(**{**_members(row), "type_codes": tuple(row.type_codes)})


class SQLPushedRequests:
    """Reads and writes `identity_pushed_request`."""

    def add(self, request: PushedRequest) -> None:
        """Store a pushed request."""
        members = {**asdict(request), "type_codes": list(request.type_codes)}
        db.session.add(PushedRequestRow(**members))
        db.session.flush()

    def get(self, request_id: str) -> PushedRequest | None:
        """Return a pushed request."""
        row = db.session.get(PushedRequestRow, request_id)
        return None if row is None else _pushed(row)

    def approve(
        self, request_id: str, *, enterprise_id: str, code_hash: str, expires_at: int
    ) -> bool:
        """Answer a request with a code; False when it was answered before."""
        return _changed(
            update(PushedRequestRow)
            .where(PushedRequestRow.id == request_id, PushedRequestRow.code_hash.is_(None))
            .values(enterprise_id=enterprise_id, code_hash=code_hash, expires_at=expires_at)
        )

    def by_code(self, code_hash: str) -> PushedRequest | None:
        """Return the request that a code answered."""
        query = select(PushedRequestRow).where(PushedRequestRow.code_hash == code_hash)
        row = db.session.execute(query).scalar_one_or_none()
        return None if row is None else _pushed(row)

    def use(self, request_id: str, at: int) -> bool:
        """Take the code; False when it was taken before."""
        return _changed(
            update(PushedRequestRow)
            .where(PushedRequestRow.id == request_id, PushedRequestRow.used_at.is_(None))
            .values(used_at=at)
        )


def _issuance(row: WalletIssuanceRow) -> WalletIssuance:
    found = {**_members(row), "state": IssuanceState(row.state)}
    return WalletIssuance(**{**found, "digests": tuple(row.digests)})


class SQLWalletIssuances:
    """Reads and writes `identity_wallet_issuance`."""

    def add(self, issuance: WalletIssuance) -> None:
        """Store a wallet's request."""
        members = asdict(issuance) | {
            "confirmations": [dict(item) for item in issuance.confirmations],
            "digests": list(issuance.digests),
        }
        db.session.add(WalletIssuanceRow(**members))
        db.session.flush()

    def get(self, issuance_id: str) -> WalletIssuance | None:
        """Return a wallet's request."""
        row = db.session.get(WalletIssuanceRow, issuance_id)
        return None if row is None else _issuance(row)

    def of_offer(self, offer_id: str) -> list[WalletIssuance]:
        """Return what came of an offer, oldest first."""
        query = select(WalletIssuanceRow).where(WalletIssuanceRow.offer_id == offer_id)
        rows = db.session.execute(query.order_by(WalletIssuanceRow.id)).scalars()
        return [_issuance(row) for row in rows]

    def set_issued(self, issuance_id: str, digests: Sequence[str]) -> bool:
        """Record what was issued; False when it was before."""
        return _changed(
            update(WalletIssuanceRow)
            .where(
                WalletIssuanceRow.id == issuance_id,
                WalletIssuanceRow.state == IssuanceState.DEFERRED.value,
            )
            .values(state=IssuanceState.ISSUED.value, digests=list(digests))
        )

    def set_state(self, issuance_id: str, state: IssuanceState) -> None:
        """Record what the wallet says became of it."""
        db.session.execute(
            update(WalletIssuanceRow)
            .where(WalletIssuanceRow.id == issuance_id)
            .values(state=state.value)
        )


class SQLOnce:
    """Reads and writes `identity_used_once`."""

    def use(self, what: str, expires_at: int) -> bool:
        """Take something once; False when it was taken before."""
        digest = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            with db.session.begin_nested():
                db.session.add(UsedOnceRow(digest=digest, expires_at=expires_at))
        except IntegrityError:
            return False
        return True

    def forget_expired(self, at: int) -> None:
        """Drop what has expired and would be refused for that reason."""
        db.session.execute(delete(UsedOnceRow).where(UsedOnceRow.expires_at <= at))
