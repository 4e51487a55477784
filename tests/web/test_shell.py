"""The shell's own pages, headers and health."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from db import db
from tests.web.conftest import Person
from web import shell
from web.access import Role
from web.navigation import add_navigation


@pytest.mark.parametrize("path", ["/", "/sign-in", "/style", "/docs", "/api/v1/nothing"])
def test_security_headers_are_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/style", "/docs", "/nothing"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_hold_no_inline_script_or_style(
    client: FlaskClient, desk: Person, path: str, language: str
) -> None:
    page = client.get(f"{path}?lang={language}", headers={"Accept": "text/html"}).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    assert re.search(r'<html lang="(zh-CN|en)">', page)


def test_english_pages_hold_no_chinese_but_the_switch(client: FlaskClient) -> None:
    page = client.get("/style?lang=en").text
    assert set(re.findall(r"[\u4e00-\u9fff]+", page)) == {"中文"}


def test_style_sheet_and_vendor_files_may_be_kept_for_ever(client: FlaskClient) -> None:
    for path in ("/static/site.css", "/static/vendor/htmx.min.js"):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["other.js", "..%2fpackage.json", "package.json"])
def test_only_listed_vendor_files_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/vendor/{name}").status_code == 404


def test_the_menu_shows_what_the_role_may_use(
    app: Flask, client: FlaskClient, desk: Person
) -> None:
    add_navigation(app, "/who", "本人页", "Me", Role.ACCOUNT_DESK)
    add_navigation(app, "/admin", "后台页", "Admin", Role.PLATFORM_ADMIN)
    assert "本人页" not in client.get("/").text
    client.set_cookie("qilian_session", desk.token)
    page = client.get("/").text
    assert "本人页" in page
    assert "后台页" not in page


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready", "checks": []}


def test_a_part_that_is_not_ready_is_named(app: Flask, client: FlaskClient) -> None:
    def fine() -> None:
        return None

    def down() -> None:
        raise ConnectionError("http://user:secret@node:8545")

    app.extensions["qilian.checks"].update(database=fine, chain=down)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["failed"]) == (503, ["chain"])
    assert "secret" not in answer.text


def test_without_the_sandbox_its_routes_do_not_exist(tmp_path: Path) -> None:
    app = Flask("production", static_folder=None)
    app.config.update(SECRET_KEY="x", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'p.db'}")
    db.init_app(app)
    shell.init_app(app)
    client = app.test_client()
    for path in ("/sign-in", "/style", "/api/v1/sandbox/tokens"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert "沙箱" not in client.get("/").text


def test_the_shell_insists_on_serving_static_itself() -> None:
    with pytest.raises(ValueError, match="static_folder"):
        shell.init_app(Flask("wrong"))


def test_request_ids_are_kept_if_acceptable(client: FlaskClient) -> None:
    kept = client.get("/", headers={"X-Request-Id": "abcdef-123456"})
    assert kept.headers["X-Request-Id"] == "abcdef-123456"
    fresh = client.get("/", headers={"X-Request-Id": "<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", fresh.headers["X-Request-Id"])


def test_the_log_names_the_route_not_the_path(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/fails/conflict?name=somebody")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    line = next(line for line in lines if line["event"] == "request")
    assert (line["route"], line["status"]) == ("/fails/<kind>", 409)
    assert "somebody" not in json.dumps(lines)


def test_the_api_description_is_valid_openapi(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    validate(document)
    operation = document["paths"]["/api/v1/notes"]["post"]
    assert operation["security"] == [{"bearerToken": []}]
    assert operation["x-roles"] == ["account_desk"]
    for status in ("400", "401", "403", "404", "405", "413", "415", "422"):
        assert "application/problem+json" in operation["responses"][status]["content"]
    assert document["paths"]["/api/v1/sandbox/tokens"]["post"]["security"] == []


def test_a_form_beside_a_file_is_described_as_one_body(client: FlaskClient) -> None:
    operation = client.get("/openapi.json").json["paths"]["/api/v1/files"]["post"]
    assert operation["parameters"] == []
    parts = operation["requestBody"]["content"]["multipart/form-data"]["schema"]["allOf"]
    assert parts[0] == {"$ref": "#/components/schemas/Form"}
    assert parts[1]["required"] == ["file"]
    assert parts[1]["properties"]["file"]["format"] == "binary"
    page = client.get("/docs").text.partition("/api/v1/files")[2].partition("</details>")[0]
    assert "<code>file</code>" in page
    assert "<code>name</code>" in page


def test_operation_ids_are_unique(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    ids = [
        item[method]["operationId"]
        for item in document["paths"].values()
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}
    ]
    assert len(ids) == len(set(ids))


def test_the_readable_page_lists_every_operation(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    page = client.get("/docs?lang=en").text
    for path in document["paths"]:
        assert path in page
