"""Who may use a route."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Person
from web.access import Role, access, declared_access, public


def test_a_role_that_is_declared_is_let_in(client: FlaskClient, desk: Person) -> None:
    answer = client.get("/api/v1/notes", headers=desk.headers)
    assert answer.status_code == 200


def test_a_missing_session_is_401_with_a_challenge(client: FlaskClient) -> None:
    answer = client.get("/api/v1/notes")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="qilian"'
    assert answer.json["code"] == "not_signed_in"


def test_a_role_that_is_not_declared_is_403(client: FlaskClient, officer: Person) -> None:
    answer = client.post("/api/v1/notes", json={"text": "x"}, headers=officer.headers)
    assert answer.status_code == 403
    assert answer.json["code"] == "role_required"


def test_access_is_decided_before_the_body_is_read(client: FlaskClient) -> None:
    answer = client.post("/api/v1/notes", data=b"{", content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer ", "Basic YTpi", "Token x", "nonsense", "Bearer \u00e9"],
)
def test_a_bad_authorization_header_never_falls_back_to_the_cookie(
    client: FlaskClient, desk: Person, header: str
) -> None:
    client.set_cookie("qilian_session", desk.token)
    answer = client.get("/api/v1/notes", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_view_without_declaration_is_refused_to_everyone(
    client: FlaskClient, desk: Person
) -> None:
    for headers in ({}, desk.headers):
        answer = client.get("/undeclared", headers=headers)
        assert answer.status_code == 403
        assert answer.json["code"] == "access_undeclared"


def test_each_method_of_a_method_view_has_its_own_declaration(
    client: FlaskClient, desk: Person
) -> None:
    assert client.get("/api/v1/things/1").status_code == 200
    assert client.head("/api/v1/things/1").status_code == 200
    assert client.delete("/api/v1/things/1").status_code == 401
    assert client.delete("/api/v1/things/1", headers=desk.headers).status_code == 403
    assert client.put("/api/v1/things/1", headers=desk.headers).json["code"] == "access_undeclared"


def test_options_says_what_is_allowed_and_no_more(client: FlaskClient) -> None:
    answer = client.options("/api/v1/notes")
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert answer.data == b""


def test_declarations_can_be_enumerated(app: Flask) -> None:
    undeclared = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        for method in rule.methods - {"OPTIONS", "HEAD"}
        if declared_access(app.view_functions[rule.endpoint], method) is None
    }
    assert undeclared == {"undeclared", "sample_api.Things"}  # the two the test app leaves open


def test_access_needs_a_role_and_public_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="role"):
        access(tenant="none")
    with pytest.raises(ValueError, match="public"):
        public("")
    declared = declared_access(access(Role.ACCOUNT_DESK, tenant="own")(lambda: ""), "GET")
    assert declared is not None
    assert (declared.roles, declared.tenant) == ({Role.ACCOUNT_DESK}, "own")
    assert not declared.is_public
