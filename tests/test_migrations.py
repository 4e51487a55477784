"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade

from app import create_app
from db import db
from tests.platform import settings


def _is_ours(_item: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Leave out tables that other tests declare for themselves."""
    return kind != "table" or not str(name).startswith("test_")


def test_an_upgraded_database_is_what_the_code_declares(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, "http://127.0.0.1:1"))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
            differences = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert not differences
