"""The access log: every read of an enterprise's data, each entry chained to the one before."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

import orjson

GENESIS = "0" * 64


@dataclass(frozen=True)
class AccessEntry:
    """One read: who, of whom, when, for what, under which consent, which fields, its result."""

    at: int
    reader_id: str
    enterprise_id: str
    purpose: str
    consent_id: str | None
    fields: tuple[str, ...]
    outcome: str

    def chained(self, previous: str) -> str:
        """Return the SHA-256 (hex) of this entry and the digest of the entry before it."""
        content = orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(bytes.fromhex(previous) + content).hexdigest()
