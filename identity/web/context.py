"""How the routes find the facade that app.py built."""

from __future__ import annotations

from typing import cast

from flask import current_app

from identity.facade import Identity


def identity() -> Identity:
    """Return this application's identity facade."""
    return cast(Identity, current_app.extensions["qilian.identity"])
