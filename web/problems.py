"""Every failure in one shape: problem+json (RFC 9457), or the same facts as a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import marshmallow
import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from web.errors import WebError

MEDIA_TYPE = "application/problem+json"
SIGN_IN_ENDPOINT = "sandbox.sign_in_page"

STATUS_BY_KIND = {
    "malformed": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
    "too_large": 413,
    "invalid": 422,
    "unavailable": 503,
}

# Shown instead of Werkzeug's English: status → (code, title, title_zh).
_HTTP_TITLES = {
    400: ("malformed_request", "The request is malformed.", "请求格式有误。"),
    404: ("not_found", "There is nothing at this address.", "该地址不存在。"),
    405: (
        "method_not_allowed",
        "This method is not allowed here.",
        "此地址不支持该请求方法。",
    ),
    413: ("too_large", "The request is too large.", "请求内容过大。"),
    415: (
        "unsupported_media_type",
        "The media type is not supported.",
        "不支持该内容类型。",
    ),
    422: ("validation_failed", "Some fields are not valid.", "部分字段未通过校验。"),
    500: ("internal_error", "Something failed on our side.", "系统内部错误。"),
    503: ("unavailable", "The service is busy. Try again.", "服务繁忙，请稍后再试。"),
}

log = structlog.get_logger("web.problems")


@dataclass(frozen=True)
class Problem:
    """One failure, ready to be shown; ``extra`` becomes further members of the document."""

    status: int
    code: str
    title: str
    title_zh: str
    detail: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, *, instance: str, request_id: str) -> dict[str, Any]:
        """Return the problem document (RFC 9457 §3)."""
        return {
            **self.extra,
            "type": f"urn:qilian:problem:{self.code}",
            "title": self.title,
            "title_zh": self.title_zh,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": instance,
            "request_id": request_id,
        }


def problem_of_error(error: Exception) -> Problem:
    """Return the problem of a domain error: a class with code, kind and two titles."""
    return Problem(
        status=STATUS_BY_KIND[getattr(error, "kind", "invalid")],
        code=getattr(error, "code", "error"),
        title=getattr(error, "title_en", "The request failed."),
        title_zh=getattr(error, "title_zh", "请求失败。"),
        detail=getattr(error, "detail", ""),
        extra=getattr(error, "extra", {}),
        headers=getattr(error, "headers", {}),
    )


def problem_of_status(status: int, detail: str, **extra: Any) -> Problem:
    """Return the problem of a bare HTTP status."""
    phrase = HTTP_STATUS_CODES.get(status, "Error")
    fallback = (
        phrase.lower().replace(" ", "_").replace("'", ""),
        phrase + ".",
        "请求失败。",
    )
    code, title, title_zh = _HTTP_TITLES.get(status, fallback)
    return Problem(status, code, title, title_zh, detail, extra)


def problem_of_validation(messages: Any, status: int = 422) -> Problem:
    """Return the problem of refused fields, each named by place and JSON pointer."""
    errors = [
        {"in": place, "pointer": pointer, "detail": text}
        for place, pointer, text in _flatten(messages)
    ]
    named = ", ".join(dict.fromkeys(error["pointer"] or "/" for error in errors))
    return problem_of_status(
        status,
        f"Correct these fields and send again: {named}.",
        errors=errors,
        detail_zh=f"请改正以下字段后重新提交：{named}。",
    )


def init_app(app: Flask) -> None:
    """Register the handlers for the shell's errors, HTTP errors and refused fields."""
    register_error_base(app, WebError)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(marshmallow.ValidationError, _answer_validation)
    app.register_error_handler(IntegrityError, answer_database_error)
    app.register_error_handler(OperationalError, answer_database_error)
    app.register_error_handler(DataError, answer_database_error)


def register_error_base(app: Flask, base: type[Exception]) -> None:
    """Answer every error of a package with its problem; call once for each package's base."""
    app.register_error_handler(base, lambda error: answer(problem_of_error(error)))


def answer_http_exception(error: HTTPException) -> ResponseReturnValue:
    """Answer a routing, parsing or unexpected error."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    if "messages" in data and status == 422:
        return answer(problem_of_validation(data["messages"]))
    if status == 500:
        detail = "The failure was recorded under the request id. Try again later."
    else:
        detail = error.description or ""
    problem = problem_of_status(status, detail)
    # get_headers carries what the status demands, such as Allow with 405 (RFC 9110 §15.5.6).
    headers = {k: v for k, v in error.get_headers() if k.lower() != "content-type"}
    return answer(problem, headers)


def answer_database_error(error: DBAPIError) -> Response:
    """Answer what the database refused: a clash, a value beyond its range, or being busy."""
    said = str(error.orig) if isinstance(error, OperationalError) else ""
    log.warning("database_refused", error=type(error).__name__, said=said)
    if isinstance(error.orig, sqlite3.OperationalError) and not _is_busy(error.orig):
        # SQLite says the same of a missing table as of a lock; waiting helps with a lock only.
        return answer(problem_of_status(500, "The database refused. See the log of the request."))
    if isinstance(error, IntegrityError):
        detail = "Another request stored the same thing first. Reload and check before retrying."
        return answer(problem_of_status(409, detail))
    if isinstance(error, DataError):
        return answer(problem_of_status(422, "A value is outside the range that can be stored."))
    problem = problem_of_status(503, "The database is busy. Try again in a moment.")
    return answer(problem, {"Retry-After": "1"})


def _is_busy(error: sqlite3.OperationalError) -> bool:
    primary = error.sqlite_errorcode & 0xFF  # extended codes carry the primary one below
    return primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as JSON, as a page, or as the way to the sign-in page."""
    if wants_page():
        if problem.status == 401 and request.method == "GET" and _has_sign_in():
            target = url_for(SIGN_IN_ENDPOINT, next=request.full_path.rstrip("?"))
            return current_app.make_response(redirect(target, 303))
        response = current_app.make_response(_page(problem))
    else:
        document = problem.document(instance=request.path, request_id=g.get("request_id", ""))
        response = Response(current_app.json.dumps(document), mimetype=MEDIA_TYPE)
    response.status_code = problem.status
    response.headers.update({**problem.headers, **(headers or {})})
    return response


def wants_page() -> bool:
    """Say whether the client is a browser on a page, not a program or the API."""
    if request.path.startswith(("/api/", "/.well-known/")):
        return False
    accepted = request.accept_mimetypes
    return bool(accepted.best_match(["application/json", "text/html"]) == "text/html")


def _page(problem: Problem) -> str:
    if problem.status >= 500:
        g.web_session = None  # the page must not depend on what has just failed
    return render_template("web/error.html", problem=problem, request_id=g.get("request_id", ""))


def _has_sign_in() -> bool:
    return SIGN_IN_ENDPOINT in current_app.view_functions


def _answer_validation(error: marshmallow.ValidationError) -> Response:
    return answer(problem_of_validation({"json": error.messages}))


def _flatten(messages: Any) -> Iterator[tuple[str, str, str]]:
    """Walk marshmallow's nested messages: place → field → … → list of sentences."""
    for place, tree in dict(messages).items():
        for path, text in _leaves(tree):
            yield str(place), "".join(f"/{part}" for part in path), text


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            step = () if key == "_schema" else (str(key).replace("~", "~0").replace("/", "~1"),)
            yield from _leaves(branch, path + step)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from _leaves(branch, path)
    else:
        yield path, str(tree)
