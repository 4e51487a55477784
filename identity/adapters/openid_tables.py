"""The tables behind the OpenID endpoints; secrets are kept as hashes only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class CredentialOfferRow(db.Model):
    """An issuer's offer of credentials to one enterprise."""

    __tablename__ = "identity_credential_offer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"), index=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"))
    type_codes: Mapped[list[str]] = mapped_column(db.JSON)
    grant: Mapped[str] = mapped_column(String(64))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    tx_code_mac: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class AccessGrantRow(db.Model):
    """An access token of an issuer, by its hash."""

    __tablename__ = "identity_access_grant"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"))
    offer_id: Mapped[str | None] = mapped_column(
        ForeignKey("identity_credential_offer.id"), index=True
    )
    type_codes: Mapped[list[str]] = mapped_column(db.JSON)
    jkt: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[int] = mapped_column(BigInteger)
    is_attested: Mapped[bool] = mapped_column(Boolean)


class PushedRequestRow(db.Model):
    """A pushed authorisation request, and the hash of the code that answered it."""

    __tablename__ = "identity_pushed_request"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    client_id: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    code_challenge: Mapped[str] = mapped_column(String(64))
    type_codes: Mapped[list[str]] = mapped_column(db.JSON)
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("identity_credential_offer.id"))
    jkt: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[int] = mapped_column(BigInteger)
    attested_jkt: Mapped[str | None] = mapped_column(String(64))
    enterprise_id: Mapped[str | None] = mapped_column(ForeignKey("identity_enterprise.id"))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class WalletIssuanceRow(db.Model):
    """A wallet's credential request: its keys, and the digests of what was issued to them."""

    __tablename__ = "identity_wallet_issuance"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("identity_access_grant.id"))
    offer_id: Mapped[str | None] = mapped_column(
        ForeignKey("identity_credential_offer.id"), index=True
    )
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"))
    type_code: Mapped[str] = mapped_column(String(64))
    confirmations: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON)
    state: Mapped[str] = mapped_column(String(32))
    digests: Mapped[list[str]] = mapped_column(db.JSON)
    created_at: Mapped[int] = mapped_column(BigInteger)


class UsedOnceRow(db.Model):
    """What was used and may not be used again before it has expired: nonces, proof identifiers."""

    __tablename__ = "identity_used_once"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
