"""A table, or a query, of any database that SQLAlchemy reaches, as the source of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, FromClause, column, create_engine, inspect, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from authorities.errors import SourceFailed
from authorities.ports import SourceChunk


class SQLSource:
    """Implements :class:`authorities.ports.Source`: rows by key, a page at a time.

    The cursor is the line number and the last key, so that the next page begins after it, whatever
    was inserted before. Nothing is ever written.
    """

    fingerprint = None

    def __init__(
        self,
        url: str,
        *,
        table: str | None = None,
        query: str | None = None,
        key: str | None = None,
        columns: Mapping[str, str] | None = None,
        chunk_rows: int,
    ) -> None:
        """Take what to read.

        Args:
            table: its name; or `query`, a SELECT.
            key: the column that orders the rows and tells them apart; by default the primary key.
            columns: claim by column, for columns that are not named as their claims are.
        """
        if (table is None) == (query is None):
            raise SourceFailed("expected a table or a query, one of them")
        try:
            self._url = make_url(url)
        except SQLAlchemyError as error:
            raise SourceFailed("the database's URL is not one of SQLAlchemy's") from error
        self.name = f"{self._url.set(password=None)}#{table or query}"[:400]
        self._table, self._query, self._key = table, query, key
        self._columns = dict(columns or {})
        self._chunk_rows = chunk_rows

    def chunks(self, after: str | None, fingerprint: str | None) -> Iterator[SourceChunk]:
        """Yield the rows after a key; a table has no fingerprint, so it is read every time."""
        del fingerprint
        try:
            engine = create_engine(self._url)
            try:
                with engine.connect() as connection:
                    yield from self._pages(connection, after)
            finally:
                engine.dispose()
        except (SQLAlchemyError, ImportError) as error:
            kind = type(getattr(error, "orig", None) or error).__name__
            raise SourceFailed(
                f"the database answers {kind}; check address, table, columns and rights"
            ) from error

    def _pages(self, connection: Connection, after: str | None) -> Iterator[SourceChunk]:
        key = self._key or self._primary_key(connection)
        line, last = _position(after)
        while True:
            query = select(text("*")).select_from(self._relation()).order_by(column(key))
            if last is not None:
                query = query.where(column(key) > last)
            rows = connection.execute(query.limit(self._chunk_rows))
            names = list(rows.keys())
            if key not in names:
                raise SourceFailed(f"the rows have no column {key!r} to order them by")
            page = rows.fetchall()
            connection.rollback()  # hold no transaction of theirs while ours is at work
            if not page:
                return
            last = page[-1][names.index(key)]
            if not isinstance(last, int | str):
                raise SourceFailed(f"the key {key!r} must be a whole number or a text")
            numbered = [(line + n, list(map(_cell, row))) for n, row in enumerate(page, start=1)]
            line = numbered[-1][0]
            header = [self._columns.get(name, name) for name in names]
            kind = "i" if isinstance(last, int) else "s"
            yield SourceChunk(header, numbered, cursor=f"{line}:{kind}:{last}")

    def _relation(self) -> FromClause:
        if self._table is not None:
            schema, _, name = self._table.rpartition(".")
            return sql_table(name, schema=schema or None)
        return text(str(self._query).rstrip("; \n")).columns().subquery("source")

    def _primary_key(self, connection: Connection) -> str:
        if self._table is None:
            raise SourceFailed("a query needs the name of its key column")
        schema, _, name = self._table.rpartition(".")
        found = inspect(connection).get_pk_constraint(name, schema=schema or None)
        names = found["constrained_columns"]
        if len(names) != 1:
            raise SourceFailed(f"the table's key has {len(names)} columns; name one that orders it")
        return str(names[0])


def _position(cursor: str | None) -> tuple[int, int | str | None]:
    """Return the line and the key of a cursor; the first line is 2, as under a header."""
    if cursor is None:
        return 1, None
    line, kind, last = cursor.split(":", 2)
    return int(line), int(last) if kind == "i" else last


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, bytes | memoryview) else value
