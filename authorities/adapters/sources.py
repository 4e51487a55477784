"""Which kind of source an address names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from authorities.adapters.source_file import FileSource
from authorities.adapters.source_http import HTTPSource
from authorities.adapters.source_sql import SQLSource
from authorities.ports import Source

CHUNK_ROWS = 8_192


def open_source(
    address: str,
    *,
    table: str | None = None,
    query: str | None = None,
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Source:
    """Return the source: a feed (http, https), a file (no scheme, file:), or a database.

    Raises:
        SourceFailed: the address is none of these.
    """
    scheme = urlsplit(address).scheme.lower()
    if scheme in ("http", "https"):
        return HTTPSource(address)
    if scheme in ("", "file"):
        return FileSource(Path(address.removeprefix("file:")), chunk_rows)
    return SQLSource(
        address, table=table, query=query, key=key, columns=columns, chunk_rows=chunk_rows
    )
