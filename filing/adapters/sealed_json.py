"""JSON sealed under the data key of the enterprise it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from filing.ports import Sealer


@dataclass(frozen=True)
class SealedJSON:
    """Writes and reads the sealed JSON of one column; `column` is named ``table|column``."""

    sealer: Sealer
    column: str

    def write(self, enterprise_id: str, row_id: str, value: Any) -> bytes:
        """Return a value as it is kept in a row."""
        return self.sealer.seal(enterprise_id, f"{self.column}|{row_id}", orjson.dumps(value))

    def read(self, enterprise_id: str, row_id: str, sealed: bytes) -> Any:
        """Return the value kept in a row; raises KeyStoreError as `Sealer` says."""
        place = f"{self.column}|{row_id}"
        return orjson.loads(self.sealer.open_sealed(enterprise_id, place, sealed))
