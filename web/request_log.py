"""One JSON line per request, with its id and without personal data."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request

from db import new_id

HEADER = "X-Request-Id"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("web.request")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def init_app(app: Flask) -> None:
    """Number every request and log its outcome."""
    _configure(app.config.get("LOG_LEVEL", "INFO"))
    app.before_request(_begin)
    app.after_request(_end)
    app.log_exception = _log_exception  # type: ignore[method-assign]


def _begin() -> None:
    offered = request.headers.get(HEADER, "")
    g.request_id = offered if _ACCEPTABLE_ID.fullmatch(offered) else new_id()
    g.started_ns = time.perf_counter_ns()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    request_id = g.get("request_id", "")
    response.headers[HEADER] = request_id
    elapsed_ns = time.perf_counter_ns() - g.get("started_ns", time.perf_counter_ns())
    # The rule, not the path: a path may name an enterprise.
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        endpoint=request.endpoint,
        status=response.status_code,
        duration_ms=round(elapsed_ns / 1e6, 1),
    )
    return response


def _log_exception(exc_info: Any) -> None:
    """Log where an unexpected exception arose; its message may hold data, so leave it out."""
    log.error("unexpected_exception", **where(exc_info))


def where(exc_info: _ExcInfo) -> dict[str, Any]:
    """Return the exception's type and its frames as "file:line function"."""
    kind, error, trace = exc_info
    frames = traceback.extract_tb(trace)
    cause = error.__cause__
    return {
        "error": kind.__name__,
        "cause": type(cause).__name__ if cause else None,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _configure(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
