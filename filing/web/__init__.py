"""HTTP entry points of `filing`."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from filing.web.api import blp
from filing.web.bank_pages import pages as bank_pages
from filing.web.enterprise_pages import pages as enterprise_pages
from filing.web.waiting import own_unfinished, waiting_for_bank
from web.access import Role
from web.navigation import add_navigation


def register(app: Flask, api: Api) -> None:
    """Register the filing API, its pages and their menu entries."""
    api.register_blueprint(blp)
    app.register_blueprint(enterprise_pages)
    app.register_blueprint(bank_pages)
    add_navigation(
        app,
        "/enterprise/cases",
        "申请",
        "Applications",
        Role.ENTERPRISE_AGENT,
        count=own_unfinished,
    )
    add_navigation(
        app,
        "/bank/cases",
        "申请审批",
        "Applications",
        Role.ACCOUNT_DESK,
        Role.CREDIT_OFFICER,
        count=waiting_for_bank,
    )
