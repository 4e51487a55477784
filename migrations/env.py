"""How Alembic finds the tables and the database: through the running application."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Render our own column types as the plain types they store."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl!r}" if item.impl.__module__.startswith("sqlalchemy") else False
    return False


def run_migrations() -> None:
    """Run in the application's engine, one transaction for all."""
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as connection:
        _set_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_item=render_item,
            **extension.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: sa.Connection, state: str) -> None:
    """Let SQLite copy and drop tables that others refer to; only outside a transaction it can."""
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={state}")


run_migrations()
