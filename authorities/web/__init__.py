"""The authorities' API and pages."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from authorities.errors import AuthoritiesError
from authorities.web.api import blp
from authorities.web.pages import pages
from web.access import Role
from web.navigation import add_navigation
from web.problems import register_error_base

__all__ = ["register"]


def register(app: Flask, api: Api) -> None:
    """Register the API blueprint, the pages, their menu link and the error handler."""
    api.register_blueprint(blp)
    app.register_blueprint(pages)
    add_navigation(app, "/authority", "登记簿", "Register", Role.AUTHORITY_OPERATOR)
    register_error_base(app, AuthoritiesError)
