"""Every failure has one shape, leaks nothing, and changes nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Person, SampleError
from web.problems import STATUS_BY_KIND, answer, problem_of_error, problem_of_validation

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(("kind", "status"), STATUS_BY_KIND.items())
def test_each_kind_of_domain_error(client: FlaskClient, kind: str, status: int) -> None:
    answer = client.get(f"/fails/{kind}")
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert answer.json == {
        "type": f"urn:qilian:problem:sample_{kind}",
        "title": "Sample.",
        "title_zh": "示例。",
        "status": status,
        "detail": "What was found; what to do.",
        "code": f"sample_{kind}",
        "instance": f"/fails/{kind}",
        "request_id": answer.headers["X-Request-Id"],
        "field": "x",
    }


def test_an_unknown_address(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.mimetype == PROBLEM


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/notes")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_unexpected_error_leaks_nothing(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/broken", headers={"X-Request-Id": "request-0001"})
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert answer.json["request_id"] == "request-0001"
    assert "RuntimeError" not in answer.text
    log = capsys.readouterr().err
    assert "RuntimeError" in log
    assert "request-0001" in log
    assert "110101199001010000" not in answer.text + log


def test_refused_fields_are_named(client: FlaskClient, desk: Person) -> None:
    body = {"amount_fen": "12x", "tags": ["a", 5], "unknown": 1}
    answer = client.post("/api/v1/notes", json=body, headers=desk.headers)
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert answer.json["errors"] == [
        {"in": "json", "pointer": "/text", "detail": "Missing data for required field."},
        {"in": "json", "pointer": "/amount_fen", "detail": "Not a valid integer."},
        {"in": "json", "pointer": "/tags/1", "detail": "Not a valid string."},
        {"in": "json", "pointer": "/unknown", "detail": "Unknown field."},
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{}",
        b'{"text": "\\u0000"}',
        b'{"text": "\\ud800"}',
        b'{"a\\u0000": 1}',
        b'["\\u0000"]',
        b'{"text": "a", "text": "b"}',
        b'{"text": "a", "amount_fen": 9223372036854775808}',
        b'{"text": "a", "amount_fen": ' + b"9" * 5000 + b"}",
        b'{"text": "a", "amount_fen": 1e999}',
        b'{"text": "a", "amount_fen": NaN}',
        b"[" * 100_000,
    ],
    ids=lambda body: body[:44].decode("latin-1"),
)
def test_json_that_no_field_can_hold_is_400(client: FlaskClient, desk: Person, body: bytes) -> None:
    answer = client.post(
        "/api/v1/notes", data=body, content_type="application/json", headers=desk.headers
    )
    assert answer.status_code == 400
    assert answer.mimetype == PROBLEM


def test_the_largest_64_bit_integer_is_taken(client: FlaskClient, desk: Person) -> None:
    body = {"text": "a", "amount_fen": 2**63 - 1}
    assert client.post("/api/v1/notes", json=body, headers=desk.headers).status_code == 201


def test_another_media_type_is_415(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/api/v1/notes", data="text=x", headers=desk.headers)
    assert answer.status_code == 415
    answer = client.post(
        "/api/v1/notes", data="<a/>", content_type="text/xml", headers=desk.headers
    )
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_an_empty_body_names_the_missing_field(client: FlaskClient, desk: Person) -> None:
    answer = client.post("/api/v1/notes", headers=desk.headers)
    assert answer.status_code == 422


def test_too_large_a_body_is_413(app: Flask, client: FlaskClient, desk: Person) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    answer = client.post("/api/v1/notes", json={"text": "x" * 200}, headers=desk.headers)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/notes?page=9223372036854775808", 422),
        ("/api/v1/notes?page=-99999999999999999999", 422),
        ("/api/v1/notes?page=x", 422),
        ("/api/v1/notes?page=%00", 400),
        ("/api/v1/notes?q%00=1", 400),
        ("/api/v1/notes%00", 400),
        ("/api/v1/things/9223372036854775808", 404),
        ("/fails/%00", 400),
    ],
)
def test_paths_and_queries_that_no_field_can_hold(
    client: FlaskClient, desk: Person, path: str, status: int
) -> None:
    answer = client.get(path, headers=desk.headers)
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM


def test_a_browser_gets_the_same_facts_as_a_page(client: FlaskClient) -> None:
    answer = client.get("/fails/conflict", headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert answer.mimetype == "text/html"
    for fact in ("示例。", "What was found; what to do.", "sample_conflict"):
        assert fact in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_the_api_answers_json_even_to_a_browser(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert answer.mimetype == PROBLEM


def test_detail_is_escaped_in_the_page(client: FlaskClient) -> None:
    answer = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_pointers_are_escaped_and_schema_errors_point_at_the_whole() -> None:
    problem = problem_of_validation({"json": {"_schema": ["Bad."], "a/b~": {"0": ["Worse."]}}})
    assert [e["pointer"] for e in problem.extra["errors"]] == ["", "/a~1b~0/0"]


class Explained(SampleError):
    """A refusal that tells Chinese readers what to do."""

    code = "explained"


@pytest.mark.parametrize(("language", "is_shown"), [("zh", True), ("en", False)])
def test_a_page_explains_in_chinese_first(app: Flask, language: str, is_shown: bool) -> None:
    problem = problem_of_error(Explained("Consent first.", detail_zh="请先授权。"))
    with app.test_request_context(f"/somewhere?lang={language}", headers={"Accept": "text/html"}):
        page = answer(problem).get_data(as_text=True)
    assert ("请先授权。" in page) is is_shown
    assert "Consent first." in page
