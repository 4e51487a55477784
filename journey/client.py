"""A small HTTP client of the API: bearer tokens, and problems as exceptions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

API = "/api/v1"
PATIENCE_S = 120
POLL_S = 0.2


class Refused(Exception):
    """The API or a protocol endpoint refused a request; carries its problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any], what: str) -> None:
        detail = problem.get("detail") or problem.get("error_description")
        super().__init__(f"{what}: {status} {problem.get('code')}: {detail}")
        self.status = status
        self.problem = problem
        self.code = problem.get("code")


class NeverHappened(Exception):
    """Something awaited did not come about in time."""


class Client:
    """One signed-in party of the API; safe for use by one thread at a time."""

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self._http = http
        self.token = token
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def sign_in(cls, http: httpx.Client, login: str, password: str) -> Client:
        """Return a client signed in with a sandbox login."""
        body = {"login": login, "password": password}
        answer = cls(http).post("/sandbox/tokens", body)
        return cls(http, answer["access_token"])

    def as_bearer(self, token: str) -> Client:
        """Return a client of the same server with another token."""
        return Client(self._http, token)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        response = self._http.request(method, API + path, headers=self._headers, **options)
        if response.status_code >= 400:
            raise Refused(response.status_code, _problem(response), f"{method} {path}")
        return orjson.loads(response.content) if response.content else None

    def get(self, path: str, **query: Any) -> Any:
        """GET a resource."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        """POST a JSON body."""
        return self._send("POST", path, json={} if body is None else body)

    def fetch(self, url: str) -> str:
        """GET a protocol document, as a wallet does: without any sign-in."""
        response = self._http.get(urlsplit(url).path)
        if response.status_code >= 400:
            raise Refused(response.status_code, _problem(response), f"GET {url}")
        return response.text

    def post_form(self, url: str, form: Mapping[str, str]) -> Any:
        """POST a form to a protocol endpoint, as a wallet does: without any sign-in."""
        response = self._http.post(urlsplit(url).path, data=dict(form))
        if response.status_code >= 400:
            raise Refused(response.status_code, _problem(response), f"POST {url}")
        return orjson.loads(response.content)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH with a JSON body."""
        return self._send("PATCH", path, json=body)


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {"code": "not_a_problem_document", "detail": response.text[:200]}
    return document if isinstance(document, dict) else {"detail": str(document)[:200]}


def await_until(what: str, is_done: Callable[[], bool]) -> None:
    """Ask again and again until something holds.

    Raises:
        NeverHappened: not within two minutes.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not is_done():
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what} did not happen within {PATIENCE_S} s")
        time.sleep(POLL_S)
