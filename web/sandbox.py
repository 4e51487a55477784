"""Sandbox sign-in: pick a simulated person. Registered only where config SANDBOX is true."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy import func, select

from db import db
from web.access import is_https, public, session_cookie_name
from web.accounts import actor_of
from web.actors import ROLE_NAMES, Actor, Role
from web.language import local_path
from web.navigation import home_path
from web.secret_file import kept_secret
from web.sessions import ABSOLUTE_LIFETIME_S, Session, find_session, sign_in, sign_out
from web.tables import UserRow

# Enough to try every role; others sign in by typing their login.
_SHOWN_PER_ROLE = 12

pages = Blueprint("sandbox", __name__)
api = ApiBlueprint(
    "sandbox_api",
    __name__,
    url_prefix="/api/v1/sandbox",
    description="Sandbox sign-in 沙箱登录",
)


def register(app: Flask, rest: Api) -> None:
    """Register the sandbox sign-in pages and token endpoint."""
    app.register_blueprint(pages)
    rest.register_blueprint(api)


def sandbox_password(path: str | Path) -> str:
    """Return this installation's one sandbox password, making its file at first use."""
    return kept_secret(path)


class TokenRequestSchema(ma.Schema):
    """A sandbox login and the installation's password."""

    class Meta:
        """Unknown members are refused."""

        unknown = ma.RAISE

    login = ma.fields.String(required=True, validate=ma.validate.Length(1, 100))
    password = ma.fields.String(required=True, validate=ma.validate.Length(1, 200), load_only=True)


class ActorSchema(ma.Schema):
    """Who the token acts for."""

    user_id = ma.fields.String(required=True)
    login = ma.fields.String(required=True)
    display_name = ma.fields.String(required=True)
    roles = ma.fields.Function(lambda actor: sorted(actor.roles), required=True)
    organisation_id = ma.fields.String(required=True)
    organisation_kind = ma.fields.String(required=True)
    organisation_code = ma.fields.String(required=True)


class TokenSchema(ma.Schema):
    """An opaque bearer token (RFC 6750)."""

    access_token = ma.fields.String(required=True)
    token_type = ma.fields.String(required=True)
    expires_in = ma.fields.Integer(required=True, metadata={"description": "seconds"})
    actor = ma.fields.Nested(ActorSchema, required=True)


@api.post("/tokens")
@public("a sandbox login and password are exchanged for a token here")
@api.arguments(TokenRequestSchema)
@api.response(200, TokenSchema)
@api.alt_response(401, description="Login or password is wrong.")
def create_token(credentials: dict[str, str]) -> dict[str, Any]:
    """Exchange a sandbox login for a bearer token."""
    session = sign_in(credentials["login"], credentials["password"])
    return {
        "access_token": session.token,
        "token_type": "Bearer",
        "expires_in": session.expires_at - int(time.time()),
        "actor": session.actor,
    }


@pages.get("/sign-in")
@public("signing in cannot need a session")
def sign_in_page() -> str:
    """List sandbox logins by role."""
    groups = [(role, *ROLE_NAMES[role], *_logins_of(role)) for role in Role]
    return render_template(
        "web/sign_in.html",
        groups=[group for group in groups if group[3]],
        next_path=local_path(request.args.get("next"), ""),
    )


@pages.post("/sign-in")
@public("signing in cannot need a session", form=True)
def sign_in_submit() -> ResponseReturnValue:
    """Sign in as the chosen sandbox person, with a fresh token, and go to the start page."""
    password = sandbox_password(current_app.config["SANDBOX_PASSWORD_FILE"])
    _revoke_cookie_session()
    session = sign_in(request.form.get("login", ""), password)
    target = local_path(request.form.get("next"), home_path(session.actor))
    response = current_app.make_response(redirect(target, 303))
    _set_cookie(response, session)
    return response


def _revoke_cookie_session() -> None:
    token = request.cookies.get(session_cookie_name())
    if token and find_session(token):
        sign_out(token)


def _set_cookie(response: Any, session: Session) -> None:
    response.set_cookie(
        session_cookie_name(),
        session.token,
        max_age=ABSOLUTE_LIFETIME_S,
        httponly=True,
        samesite="Lax",
        secure=is_https(),
        path="/",
    )


def _logins_of(role: Role) -> tuple[list[Actor], int]:
    """Return the first few actors with a role, and how many there are.

    Roles are a JSON list; a quoted name inside its text finds a role on every database.
    """
    holds = db.cast(UserRow.roles, db.Text).like(f'%"{role.value}"%')
    rows = db.session.scalars(
        select(UserRow).where(holds).order_by(UserRow.id).limit(_SHOWN_PER_ROLE)
    )
    total = db.session.scalar(select(func.count(UserRow.id)).where(holds)) or 0
    return [actor_of(row) for row in rows], total
