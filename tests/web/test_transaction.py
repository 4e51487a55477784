"""One transaction per request."""

from __future__ import annotations

from flask.testing import FlaskClient

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


def test_a_clash_at_commit_is_409(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/clash")
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert texts(client, desk) == []
