"""How the routes find the facade that app.py built."""

from __future__ import annotations

from typing import cast

from flask import current_app

from filing.facade import Filing


def filing() -> Filing:
    """Return this application's filing facade."""
    return cast(Filing, current_app.extensions["qilian.filing"])
