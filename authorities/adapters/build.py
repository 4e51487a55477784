"""Put the authorities' facade together from its adapters."""

from __future__ import annotations

from authorities.adapters.city_record import SqlCities
from authorities.adapters.imports import SqlImports
from authorities.adapters.jobs import SqlJobs
from authorities.adapters.ledgers import SqlLedgers
from authorities.adapters.record_types import load_record_types
from authorities.adapters.register import SqlRegister
from authorities.adapters.table_files import read_table
from authorities.facade import Authorities
from authorities.ports import Clock, CredentialIssuer


def build_authorities(register: SqlRegister, issuer: CredentialIssuer, clock: Clock) -> Authorities:
    """Return the simulated authorities on SQL storage."""
    return Authorities(
        types=load_record_types(),
        register=register,
        ledgers=SqlLedgers(),
        imports=SqlImports(),
        cities=SqlCities(),
        issuer=issuer,
        jobs=SqlJobs(),
        read_table=read_table,
        clock=clock,
    )
