"""Chinese first, English by choice."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from web.language import current_language, local_path, t


def test_outside_a_request_it_is_chinese() -> None:
    assert (t("中文", "English"), current_language()) == ("中文", "zh")


@pytest.mark.parametrize(
    ("query", "cookie", "header", "text"),
    [
        ("", None, None, "中文"),
        ("", None, "en-GB,en;q=0.9", "English"),
        ("", None, "zh-CN,zh;q=0.9,en;q=0.8", "中文"),
        ("", None, "fr", "中文"),
        ("", "en", "zh-CN", "English"),
        ("?lang=zh", "en", "en", "中文"),
        ("?lang=xx", None, "en", "English"),
        ("", "xx", None, "中文"),
    ],
)
def test_query_then_cookie_then_header(
    client: FlaskClient, query: str, cookie: str | None, header: str | None, text: str
) -> None:
    if cookie:
        client.set_cookie("qilian_language", cookie)
    headers = {"Accept-Language": header} if header else {}
    assert client.get(f"/template{query}", headers=headers).text == f"{text} ¥1,234.56"


def test_the_switch_keeps_the_choice_and_goes_back(client: FlaskClient) -> None:
    answer = client.get("/language/en?next=/template")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/template")
    assert client.get("/template").text.startswith("English")
    assert client.get("/", headers={"Accept": "text/html"}).text.count('<html lang="en">') == 1


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.get("/language/xx")
    assert client.get("/template").text.startswith("中文")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/a?b=c", "/a?b=c"),
        ("//host/a", "/"),
        ("/\\host", "/"),
        ("/a\\b", "/"),
        ("https://host", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_paths_of_this_site_are_followed(target: str | None, path: str) -> None:
    assert local_path(target) == path
