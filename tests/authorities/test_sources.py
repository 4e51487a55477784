"""Sources of rows: files, tables and feeds, each from the beginning and from a cursor."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from authorities.adapters.source_http import HTTPSource
from authorities.adapters.source_sql import SQLSource
from authorities.adapters.sources import open_source
from authorities.errors import SourceFailed
from authorities.ports import Source, SourceChunk

Answer = tuple[int, dict[str, str], bytes]


def rows(source: Source, after: str | None = None) -> list[tuple[int, list[object]]]:
    return [
        (line, list(cells)) for chunk in source.chunks(after, None) for line, cells in chunk.rows
    ]


def chunks(source: Source) -> list[SourceChunk]:
    return list(source.chunks(None, None))


# --- files -----------------------------------------------------------------------------------


def test_a_csv_goes_on_after_any_chunk(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("uscc,n\n" + "".join(f"A{n},{n}\n" for n in range(7)), "utf-8")
    source = open_source(str(path), chunk_rows=3)
    every = rows(source)
    assert every[0] == (2, ["A0", "0"])
    assert len(every) == 7
    for chunk in chunks(source):
        assert rows(source, chunk.cursor) == [row for row in every if row[0] > int(chunk.cursor)]


BAD_FILES = {
    "empty": b"",
    "not text": b"uscc\n\xff\xfe\n",
    "broken quotes": b'uscc\n"a"b\n',
    "no workbook": None,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / ("rows.csv" if content is not None else "rows.xlsx")
    path.write_bytes(b"no zip" if content is None else content)
    with pytest.raises(SourceFailed):
        rows(open_source(str(path)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed):
        rows(open_source(str(tmp_path / "none.csv")))


# --- tables ----------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "city.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table staff (id integer primary key, code text, n integer)")
        connection.executemany(
            "insert into staff values (?, ?, ?)", [(n, f"A{n}", n * 10) for n in range(1, 8)]
        )
    connection.close()
    return f"sqlite:///{path}"


def test_a_table_in_the_order_of_its_key(table: str) -> None:
    source = SQLSource(table, table="staff", columns={"code": "uscc"}, chunk_rows=3)
    found = chunks(source)
    assert found[0].header == ["id", "uscc", "n"]
    assert [len(chunk.rows) for chunk in found] == [3, 3, 1]
    every = rows(source)
    assert every[0] == (2, [1, "A1", 10])
    assert rows(source, found[1].cursor) == every[6:]


def test_a_query_with_a_text_as_its_key(table: str) -> None:
    query = "select code as uscc, n from staff where n > 20"
    source = SQLSource(table, query=query, key="uscc", chunk_rows=2)
    assert [cells for _, cells in rows(source)] == [[f"A{n}", n * 10] for n in range(3, 8)]


BAD_TABLES: dict[str, dict[str, str]] = {
    "no such table": {"table": "nobody"},
    "broken SQL": {"query": "selekt 1", "key": "a"},
    "a query without a key": {"query": "select 1 as a"},
    "no such key": {"query": "select 1 as a", "key": "b"},
    "neither": {},
    "a second statement": {"query": "select 1 as a; drop table staff", "key": "a"},
}


@pytest.mark.parametrize("arguments", BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_bad_table(table: str, arguments: dict[str, str]) -> None:
    with pytest.raises(SourceFailed):
        rows(SQLSource(table, **arguments, chunk_rows=3))  # type: ignore[arg-type]


def test_a_password_is_in_no_name() -> None:
    source = SQLSource("postgresql://u:secret@h/d", table="t", chunk_rows=1)
    assert "secret" not in source.name


@pytest.mark.parametrize("url", ["nonsense://x", "mysql+nodriver://h/d"])
def test_a_database_nobody_knows(url: str) -> None:
    with pytest.raises(SourceFailed):
        rows(open_source(url, table="t"))


# --- feeds -----------------------------------------------------------------------------------


class Feed:
    """A server on loopback that answers as its routes say; it remembers what it was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[str] = []
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                feed.asked.append(self.path)
                status, headers, body = feed.routes[self.path](dict(self.headers))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str, following: object, *records: object, etag: str = "") -> None:
        body = json.dumps({"records": records, "next": following}).encode()
        headers = {"Content-Type": "application/json"} | ({"ETag": etag} if etag else {})

        def answer(asked: dict[str, str]) -> Answer:
            if etag and asked.get("If-None-Match") == etag:
                return 304, {"ETag": etag}, b""
            return 200, headers, body

        self.routes[path] = answer


@pytest.fixture
def feed() -> Iterator[Feed]:
    found = Feed()
    yield found
    found.close()


def test_a_feed_page_by_page_and_on_from_the_middle(feed: Feed) -> None:
    feed.page("/a", "/b", {"uscc": "A1", "list": [1, 2]}, {"uscc": "A2", "n": 3})
    feed.page("/b", None, {"uscc": "A3"})
    source = HTTPSource(feed.url + "/a")
    first, second = chunks(source)
    assert first.header == ["uscc", "list", "n"]
    assert first.rows == [(2, ["A1", "[1,2]", None]), (3, ["A2", None, 3])]
    assert rows(source, first.cursor) == [(4, ["A3"])]
    assert rows(source, second.cursor) == []


def test_an_unchanged_feed_is_not_read_again(feed: Feed) -> None:
    feed.page("/a", "/b", {"uscc": "A1"}, etag='"7"')
    feed.page("/b", None, {"uscc": "A2"})
    source = HTTPSource(feed.url + "/a")
    assert len(rows(source)) == 2
    assert source.fingerprint == '"7"'
    assert list(source.chunks(None, '"7"')) == []
    assert feed.asked == ["/a", "/b", "/a"]
    assert len(list(source.chunks(None, '"6"'))) == 2


def _always(status: int, body: bytes = b"", **headers: str) -> Callable[[dict[str, str]], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, named, body)


JSON = "application/json"
BAD_PAGES = {
    "a server error": _always(500),
    "a page of HTML": _always(200, b"<html>", Content_Type="text/html"),
    "no content type": _always(200, b"{}"),
    "a redirect to another host": _always(302, Location="http://169.254.169.254/latest"),
    "a redirect home": _always(301, Location="/b"),
    "not JSON": _always(200, b"{", Content_Type=JSON),
    "a list": _always(200, b"[]", Content_Type=JSON),
    "records that are none": _always(200, b'{"records": [1]}', Content_Type=JSON),
    "a next that is no URL": _always(200, b'{"records": [], "next": 7}', Content_Type=JSON),
    "another host next": _always(
        200, b'{"records": [], "next": "http://127.0.0.2/a"}', Content_Type=JSON
    ),
    "another scheme next": _always(
        200, b'{"records": [], "next": "file:///etc/passwd"}', Content_Type=JSON
    ),
    "itself next": _always(200, b'{"records": [], "next": "/a"}', Content_Type=JSON),
    "304 unasked": _always(304),
}


@pytest.mark.parametrize("answer", BAD_PAGES.values(), ids=BAD_PAGES)
def test_a_bad_page(feed: Feed, answer: Callable[[dict[str, str]], Answer]) -> None:
    feed.routes["/a"] = answer
    with pytest.raises(SourceFailed):
        rows(HTTPSource(feed.url + "/a"))


def test_a_feed_without_end(feed: Feed) -> None:
    for number in range(8):
        feed.page(f"/{number}", f"/{number + 1}", {"uscc": "A"})
    with pytest.raises(SourceFailed, match="does not end"):
        rows(HTTPSource(feed.url + "/0", pages_max=5))
    assert len(feed.asked) == 5


def test_nobody_answers() -> None:
    with pytest.raises(SourceFailed, match="ConnectError"):
        rows(HTTPSource("http://127.0.0.1:9/a"))


@pytest.mark.parametrize(
    "url",
    ["http://example.com/a", "http://10.0.0.1/a", "https://user:word@example.com/", "https:///a"],
)
def test_an_address_a_feed_may_not_have(url: str) -> None:
    with pytest.raises(SourceFailed):
        HTTPSource(url)
