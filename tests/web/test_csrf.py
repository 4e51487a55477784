"""Unsafe requests with a cookie must come from our own page."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Person
from web.csrf import PRE_SESSION_COOKIE


def csrf_token(client: FlaskClient) -> str:
    """Return the token of the browser's session, as the sign-out form carries it."""
    form = client.get("/").text.partition('action="/sign-out"')[2]
    found = re.search(r'name="csrf_token"\s+value="([^"]+)"', form)
    assert found is not None
    return found[1]


def test_form_field_and_header_both_carry_the_token(client: FlaskClient, desk: Person) -> None:
    client.set_cookie("qilian_session", desk.token)
    token = csrf_token(client)
    assert client.post("/change", data={"csrf_token": token}).text == "changed"
    assert client.post("/change", headers={"X-CSRF-Token": token}).text == "changed"


@pytest.mark.parametrize("form", [{}, {"csrf_token": ""}, {"csrf_token": "guess"}])
def test_a_missing_or_wrong_token_is_refused(
    client: FlaskClient, desk: Person, form: dict[str, str]
) -> None:
    client.set_cookie("qilian_session", desk.token)
    answer = client.post("/change", data=form)
    assert answer.status_code == 403
    assert answer.json["code"] == "csrf_token_invalid"


def test_the_token_of_another_session_is_refused(
    app: Flask, client: FlaskClient, desk: Person, officer: Person
) -> None:
    client.set_cookie("qilian_session", desk.token)
    other = app.test_client()
    other.set_cookie("qilian_session", officer.token)
    assert client.post("/change", data={"csrf_token": csrf_token(other)}).status_code == 403


def test_a_bearer_request_needs_no_token(client: FlaskClient, desk: Person) -> None:
    assert client.post("/change", headers=desk.headers).text == "changed"


def test_api_requests_with_a_cookie_need_the_token_too(client: FlaskClient, desk: Person) -> None:
    client.set_cookie("qilian_session", desk.token)
    assert client.post("/api/v1/notes", json={"text": "x"}).status_code == 403
    headers = {"X-CSRF-Token": csrf_token(client)}
    assert client.post("/api/v1/notes", json={"text": "x"}, headers=headers).status_code == 201


def test_sign_in_needs_the_form_served_to_this_browser(
    app: Flask, client: FlaskClient, desk: Person
) -> None:
    page = app.test_client().get("/sign-in").text
    stolen = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    assert stolen is not None
    for cookie in (None, "another-seed"):
        if cookie:
            client.set_cookie(PRE_SESSION_COOKIE, cookie)
        answer = client.post("/sign-in", data={"login": "desk", "csrf_token": stolen[1]})
        assert answer.status_code == 403
        assert client.get_cookie("qilian_session") is None


def test_signing_in_as_somebody_else_needs_the_form_of_the_page(
    client: FlaskClient, desk: Person, officer: Person
) -> None:
    client.set_cookie("qilian_session", desk.token)
    with_session_token = {"login": "officer", "csrf_token": csrf_token(client)}
    assert client.post("/sign-in", data=with_session_token).status_code == 403
    form = client.get("/sign-in").text.partition('action="/sign-in"')[2]
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', form)
    answer = client.post(
        "/sign-in", data={"login": "officer", "csrf_token": token[1] if token else ""}
    )
    assert answer.status_code == 303
    assert client.get("/who").text == "officer"
