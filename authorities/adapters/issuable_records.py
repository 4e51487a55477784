"""The registers as identity's credential endpoint asks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authorities.ports import Register
from identity.openid_ports import RegisterRecord


@dataclass(frozen=True)
class IssuableRecords:
    """Implements :class:`identity.openid_ports.Records` on the authorities' registers."""

    register: Register

    def records(self, issuer_code: str, type_code: str, uscc: str) -> Sequence[RegisterRecord]:
        """Return an authority's records of one type about one company, the newest first."""
        found = self.register.records(issuer_code, type_code, [uscc])
        newest = sorted(found, key=lambda record: (record.version, record.id or ""), reverse=True)
        return [RegisterRecord(record.claims, record.source_key) for record in newest]
