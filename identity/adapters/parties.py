"""Enterprises and organisations in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sqlalchemy import func, select, update

from db import db
from identity.adapters.tables import EnterpriseRow, InstitutionRow
from identity.errors import EnterpriseNotFound, OrganisationNotFound
from identity.model import jose
from identity.model.party import Enterprise, EnterpriseState, Organisation
from identity.ports import Holder

_IN_MAX = 1_000  # values in a list; below SQLite's and PostgreSQL's limits on parameters


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    return (listed[start : start + _IN_MAX] for start in range(0, len(listed), _IN_MAX))


def _enterprise(row: EnterpriseRow) -> Enterprise:
    return Enterprise(
        id=row.id,
        uscc=row.uscc,
        name=row.name,
        did=row.did,
        controller_address=row.controller_address,
        state=EnterpriseState(row.state),
        registered_at=row.registered_at,
    )


def _organisation(row: InstitutionRow) -> Organisation:
    return Organisation(
        id=row.id,
        code=row.code,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        address=row.address,
        did=row.did,
        signer=row.signer,
    )


class SQLParties:
    """Reads and writes `identity_enterprise` and `identity_organisation`."""

    def __init__(self) -> None:
        # Names, accounts and keys of organisations do not change while a process lives.
        self.organisation = lru_cache(maxsize=256)(self._load_organisation)
        self.organisation_by_id = lru_cache(maxsize=256)(self._load_organisation_by_id)
        self.organisation_by_address = lru_cache(maxsize=256)(self._load_organisation_by_address)
        self.organisation_key = lru_cache(maxsize=256)(self._load_organisation_key)

    def add_enterprise(
        self, enterprise: Enterprise, *, fingerprint: str, public_jwk: Mapping[str, str]
    ) -> None:
        """Store a new enterprise."""
        row = EnterpriseRow(
            id=enterprise.id,
            uscc=enterprise.uscc,
            name=enterprise.name,
            did=enterprise.did,
            controller_address=enterprise.controller_address,
            fingerprint=fingerprint,
            public_jwk=dict(public_jwk),
            state=enterprise.state.value,
            registered_at=enterprise.registered_at,
        )
        db.session.add(row)
        db.session.flush()

    def _row(self, enterprise_id: str) -> EnterpriseRow:
        row = db.session.get(EnterpriseRow, enterprise_id)
        if row is None:
            raise EnterpriseNotFound("no registered enterprise has this identifier")
        return row

    def enterprise(self, enterprise_id: str) -> Enterprise:
        """Return an enterprise; raises EnterpriseNotFound."""
        return _enterprise(self._row(enterprise_id))

    def enterprise_by_uscc(self, uscc: str) -> Enterprise | None:
        """Return the enterprise registered under a code, if any."""
        row = db.session.execute(
            select(EnterpriseRow).where(EnterpriseRow.uscc == uscc)
        ).scalar_one_or_none()
        return None if row is None else _enterprise(row)

    def enterprise_by_did(self, did: str) -> Enterprise | None:
        """Return the enterprise registered under a DID, if any."""
        query = select(EnterpriseRow).where(EnterpriseRow.did == did)
        row = db.session.execute(query).scalar_one_or_none()
        return None if row is None else _enterprise(row)

    def enterprises(self, usccs: Iterable[str] | None = None) -> list[Enterprise]:
        """Return the registered enterprises, or those with the given codes, by code."""
        query = select(EnterpriseRow).order_by(EnterpriseRow.uscc)
        rows = list(db.session.execute(query).scalars())
        if usccs is not None:
            wanted = frozenset(usccs)
            rows = [row for row in rows if row.uscc in wanted]
        return [_enterprise(row) for row in rows]

    def enterprise_ids(self, usccs: Iterable[str]) -> dict[str, str]:
        """Return the id of each registered enterprise among these, by code."""
        found: dict[str, str] = {}
        for part in _parts(frozenset(usccs)):
            query = select(EnterpriseRow.uscc, EnterpriseRow.id).where(EnterpriseRow.uscc.in_(part))
            found.update((row[0], row[1]) for row in db.session.execute(query))
        return found

    def holders(self, enterprise_ids: Iterable[str]) -> dict[str, Holder]:
        """Return the holders by enterprise id; an unknown id raises EnterpriseNotFound."""
        wanted, found = frozenset(enterprise_ids), dict[str, Holder]()
        columns = (
            EnterpriseRow.id,
            EnterpriseRow.uscc,
            EnterpriseRow.did,
            EnterpriseRow.public_jwk,
        )
        for part in _parts(wanted):
            query = select(*columns).where(EnterpriseRow.id.in_(part))
            found.update({row.id: Holder(*row) for row in db.session.execute(query)})
        if len(found) < len(wanted):
            raise EnterpriseNotFound("some of the enterprises are not registered")
        return found

    def enterprise_key(self, enterprise_id: str) -> jose.PublicKey:
        """Return the enterprise's credential-binding key."""
        return jose.key_of_jwk(self._row(enterprise_id).public_jwk)

    def registering(self) -> int:
        """Return how many enterprises wait for their registration to be mined."""
        query = select(func.count()).where(EnterpriseRow.state == EnterpriseState.REGISTERING.value)
        return int(db.session.execute(query).scalar_one())

    def set_enterprise_state(self, fingerprint: str, state: EnterpriseState) -> None:
        """Follow what the chain says of an enterprise."""
        db.session.execute(
            update(EnterpriseRow)
            .where(EnterpriseRow.fingerprint == fingerprint)
            .values(state=state.value)
        )

    def add_organisation(self, organisation: Organisation, public_jwk: Mapping[str, str]) -> None:
        """Store a new organisation."""
        row = InstitutionRow(
            id=organisation.id,
            code=organisation.code,
            kind=organisation.kind,
            name_zh=organisation.name_zh,
            name_en=organisation.name_en,
            address=organisation.address,
            did=organisation.did,
            signer=organisation.signer,
            public_jwk=dict(public_jwk),
        )
        db.session.add(row)
        db.session.flush()

    def _load_organisation(self, code: str) -> Organisation:
        row = db.session.execute(
            select(InstitutionRow).where(InstitutionRow.code == code)
        ).scalar_one_or_none()
        if row is None:
            raise OrganisationNotFound(f"no bank, authority or regulator has the code {code!r}")
        return _organisation(row)

    def _load_organisation_by_id(self, organisation_id: str) -> Organisation:
        row = db.session.get(InstitutionRow, organisation_id)
        if row is None:
            raise OrganisationNotFound("no organisation has this identifier")
        return _organisation(row)

    @staticmethod
    def _load_organisation_by_address(address: str) -> Organisation:
        query = select(InstitutionRow).where(InstitutionRow.address == address)
        row = db.session.execute(query).scalar_one_or_none()
        if row is None:
            raise OrganisationNotFound("no organisation has this account")
        return _organisation(row)

    def organisations(self) -> list[Organisation]:
        """Return all organisations by code."""
        query = select(InstitutionRow).order_by(InstitutionRow.code)
        return [_organisation(row) for row in db.session.execute(query).scalars()]

    def _load_organisation_key(self, organisation_id: str) -> jose.PublicKey:
        row = db.session.get(InstitutionRow, organisation_id)
        if row is None:
            raise OrganisationNotFound("no organisation has this identifier")
        return jose.key_of_jwk(row.public_jwk)
