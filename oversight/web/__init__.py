"""HTTP entry points of oversight."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from oversight.web.api import blp
from oversight.web.pages import pages
from web.access import Role
from web.navigation import add_navigation


def register(app: Flask, api: Api) -> None:
    """Register the oversight API and pages, and put the pages into the menu."""
    api.register_blueprint(blp)
    app.register_blueprint(pages)
    role = Role.REGULATOR_REVIEWER
    add_navigation(app, "/regulator", "签发机构", "Issuers", role)
    add_navigation(app, "/regulator/attestations", "贷款存证", "Attestations", role)
    add_navigation(app, "/regulator/replays", "决定重放", "Replays", role)
