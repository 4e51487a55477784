"""A small application with credit and oversight in it, its neighbours simulated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from credit import Credit, CreditError, build_credit
from credit import web as credit_web
from credit.adapters.attestations import OutboxAttestations
from credit.adapters.repositories import SQLCreditStore
from credit.adapters.rule_files import RuleFiles
from credit.model.evidence import CredentialEvidence
from credit.ports import LoanCase
from db import db, new_id
from identity import IdentityError
from oversight import Issuer, OversightError, Standing, build_oversight
from oversight import web as oversight_web
from oversight.adapters.chain_orders import OutboxOrders
from oversight.adapters.repository import SQLOversightStore
from oversight.ports import Activity
from tests.credit.factories import credential, loan_request, strong_credentials
from tests.credit.fakes import (
    FakeCases,
    FakeIdentity,
    FakeLedgers,
    FakeOutbox,
    FakeParty,
    FakePresentation,
)
from web import shell
from web.access import Role
from web.accounts import create_organisation, create_user
from web.actors import Actor
from web.passwords import hash_password
from web.sandbox import sandbox_password
from web.sessions import start_session

NOW = 1_581_638_400  # 2020-02-14
INVOICE = credential(
    "invoice",
    invoice_no="00000001",
    buyer_ref="B1",
    issue_date="2020-01-02",
    due_date="2020-06-30",
    amount_fen=113_000_000,
    state="valid",
)


@dataclass
class FakeIssuers:
    """Two issuers, both accredited until a test says otherwise."""

    standings: dict[str, Standing] = field(default_factory=dict)

    def all(self) -> list[Issuer]:
        return [
            Issuer("tax", "税务(模拟)", "Tax (simulated)", "0x" + "11" * 20, ("tax-credit",)),
            Issuer("court", "法院(模拟)", "Court (simulated)", "0x" + "22" * 20, ("court-record",)),
        ]

    def standing(self, issuer: Issuer) -> Standing:
        return self.standings.get(issuer.code, Standing.ACCREDITED)


@dataclass(frozen=True)
class Person:
    """A signed-in actor with a client."""

    actor: Actor
    token: str
    client: FlaskClient

    def get(self, path: str, **options: Any) -> Any:
        """Get a path with the person's bearer token."""
        return self.client.get(path, headers=self._headers, **options)

    def post(self, path: str, body: Any = None) -> Any:
        """Post JSON to an API path with the person's bearer token."""
        return self.client.post(f"/api/v1{path}", headers=self._headers, json=body)

    def submit(self, path: str, **form: str) -> Any:
        """Post a form to a page with the person's bearer token."""
        return self.client.post(path, headers=self._headers, data=form)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    """The application, its simulated neighbours and the people."""

    app: Flask
    identity: FakeIdentity
    cases: FakeCases
    ledgers: FakeLedgers
    outbox: FakeOutbox
    issuers: FakeIssuers
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Person:
        return self.people[login]

    @property
    def credit(self) -> Credit:
        found: Credit = self.app.extensions["qilian.credit"]
        return found

    def submit_case(
        self,
        *,
        enterprise: str = "enterprise",
        bank: str = "officer-a",
        credentials: tuple[CredentialEvidence, ...] = (*strong_credentials(), INVOICE),
        **request: Any,
    ) -> str:
        """Submit a loan case of an enterprise to a bank and return its id."""
        applicant, lender = self[enterprise].actor, self[bank].actor
        presentation = FakePresentation(
            new_id(), applicant.organisation_id, lender.organisation_id, credentials
        )
        self.identity.presentations[presentation.id] = presentation
        case = LoanCase(
            case_id=new_id(),
            enterprise_id=applicant.organisation_id,
            bank_id=lender.organisation_id,
            bank_code=lender.organisation_code,
            presentation_id=presentation.id,
            request=loan_request(**request),
        )
        self.cases.cases[case.case_id] = case
        return case.case_id

    def received(self, bank: str = "officer-a", **case: Any) -> str:
        """Return the id of an application that a bank received."""
        case_id = self.submit_case(bank=bank, **case)
        answer = self[bank].post("/loan-applications", {"case_id": case_id})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def granted(self, bank: str = "officer-a") -> dict[str, Any]:
        """Return a granted loan as the API shows it."""
        application_id = self.received(bank)
        assert self[bank].post(f"/loan-applications/{application_id}/decision").status_code == 201
        answer = self["enterprise"].post(f"/loan-applications/{application_id}/acceptance")
        assert answer.status_code == 201, answer.json
        loan: dict[str, Any] = answer.json
        return loan

    def withhold(self, *type_codes: str) -> tuple[CredentialEvidence, ...]:
        """Return the credentials of a sound company without some types."""
        return tuple(c for c in strong_credentials() if c.type_code not in type_codes)


def make_world(folder: Path) -> Iterator[World]:
    """Yield a world on a fresh SQLite database."""
    app = Flask("credit-test", static_folder=None)
    app.config.update(
        SECRET_KEY="test",
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        SANDBOX=True,
        SANDBOX_PASSWORD_FILE=str(folder / "sandbox-password"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'credit.db'}",
    )
    db.init_app(app)
    api = shell.init_app(app)
    for base in (CreditError, OversightError, IdentityError):
        shell.problems.register_error_base(app, base)
    world = World(app, FakeIdentity(), FakeCases(), FakeLedgers(), FakeOutbox(), FakeIssuers())
    _wire(world)
    credit_web.register(app, api)
    oversight_web.register(app, api)
    with app.app_context():
        db.create_all()
        _people(world)
    yield world
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _wire(world: World) -> None:
    outbox: Any = world.outbox
    credit = build_credit(
        store=SQLCreditStore(world.identity),
        identity=world.identity,
        cases=world.cases,
        ledgers=world.ledgers,
        attestations=OutboxAttestations(outbox, jurisdiction=110_000),
        rule_book=RuleFiles(),
        clock=lambda: NOW,
    )
    world.app.extensions["qilian.credit"] = credit
    world.app.extensions["qilian.oversight"] = build_oversight(
        store=SQLOversightStore(),
        credit=credit,
        issuers=world.issuers,
        reads=world.identity,
        orders=OutboxOrders(outbox),
        activity=lambda: _activity(world.outbox),
        clock=lambda: NOW,
    )


def _activity(outbox: FakeOutbox) -> Activity:
    states = [status.state for status in outbox.states.values()]
    counts = {state: states.count(state) for state in ("queued", "failed", "mined")}
    return Activity(counts["queued"], counts["failed"], counts["mined"], 21_000 * counts["mined"])


def _people(world: World) -> None:
    password = hash_password(sandbox_password(world.app.config["SANDBOX_PASSWORD_FILE"]))
    organisations = {
        "bank-a": ("bank", {"officer-a": Role.CREDIT_OFFICER, "approver-a": Role.BANK_APPROVER}),
        "bank-b": ("bank", {"officer-b": Role.CREDIT_OFFICER}),
        "91110000600000001X": ("enterprise", {"enterprise": Role.ENTERPRISE_AGENT}),
        "91110000600000002T": ("enterprise", {"stranger": Role.ENTERPRISE_AGENT}),
        "bj-finance": ("regulator", {"regulator": Role.REGULATOR_REVIEWER}),
    }
    for code, (kind, users) in organisations.items():
        account = create_organisation(code=code, kind=kind, name_zh=code, name_en=code)
        party = FakeParty(account.id, code, f"{code}(模拟)")
        world.identity.parties[account.id] = replace(party)
        if kind == "enterprise":
            world.identity.key_store.create_owner(account.id)
        for login, role in users.items():
            actor = create_user(
                login=login,
                display_name=login,
                organisation_id=account.id,
                roles=[role],
                password=password,
            )
            token = start_session(actor.user_id).token
            world.people[login] = Person(actor, token, world.app.test_client())
    db.session.commit()
