"""An application with the authorities on it, a small city, and an issuer that only remembers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from authorities import (
    AUTHORITIES,
    Authorities,
    Authority,
    IssuanceItem,
    IssuanceOutcome,
    IssuerRefused,
)
from authorities.adapters.city_record import SqlCities
from authorities.adapters.imports import SqlImports
from authorities.adapters.jobs import SqlJobs
from authorities.adapters.ledgers import SqlLedgers
from authorities.adapters.record_types import load_record_types
from authorities.adapters.register import SqlRegister
from authorities.adapters.table_files import read_table
from authorities.city import City, generated_city
from authorities.cli import sandbox
from authorities.web import register
from authorities.web.context import EXTENSION
from db import db
from web import shell
from web.access import Role
from web.accounts import create_organisation, create_user
from web.passwords import PasswordHash, hash_password
from web.sessions import start_session

NOW = 1_583_020_800  # 2020-03-01 00:00 UTC
CITY_SIZE = 12


class RememberingIssuer:
    """An issuer that knows which enterprises are registered, and issues nothing twice."""

    def __init__(self) -> None:
        self.registered: set[str] = set()
        self.issued: dict[str, IssuanceItem] = {}
        self.superseded: set[str] = set()
        self.accredited = True
        self.batches: dict[str, bool] = {}

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssuanceItem]
    ) -> list[IssuanceOutcome]:
        return [self._issue(item) for item in items]

    def supersede(self, issuer_code: str, source_keys: Sequence[str]) -> int:
        found = self.issued.keys() & set(source_keys) - self.superseded
        self.superseded |= found
        return len(found)

    def open_batch(self, issuer_code: str, type_code: str, batch_id: str | None) -> str:
        if batch_id is not None and self.batches.get(batch_id):
            return batch_id
        name = f"batch {len(self.batches)}"
        self.batches[name] = True
        return name

    def issue_chunks(
        self, batch_id: str, chunks: Iterable[Sequence[IssuanceItem]]
    ) -> Iterator[list[IssuanceOutcome]]:
        for items in chunks:
            if not self.accredited:
                raise IssuerRefused("the accreditation is suspended; the regulator reinstates it")
            yield [self._issue(item) for item in items]

    def close_batch(self, batch_id: str) -> int:
        self.batches[batch_id] = False
        return len(self.issued)

    def anchored(self, batch_ids: Sequence[str]) -> int:
        return 0

    def _issue(self, item: IssuanceItem) -> IssuanceOutcome:
        if item.uscc not in self.registered:
            return IssuanceOutcome(item.source_key, "refused", "enterprise_not_registered")
        if item.source_key in self.issued:
            return IssuanceOutcome(item.source_key, "unchanged")
        self.issued[item.source_key] = item
        return IssuanceOutcome(item.source_key, "issued")


@pytest.fixture(scope="session")
def city() -> City:
    """A small made-up city."""
    return generated_city(CITY_SIZE)


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The directory of open data; tests that need it are skipped where it is not there."""
    root = Path(__file__).parents[2]
    data = Path(os.environ.get("SANDBOX_DATA") or root.parent / "shared" / "data")
    if not (data / "cumcm2020c").is_dir():
        pytest.skip(f"no open data: set SANDBOX_DATA to a directory with cumcm2020c ({data})")
    return data


@pytest.fixture
def issuer() -> RememberingIssuer:
    """The issuer behind the port."""
    return RememberingIssuer()


@pytest.fixture
def authorities(issuer: RememberingIssuer) -> Authorities:
    """The authorities, on SQL."""
    return Authorities(
        types=load_record_types(),
        register=SqlRegister(),
        ledgers=SqlLedgers(),
        imports=SqlImports(),
        cities=SqlCities(),
        issuer=issuer,
        jobs=SqlJobs(),
        read_table=read_table,
        clock=lambda: NOW,
    )


@pytest.fixture
def app(authorities: Authorities, tmp_path: Path) -> Iterator[Flask]:
    """The application, its database empty."""
    app = Flask("test", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'test.db'}",
        SANDBOX=True,
        SANDBOX_PASSWORD_FILE=str(tmp_path / "password"),
        SECRET_KEY="test",
        TESTING=True,
    )
    db.init_app(app)
    api = shell.init_app(app)
    app.extensions[EXTENSION] = authorities
    register(app, api)
    app.cli.add_command(sandbox)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """An application context, for tests that use the use cases without HTTP."""
    with app.app_context():
        yield


@pytest.fixture
def loaded(app: Flask, authorities: Authorities, city: City) -> City:
    """The small city, loaded."""
    with app.app_context():
        authorities.loading.load(city)
        db.session.commit()
    return city


@pytest.fixture
def tokens(app: Flask) -> dict[str, str]:
    """A bearer token of the operator of each authority, by the authority's code."""
    password = hash_password("not used here")
    with app.app_context():
        found = {authority.code: _token(authority, password) for authority in AUTHORITIES}
        db.session.commit()
    return found


def _token(authority: Authority, password: PasswordHash) -> str:
    tenant = create_organisation(
        code=authority.code,
        kind="authority",
        name_zh=authority.name_zh,
        name_en=authority.name_en,
    )
    actor = create_user(
        login=f"{authority.code}-operator",
        display_name="操作员",
        organisation_id=tenant.id,
        roles=[Role.AUTHORITY_OPERATOR],
        password=password,
    )
    return start_session(actor.user_id).token


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()
