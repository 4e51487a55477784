"""One transaction per request: kept when the answer is good, undone when it is not."""

from __future__ import annotations

from flask import Flask, Response
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from db import db
from web.problems import answer_database_error


def init_app(app: Flask) -> None:
    """Commit or roll back after every request, in this one place."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if response.status_code >= 400:
        db.session.rollback()
        return response
    try:
        db.session.commit()
    except (IntegrityError, OperationalError, DataError) as error:
        db.session.rollback()
        return answer_database_error(error)
    return response
