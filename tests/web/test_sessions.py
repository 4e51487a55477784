"""Sessions: started fresh, limited in time, ended at once."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from db import db
from tests.web.conftest import Person
from web.errors import SignInRefused
from web.sandbox import sandbox_password
from web.sessions import (
    ABSOLUTE_LIFETIME_S,
    IDLE_LIFETIME_S,
    find_session,
    sign_in,
    sign_out,
    start_session,
)
from web.tables import SessionRow


def sign_in_by_page(client: FlaskClient, login: str, **form: str) -> TestResponse:
    """Fill in the sign-in page as a browser does."""
    page = client.get("/sign-in").text.partition('action="/sign-in"')[2]
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    assert token is not None
    return client.post("/sign-in", data={"csrf_token": token[1], "login": login, **form})


def test_sign_in_by_page_sets_a_guarded_cookie(client: FlaskClient, desk: Person) -> None:
    answer = sign_in_by_page(client, "desk")
    assert answer.status_code == 303
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "qilian_session" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # PUBLIC_URL is http
    assert client.get("/who").text == "desk"


def test_the_cookie_is_secure_and_host_bound_over_https(
    app: Flask, client: FlaskClient, desk: Person
) -> None:
    app.config["PUBLIC_URL"] = "https://qilian.example"
    page = client.get("/sign-in", base_url="https://localhost").text
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    answer = client.post(
        "/sign-in",
        data={"csrf_token": token[1] if token else "", "login": "desk"},
        base_url="https://localhost",
    )
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "qilian_session" in c)
    assert cookie.startswith("__Host-qilian_session=")
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_sign_in_never_adopts_a_planted_token(client: FlaskClient, desk: Person) -> None:
    client.set_cookie("qilian_session", "planted-by-an-attacker")
    sign_in_by_page(client, "desk")
    fresh = client.get_cookie("qilian_session")
    assert fresh is not None
    assert fresh.value not in {"planted-by-an-attacker", desk.token}


def test_signing_in_again_revokes_the_session_before(client: FlaskClient, desk: Person) -> None:
    sign_in_by_page(client, "desk")
    first = client.get_cookie("qilian_session").value
    sign_in_by_page(client, "desk")
    assert client.get_cookie("qilian_session").value != first
    assert client.get("/who", headers={"Authorization": f"Bearer {first}"}).status_code == 401


def test_sign_out_ends_the_session_at_once(client: FlaskClient, desk: Person) -> None:
    sign_in_by_page(client, "desk")
    token = client.get_cookie("qilian_session").value
    page = client.get("/").text.partition('action="/sign-out"')[2]
    csrf = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    answer = client.post("/sign-out", data={"csrf_token": csrf[1] if csrf else ""})
    assert answer.status_code == 303
    assert client.get_cookie("qilian_session") is None
    assert client.get("/who", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_only_the_hash_of_the_token_is_stored(app: Flask, desk: Person) -> None:
    with app.app_context():
        row = db.session.query(SessionRow).one()
        assert row.token_hash == hashlib.sha256(desk.token.encode()).hexdigest()
        assert len(desk.token) >= 43  # 256 bits


@pytest.mark.parametrize(
    ("age_s", "seen_s_ago", "lives"),
    [
        (0, 0, True),
        (IDLE_LIFETIME_S - 1, IDLE_LIFETIME_S - 1, True),
        (IDLE_LIFETIME_S, IDLE_LIFETIME_S, False),
        (ABSOLUTE_LIFETIME_S - 1, 10, True),
        (ABSOLUTE_LIFETIME_S, 10, False),
    ],
)
def test_idle_and_absolute_limits(
    app: Flask, desk: Person, age_s: int, seen_s_ago: int, lives: bool
) -> None:
    now = 2_000_000_000
    with app.app_context():
        session = start_session(desk.actor.user_id, now=now - age_s)
        digest = hashlib.sha256(session.token.encode()).hexdigest()
        db.session.get(SessionRow, digest).last_seen_at = now - seen_s_ago
        assert (find_session(session.token, now=now) is not None) is lives


def test_use_prolongs_the_idle_limit_but_not_the_absolute_one(app: Flask, desk: Person) -> None:
    now = 2_000_000_000
    with app.app_context():
        session = start_session(desk.actor.user_id, now=now)
        for at in range(now, now + ABSOLUTE_LIFETIME_S, IDLE_LIFETIME_S - 1):
            assert find_session(session.token, now=at) is not None
        assert find_session(session.token, now=now + ABSOLUTE_LIFETIME_S) is None


def test_a_revoked_session_is_nobody(app: Flask, desk: Person) -> None:
    with app.app_context():
        sign_out(desk.token)
        assert find_session(desk.token) is None


def test_unknown_login_and_wrong_password_look_the_same(app: Flask, desk: Person) -> None:
    with app.app_context():
        refusals = []
        for login, password in (("desk", "wrong"), ("nobody", "wrong")):
            with pytest.raises(SignInRefused) as refused:
                sign_in(login, password)
            refusals.append((refused.value.detail, refused.value.code))
        assert len(set(refusals)) == 1


def test_token_endpoint_returns_a_working_token(
    app: Flask, client: FlaskClient, desk: Person
) -> None:
    password = sandbox_password(app.config["SANDBOX_PASSWORD_FILE"])
    answer = client.post("/api/v1/sandbox/tokens", json={"login": "desk", "password": password})
    assert answer.status_code == 200
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["actor"]["roles"] == ["account_desk"]
    assert 0 < answer.json["expires_in"] <= ABSOLUTE_LIFETIME_S
    bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert client.get("/who", headers=bearer).text == "desk"


def test_token_endpoint_refuses_a_wrong_password(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/api/v1/sandbox/tokens", json={"login": "desk", "password": "x"})
    assert answer.status_code == 401
    assert answer.json["code"] == "sign_in_refused"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\tx"]
)
def test_next_never_leaves_the_site(client: FlaskClient, desk: Person, target: str) -> None:
    answer = sign_in_by_page(client, "desk", next=target)
    assert answer.headers["Location"] == "/"


def test_a_page_sends_an_anonymous_visitor_to_sign_in_and_back(
    client: FlaskClient, desk: Person
) -> None:
    answer = client.get("/who?a=1", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": ["/who?a=1"]}
    assert sign_in_by_page(client, "desk", next="/who?a=1").headers["Location"] == "/who?a=1"
