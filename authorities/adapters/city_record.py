"""Which city is loaded, in SQL."""

from __future__ import annotations

from sqlalchemy import delete, select

from authorities.adapters.tables import CityRow
from authorities.ports import LoadedCity
from db import db


class SqlCities:
    """Implements :class:`authorities.ports.Cities` in the current session."""

    def loaded(self) -> LoadedCity | None:
        """Return the loaded city, or None where the registers hold none."""
        row = db.session.scalar(select(CityRow))
        if row is None:
            return None
        return LoadedCity(row.origin, row.companies, row.digest, row.loaded_at)

    def set_loaded(self, city: LoadedCity) -> None:
        """Record the loaded city in place of an earlier one."""
        db.session.execute(delete(CityRow))
        db.session.add(CityRow(**vars(city)))
