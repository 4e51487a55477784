"""The identity pages: what an enterprise sees of itself, and what a bank asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import identity.web
from db import db, new_id
from identity import Enterprise, Identity, IdentityError, RegisteredCompany
from identity.adapters.build import IdentitySettings, build_identity
from identity.adapters.chain_index import note_level
from identity.adapters.tables import DIDKeyRow
from identity.model import jose
from web import shell
from web.access import Role
from web.accounts import create_organisation, create_user
from web.passwords import hash_password
from web.problems import register_error_base
from web.sessions import start_session

NAME, REPRESENTATIVE = "祁连示例科技有限公司", "王示例"
USCC, OTHER_USCC = "91110108MA01EXAM2F", "91110108MA01EXAK6R"
PASSWORD = hash_password("unused")


class QuietChain:
    """A chain on which everybody is accredited and nothing is sent."""

    chain_id = 1337

    def address(self, _contract: str) -> str:
        return "0x" + "11" * 20

    def call(self, _contract: str, _function: str, *_arguments: Any) -> bool:
        return True


class Register:
    """A register in which every company exists, with one representative."""

    def lookup(self, uscc: str) -> RegisteredCompany:
        return RegisteredCompany(uscc, NAME, REPRESENTATIVE, "存续")


@dataclass(frozen=True)
class City:
    """The application with an enterprise, another one, and a bank."""

    app: Flask
    service: Identity
    enterprise: Enterprise
    other: Enterprise

    def browser(self, login: str) -> FlaskClient:
        """Return a browser that is signed in."""
        client = self.app.test_client()
        client.set_cookie("qilian_session", self.app.extensions["test.tokens"][login])
        return client


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    app = Flask("pages", static_folder=None)
    app.config.update(
        SECRET_KEY="test",
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        SANDBOX=True,
        VAR_DIR=str(tmp_path),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'pages.db'}",
    )
    db.init_app(app)
    api = shell.init_app(app)
    register_error_base(app, IdentityError)
    identity.web.register(app, api)
    settings = IdentitySettings(
        "http://localhost:8000", 110000, tmp_path / "kek", tmp_path / "consortium"
    )
    service = build_identity(QuietChain(), Register(), settings)
    app.extensions["qilian.identity"] = service
    with app.app_context():
        db.create_all()
        enterprises = _people(app, service)
        _issue(service, enterprises[0])
        db.session.commit()
        note_level()
    yield City(app, service, *enterprises)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _publish_key(service: Identity, organisation_id: str) -> None:
    """Index an organisation's key as the chain's events would."""
    found = service.organisation_by_id(organisation_id)
    multikey = jose.multikey(service.parties.organisation_key(organisation_id))
    key = "0x" + multikey.hex()
    db.session.add(
        DIDKeyRow(multikey=key, address=found.address, valid_from=0, valid_to=1 << 40, number=1)
    )


def _people(app: Flask, service: Identity) -> list[Enterprise]:
    tokens = app.extensions["test.tokens"] = {}
    organisations = [
        (new_id(), "samr", "authority", "市场监管(模拟)", Role.AUTHORITY_OPERATOR),
        (new_id(), "public-security", "authority", "公安(模拟)", Role.AUTHORITY_OPERATOR),
        (new_id(), "bank-a", "bank", "京华银行(模拟)", Role.ACCOUNT_DESK),
    ]
    enterprises = [
        service.registration.register_enterprise(uscc, REPRESENTATIVE)
        for uscc in (USCC, OTHER_USCC)
    ]
    for identifier, code, kind, name, _role in organisations:
        service.organisations.take_up(
            organisation_id=identifier,
            code=code,
            kind=kind,
            name_zh=name,
            name_en=f"{code} (simulated)",
            address="0x" + code.encode().hex().ljust(40, "0")[:40],
            signer=f"{kind}:{code}",
        )
        _publish_key(service, identifier)
    organisations += [
        (item.id, item.uscc, "enterprise", item.name, Role.ENTERPRISE_AGENT) for item in enterprises
    ]
    for identifier, code, kind, name, role in organisations:
        create_organisation(
            code=code, kind=kind, name_zh=name, name_en=name, organisation_id=identifier
        )
        user = create_user(
            login=code,
            display_name=code,
            organisation_id=identifier,
            roles=[role],
            password=PASSWORD,
        )
        tokens[code] = start_session(user.user_id).token
    return enterprises


def _issue(service: Identity, enterprise: Enterprise) -> None:
    """Issue what opening an account requires, one claim of each kind of value."""
    licence = {
        "uscc": USCC,
        "company_name": NAME,
        "company_type": "1100",
        "registered_address": "北京市海淀区示例路1号",
        "establishment_date": "2015-03-01",
        "registered_capital_fen": 500_000_000,
        "registered_capital_currency": "CNY",
        "business_scope": "技术开发",
        "industry_code": "I6513",
        "registration_authority": "北京市海淀区市场监督管理局(模拟)",
        "registration_status": "active",
    }
    person = {"uscc": USCC, "legal_rep_name": REPRESENTATIVE}
    identified = {**person, "person_role": "legal-representative", "id_type": "resident-id"}
    issued = {
        ("samr", "business-licence"): licence,
        ("samr", "legal-representative"): {**person, "legal_rep_type": "legal_representative"},
        ("public-security", "person-id"): {
            **identified,
            "id_no": "11010519491231002X",
            "id_from": "2015-01-01",
            "id_to": "2035-01-01",
            "nationality": "CHN",
        },
        ("samr", "equity-structure"): {
            "uscc": USCC,
            "as_of": "2025-01-01",
            "shareholders": [{"name": "李示例", "kind": "person", "share_bps": 10_000}],
        },
    }
    for (issuer, type_code), claims in issued.items():
        declared = service.types.get(type_code)
        fitting = {name: _fit(declared.claims[name].schema, claims[name]) for name in claims}
        service.issue(issuer, type_code, enterprise.id, fitting)


def _fit(schema: Any, value: Any) -> Any:
    """Return the value, or the first allowed one where the schema lists what is allowed."""
    allowed = schema.get("enum")
    return allowed[0] if allowed and value not in allowed else value


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    """Post a form as the pages do, with the session's token."""
    page = client.get("/").text.partition('action="/sign-out"')[2]
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form}, headers={"Accept": "text/html"})


def grant(client: FlaskClient, **changes: object) -> TestResponse:
    """Grant the bank a consent for opening an account."""
    form = {
        "recipient": "bank-a",
        "purpose": "account-opening",
        "days": "90",
        "types": ["business-licence", "legal-representative", "person-id"],
    }
    return post(client, "/enterprise/consents/new", **{**form, **changes})


def test_the_enterprise_sees_its_identity_and_credentials(city: City) -> None:
    page = city.browser(USCC).get("/enterprise").text
    for text in (NAME, USCC, city.enterprise.did, "市场监管(模拟)", "营业执照", "¥5,000,000.00"):
        assert text in page
    assert "注册资本(分)" not in page  # the value carries its sign


def test_personal_claims_are_masked_until_opened(city: City) -> None:
    page = city.browser(USCC).get("/enterprise").text
    masked = re.findall(r'<details class="masked">.*?</details>', page, re.DOTALL)
    for personal in ("11010519491231002X", "李示例"):
        assert personal not in re.sub(
            r'<details class="masked">.*?</details>', "", page, flags=re.DOTALL
        )
        assert any(personal in part for part in masked)
    assert all(
        "11010519491231002X" not in summary
        for summary in re.findall(r"<summary>.*?</summary>", page, re.DOTALL)
    )


def test_what_is_inside_a_claim_is_labelled_as_its_type_says(city: City) -> None:
    page = city.browser(USCC).get("/enterprise").text
    for text in ("股东名称", "股东类别", "自然人", "持股比例", "100.00%"):
        assert text in page
    assert "持股比例(基点)" not in page  # the value carries its sign


def test_another_enterprise_sees_none_of_it(city: City) -> None:
    page = city.browser(OTHER_USCC).get("/enterprise").text
    assert USCC not in page
    assert "还没有凭证" in page


def test_a_stale_index_makes_the_status_unknown_not_valid(city: City) -> None:
    with city.app.app_context():
        db.session.execute(db.text("update identity_index_level set level_at = 1"))
        db.session.commit()
    page = city.browser(USCC).get("/enterprise").text
    assert "无法核验" in page
    assert "badge--ok" not in page.partition('id="credentials"')[2].partition('id="consents"')[0]


def test_the_consent_form_lists_what_will_be_read(city: City) -> None:
    page = city.browser(USCC).get("/enterprise/consents/new?purpose=account-opening").text
    for text in ("京华银行(模拟)", "对公账户开立", "营业执照", "证件号码", "90 天"):
        assert text in page
    assert city.browser(USCC).get("/enterprise/consents/new?purpose=nothing").status_code == 200


def test_a_consent_is_granted_shown_and_revoked_at_once(city: City) -> None:
    client = city.browser(USCC)
    answer = grant(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/enterprise#consents")
    page = client.get("/enterprise").text
    assert "生效中" in page
    revocation = re.search(r'action="(/enterprise/consents/[^"]+/revocation)"', page)
    assert revocation is not None
    assert post(city.browser(OTHER_USCC), revocation[1]).status_code == 404
    assert post(client, revocation[1]).status_code == 303
    assert "已撤销" in client.get("/enterprise").text
    asked = {"uscc": USCC, "purpose": "account-opening"}
    assert post(city.browser("bank-a"), "/bank/presentation-requests", **asked).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"types": []}, 422),
        ({"days": "9999"}, 422),
        ({"days": "x"}, 422),
        ({"recipient": ""}, 422),
        ({"recipient": "samr"}, 404),
        ({"recipient": "bank-z"}, 404),
        ({"types": ["invoice"]}, 404),
        ({"purpose": "marketing"}, 422),
    ],
)
def test_a_consent_that_cannot_be_granted_changes_nothing(
    city: City, changes: dict[str, object], status: int
) -> None:
    client = city.browser(USCC)
    assert grant(client, **changes).status_code == status
    with city.app.app_context():
        assert city.service.consents.of_enterprise(city.enterprise.id) == []


def test_presenting_shows_every_step_and_is_logged_when_read(city: City) -> None:
    client = city.browser(USCC)
    grant(client)
    with city.app.app_context():
        city.service.issuance.anchor_pending()
        db.session.execute(db.text("update identity_batch set anchored_at = 1, block_number = 1"))
        db.session.commit()
    answer = post(client, "/enterprise/presentations", bank="bank-a", purpose="account-opening")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    for text in ("营业执照", "签发资格", "链上锚定", "RFC 9901 §7.1", "通过"):
        assert text in page
    assert "11010519491231002X" not in page
    with city.app.app_context():
        bank = city.service.organisation("bank-a")
        found = city.service.latest_presentation(city.enterprise.id, bank.id, "account-opening")
        reader = type("Reader", (), {"organisation_id": bank.id, "organisation_kind": "bank"})
        city.service.presentation(found.id, reader=reader, purpose="account-opening")
        db.session.commit()
    log = client.get("/enterprise").text.partition('id="reads"')[2]
    for text in ("京华银行(模拟)", "对公账户开立", "企业名称", "已读取"):
        assert text in log


def test_the_bank_asks_under_a_consent_and_sees_its_request(city: City) -> None:
    grant(city.browser(USCC))
    desk = city.browser("bank-a")
    answer = post(desk, "/bank/presentation-requests", uscc=USCC, purpose="account-opening")
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    for text in (NAME, "等待企业答复", "营业执照"):
        assert text in page
    agent = city.browser(USCC).get(answer.headers["Location"])
    assert agent.status_code == 403


@pytest.mark.parametrize(
    ("uscc", "status", "text"),
    [
        ("91110108MA01EXAM20", 422, "统一社会信用代码无效"),
        ("911101", 422, "统一社会信用代码无效"),
        ("91110108MA01EXAX9D", 404, "未找到该机构"),
        (USCC, 403, "授权"),
    ],
)
def test_a_request_that_cannot_be_made_says_why_beside_the_field(
    city: City, uscc: str, status: int, text: str
) -> None:
    answer = post(
        city.browser("bank-a"), "/bank/presentation-requests", uscc=uscc, purpose="account-opening"
    )
    assert answer.status_code == status
    assert text in answer.text.partition('class="field__error"')[2]


@pytest.mark.parametrize(
    ("login", "path"), [("bank-a", "/enterprise"), (USCC, "/bank"), ("samr", "/enterprise")]
)
def test_pages_are_for_their_roles_only(city: City, login: str, path: str) -> None:
    assert city.browser(login).get(path).status_code == 403
