"""One transaction per request."""

from __future__ import annotations

import sqlite3

from flask import Flask
from flask.testing import FlaskClient

from db import db
from tests.web.conftest import Person


def texts(client: FlaskClient, person: Person) -> list[str]:
    """Return what was kept."""
    return [note["text"] for note in client.get("/api/v1/notes", headers=person.headers).json]


def test_a_good_answer_keeps_what_was_written(client: FlaskClient, desk: Person) -> None:
    client.post("/api/v1/notes", json={"text": "kept"}, headers=desk.headers)
    assert texts(client, desk) == ["kept"]


def test_an_error_keeps_nothing(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/api/v1/notes", json={"text": "then fail"}, headers=desk.headers)
    assert answer.status_code == 422
    assert texts(client, desk) == []


def test_a_database_that_was_not_migrated_is_no_reason_to_retry(
    app: Flask, client: FlaskClient, desk: Person
) -> None:
    with app.app_context():
        db.session.execute(db.text("drop table test_note"))
        db.session.commit()
    answer = client.get("/api/v1/notes", headers=desk.headers)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")


def test_a_locked_database_asks_to_try_again(app: Flask, client: FlaskClient, desk: Person) -> None:
    file = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with app.app_context():
        db.session.execute(db.text("pragma busy_timeout = 1"))
        db.session.commit()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    try:
        answer = client.get("/api/v1/notes", headers=desk.headers)
    finally:
        other.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_a_clash_at_commit_is_409(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/clash")
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert texts(client, desk) == []
