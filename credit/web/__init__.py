"""HTTP entry points of credit."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from credit.web.api import blp
from credit.web.bank_pages import bank_pages
from credit.web.enterprise_pages import enterprise_pages
from credit.web.waiting import open_offers, waiting_for_bank
from web.access import Role
from web.navigation import add_navigation


def register(app: Flask, api: Api) -> None:
    """Register the credit API and pages, and put the pages into the menu."""
    api.register_blueprint(blp)
    app.register_blueprint(bank_pages)
    app.register_blueprint(enterprise_pages)
    add_navigation(
        app, "/enterprise/loans", "贷款", "Loans", Role.ENTERPRISE_AGENT, count=open_offers
    )
    officers = (Role.CREDIT_OFFICER, Role.BANK_APPROVER)
    add_navigation(app, "/bank/loans", "贷款审批", "Loans", *officers, count=waiting_for_bank)
