"""Create the organisations and the users who may sign in for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from db import db, new_id
from web.actors import ORGANISATION_KINDS, Actor, Role
from web.errors import DuplicateAccount
from web.passwords import PasswordHash, hash_password
from web.tables import OrganisationRow, UserRow


@dataclass(frozen=True)
class OrganisationAccount:
    """A tenant, as the shell knows it."""

    id: str
    code: str
    kind: str
    name_zh: str
    name_en: str


def create_organisation(
    *,
    code: str,
    kind: str,
    name_zh: str,
    name_en: str,
    organisation_id: str | None = None,
) -> OrganisationAccount:
    """Add a tenant; give ``organisation_id`` where another package made the id (an enterprise).

    Raises:
        DuplicateAccount: the code is taken.
        ValueError: the kind is none of :data:`web.actors.ORGANISATION_KINDS`.
    """
    if kind not in ORGANISATION_KINDS:
        raise ValueError(f"Organisation kind {kind!r} is none of {ORGANISATION_KINDS}.")
    if organisation_by_code(code) is not None:
        raise DuplicateAccount("An organisation with this code exists. Use the existing one.")
    row = OrganisationRow(
        id=organisation_id or new_id(),
        code=code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
    )
    db.session.add(row)
    db.session.flush()
    return _organisation(row)


def organisation_by_code(code: str) -> OrganisationAccount | None:
    """Return the tenant with this stable code, if there is one."""
    row = db.session.scalar(select(OrganisationRow).where(OrganisationRow.code == code))
    return _organisation(row) if row is not None else None


def create_user(
    *,
    login: str,
    display_name: str,
    organisation_id: str,
    roles: Iterable[Role],
    password: str | PasswordHash,
) -> Actor:
    """Add a user to an organisation and return it as an actor.

    Hashing is slow on purpose: where many users share one password (the sandbox), hash it
    once with :func:`web.passwords.hash_password` and pass the hash.

    Raises:
        DuplicateAccount: the login is taken.
    """
    if db.session.scalar(select(UserRow.id).where(UserRow.login == login)) is not None:
        raise DuplicateAccount("A user with this login exists. Choose another login.")
    stored = hash_password(password) if isinstance(password, str) else password
    row = UserRow(
        id=new_id(),
        login=login,
        display_name=display_name,
        organisation_id=organisation_id,
        roles=sorted(roles),
        password_hash=stored.text,
    )
    db.session.add(row)
    db.session.flush()
    return actor_of(row)


def actor_of(row: UserRow) -> Actor:
    """Return the user as the actor that use cases see."""
    organisation = row.organisation
    return Actor(
        user_id=row.id,
        login=row.login,
        display_name=row.display_name,
        roles=frozenset(Role(value) for value in row.roles),
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        organisation_code=organisation.code,
        organisation_name_zh=organisation.name_zh,
        organisation_name_en=organisation.name_en,
    )


def _organisation(row: OrganisationRow) -> OrganisationAccount:
    return OrganisationAccount(row.id, row.code, row.kind, row.name_zh, row.name_en)
