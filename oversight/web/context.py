"""How the routes find the facade that app.py built."""

from __future__ import annotations

from typing import cast

from flask import current_app

from oversight.facade import Oversight


def oversight() -> Oversight:
    """Return this application's oversight facade."""
    return cast(Oversight, current_app.extensions["qilian.oversight"])
