"""Tables of the shell: organisations (tenants), users, sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db import db


class OrganisationRow(db.Model):  # type: ignore[name-defined,misc]
    """A tenant. For an enterprise, ``id`` is the enterprise's id and ``code`` its USCC."""

    __tablename__ = "web_organisation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


class UserRow(db.Model):  # type: ignore[name-defined,misc]
    """A person who may sign in for one organisation."""

    __tablename__ = "web_user"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("web_organisation.id"), index=True)
    roles: Mapped[Any] = mapped_column(db.JSON)
    password_hash: Mapped[str] = mapped_column(String(200))

    organisation: Mapped[OrganisationRow] = relationship(lazy="joined")


class SessionRow(db.Model):  # type: ignore[name-defined,misc]
    """A server-side session; the token itself is never stored, only its SHA-256."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("web_user.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)
    last_seen_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)

    user: Mapped[UserRow] = relationship(lazy="joined")
