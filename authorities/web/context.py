"""How the views find the authorities."""

from __future__ import annotations

from flask import current_app
from werkzeug.datastructures import FileStorage

from authorities.adapters.table_files import BYTES_MAX
from authorities.facade import Authorities

EXTENSION = "qilian.authorities"


def authorities() -> Authorities:
    """Return the authorities that the composition root built."""
    found: Authorities = current_app.extensions[EXTENSION]
    return found


def file_bytes(upload: FileStorage) -> bytes:
    """Return the upload's bytes: one more than an import takes where the file is larger."""
    with upload.stream as stream:
        return stream.read(BYTES_MAX + 1)
