"""An application with the shell and filing around a simulated identity, and its people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import filing.web
from db import db
from filing import CaseRepository, Desk, Filing, FilingError
from filing.adapters.repositories import DeclaredRepository
from filing.catalogue import bundle
from filing.model.facts import Credential
from tests.filing.answers import answers
from tests.filing.fakes import NOW, USCC, Enterprise, FakeIdentity, Organisation, Refused, wallet
from web import shell
from web.access import Role
from web.accounts import create_organisation, create_user
from web.passwords import hash_password
from web.problems import register_error_base
from web.sessions import start_session

PASSWORD = hash_password("a password for the tests")


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class Person:
    """A signed-in person with a client."""

    client: FlaskClient
    token: str
    organisation_id: str

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


@dataclass(frozen=True)
class World:
    """The application, its simulated identity, and who uses it."""

    app: Flask
    identity: FakeIdentity
    clock: Clock
    enterprise: Person
    other_enterprise: Person
    bank: Person
    officer: Person
    other_bank: Person

    def open_case(
        self, form: str = "account-opening", credentials: Sequence[Credential] | None = None
    ) -> dict[str, Any]:
        presentation_id = self.identity.present_as(
            self.enterprise.organisation_id, "bank-a", form, credentials or wallet()
        )
        body = {"form": form, "bank_code": "bank-a", "presentation_id": presentation_id}
        answer = self.enterprise.call("POST", "/cases", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def fill_all(self, case: dict[str, Any]) -> dict[str, Any]:
        """Type what is missing, round by round, until nothing required is left."""
        fields = bundle(case["form"]).by_key
        while missing := case["progress"]["missing"]:
            body = {"values": answers(fields, missing), "version": case["version"]}
            answer = self.enterprise.call("PATCH", f"/cases/{case['id']}/fields", body)
            assert answer.status_code == 200, answer.text
            case = answer.json
        return case

    def submitted(self, form: str = "account-opening") -> dict[str, Any]:
        case = self.fill_all(self.open_case(form))
        for step in ("signature", "submission"):
            answer = self.enterprise.call("POST", f"/cases/{case['id']}/{step}", {})
            assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    app = Flask("filing-test", static_folder=None)
    app.config.update(
        SECRET_KEY="test",
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        SANDBOX=True,
        SANDBOX_PASSWORD_FILE=str(tmp_path / "password"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'filing.db'}",
    )
    db.init_app(app)
    api = shell.init_app(app)
    for base in (FilingError, Refused):
        register_error_base(app, base)
    filing.web.register(app, api)
    identity, clock = FakeIdentity(), Clock()
    cases = CaseRepository(db.session, identity)
    desk = Desk(identity, cases, DeclaredRepository(db.session, identity), clock, identity)
    app.extensions["qilian.filing"] = Filing(desk)
    with app.app_context():
        db.create_all()
        people = {
            "enterprise": _person(app, USCC, "enterprise", Role.ENTERPRISE_AGENT),
            "other_enterprise": _person(app, "other", "enterprise", Role.ENTERPRISE_AGENT),
            "bank": _person(app, "bank-a", "bank", Role.ACCOUNT_DESK),
            "other_bank": _person(app, "bank-b", "bank", Role.ACCOUNT_DESK),
        }
        bank_id = people["bank"].organisation_id
        for name in ("enterprise", "other_enterprise"):
            identity.key_store.create_owner(people[name].organisation_id)
        people["officer"] = _person(app, "bank-a", "bank", Role.CREDIT_OFFICER, bank_id)
        db.session.commit()
    identity.enterprises = {
        people[name].organisation_id: Enterprise(people[name].organisation_id)
        for name in ("enterprise", "other_enterprise")
    }
    identity.organisations = {
        "bank-a": Organisation(bank_id, "bank-a", "bank", "京华银行(模拟)", "Jinghua (simulated)"),
        "bank-b": Organisation(
            people["other_bank"].organisation_id, "bank-b", "bank", "燕都银行(模拟)", "Yandu"
        ),
        "tax": Organisation("tax", "tax", "authority", "税务局(模拟)", "Tax (simulated)"),
    }
    yield World(app=app, identity=identity, clock=clock, **people)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _person(
    app: Flask, code: str, kind: str, role: Role, organisation_id: str | None = None
) -> Person:
    if organisation_id is None:
        organisation_id = create_organisation(code=code, kind=kind, name_zh=code, name_en=code).id
    user = create_user(
        login=f"{role.value}@{code}",
        display_name=role.value,
        organisation_id=organisation_id,
        roles=[role],
        password=PASSWORD,
    )
    return Person(app.test_client(), start_session(user.user_id).token, organisation_id)
