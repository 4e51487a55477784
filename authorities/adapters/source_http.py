"""A feed over HTTP as the source of a job: JSON pages, each naming the next.

A page is `{"records": [{claim: value, …}, …], "next": URL or null}`. The ETag of the first page
stands for the whole feed: a publisher changes it with any record. Asked again with If-None-Match,
it answers 304 where nothing changed.

- https, or http to a loopback address; `next` stays on the host it began with; redirects are
  refused, for they are how a feed would send us into somebody's own network.
- A page has at most 16 MiB, a feed 100,000 pages, and none of them twice.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import orjson

from authorities.errors import SourceFailed
from authorities.ports import SourceChunk

PAGE_BYTES_MAX = 16 * 1024 * 1024
PAGES_MAX = 100_000
URL_CHARS_MAX = 1_900  # a cursor holds one
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class HTTPSource:
    """Implements :class:`authorities.ports.Source`; the cursor is a line number and a URL."""

    def __init__(self, url: str, *, pages_max: int = PAGES_MAX) -> None:
        _require_safe(url)
        self.name = url[:400]
        self.fingerprint: str | None = None
        self._url = url
        self._pages_max = pages_max

    def chunks(self, after: str | None, fingerprint: str | None) -> Iterator[SourceChunk]:
        """Yield a chunk for each page after a cursor, unless the feed has this fingerprint."""
        line, url = 1, self._url
        if after is not None:
            number, _, url = after.partition(" ")
            line = int(number)
        known = fingerprint if after is None else None
        self.fingerprint = fingerprint
        visited: set[str] = set()
        # No proxy and no .netrc: the environment is not the operator who named this feed.
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
            while url:
                if url in visited or len(visited) >= self._pages_max:
                    raise SourceFailed("the feed does not end: its pages repeat, or are too many")
                visited.add(url)
                page = self._page(client, url, known if url == self._url else None)
                if page is None:
                    return
                records, url = _parse(page, url, self._url)
                chunk = _chunk(records, line, url)
                line += len(records)
                yield chunk

    def _page(self, client: httpx.Client, url: str, known: str | None) -> bytes | None:
        """Return a page's body; None where nothing changed."""
        headers = {"Accept": "application/json"} | ({"If-None-Match": known} if known else {})
        try:
            with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED and known:
                    return None
                _require_page(answer)
                if url == self._url:
                    self.fingerprint = answer.headers.get("etag")
                return _body(answer)
        except httpx.HTTPError as error:
            raise SourceFailed(f"the feed does not answer: {type(error).__name__}") from error


def _require_safe(url: str) -> None:
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    if not is_safe or not parts.hostname or parts.username or len(url) > URL_CHARS_MAX:
        raise SourceFailed("expected an https URL without a login, or http to this machine")


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _require_page(answer: httpx.Response) -> None:
    if answer.is_redirect:
        raise SourceFailed("the feed redirects; name the address that it redirects to")
    if answer.status_code != httpx.codes.OK:
        raise SourceFailed(f"the feed answers {answer.status_code}, expected 200")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise SourceFailed(f"the feed answers {kind or 'no content type'}, expected JSON")


def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > PAGE_BYTES_MAX:
            raise SourceFailed(f"a page has more than {PAGE_BYTES_MAX} bytes; make pages smaller")
    return bytes(body)


def _parse(body: bytes, url: str, first_url: str) -> tuple[list[dict[str, Any]], str]:
    """Return a page's records and the next page's URL, empty at the end."""
    try:
        page = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SourceFailed("a page of the feed is not JSON") from error
    records = page.get("records") if isinstance(page, dict) else None
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        raise SourceFailed('expected a page {"records": [objects], "next": URL or null}')
    following = page.get("next")
    if following is None:
        return records, ""
    if not isinstance(following, str):
        raise SourceFailed("expected next to be a URL or null")
    absolute = urljoin(url, following)
    if urlsplit(absolute)[:2] != urlsplit(first_url)[:2] or len(absolute) > URL_CHARS_MAX:
        raise SourceFailed("the next page is on another host; a feed stays where it began")
    return records, absolute


def _chunk(records: list[dict[str, Any]], line: int, following: str) -> SourceChunk:
    header = list(dict.fromkeys(name for record in records for name in record))
    rows = [
        (line + number, [_cell(record.get(name)) for name in header])
        for number, record in enumerate(records, start=1)
    ]
    return SourceChunk(header, rows, cursor=f"{line + len(records)} {following}")


def _cell(value: Any) -> Any:
    """Return a value as a cell; lists stand in cells as JSON."""
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value
