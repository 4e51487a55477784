"""How the routes find the facade that app.py built."""

from __future__ import annotations

from typing import cast

from flask import current_app

from credit.facade import Credit


def credit() -> Credit:
    """Return this application's credit facade."""
    return cast(Credit, current_app.extensions["qilian.credit"])
