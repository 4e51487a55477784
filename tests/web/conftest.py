"""A small application with the shell around it, and the people who use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask.views import MethodView
from flask_smorest import Blueprint
from flask_smorest.fields import Upload
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db import db
from web import shell
from web.access import Role, access, current_actor, public
from web.accounts import create_organisation, create_user
from web.actors import Actor
from web.passwords import hash_password
from web.sandbox import sandbox_password
from web.sessions import start_session


class NoteRow(db.Model):  # type: ignore[name-defined,misc]
    """A table of the test application: what a request wrote, or did not."""

    __tablename__ = "test_note"
    text: Mapped[str] = mapped_column(String(40), primary_key=True)


class SampleError(Exception):
    """Base of the test application's errors."""

    code, kind = "sample", "invalid"
    title_en, title_zh = "Sample.", "示例。"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail, self.extra = detail, extra


class NoteSchema(ma.Schema):
    """What the API takes."""

    class Meta:
        unknown = ma.RAISE

    text = ma.fields.String(required=True, validate=ma.validate.Length(1, 40))
    amount_fen = ma.fields.Integer()
    tags = ma.fields.List(ma.fields.String())


class PageSchema(ma.Schema):
    """What a query takes."""

    page = ma.fields.Integer()


bp = Blueprint("sample_api", __name__, url_prefix="/api/v1", description="Sample")


@bp.post("/notes")
@access(Role.ACCOUNT_DESK, tenant="own")
@bp.arguments(NoteSchema)
@bp.response(201, NoteSchema)
def write_note(note: dict[str, Any]) -> dict[str, Any]:
    """Write a note."""
    db.session.add(NoteRow(text=note["text"]))
    if note["text"] == "then fail":
        raise SampleError("Nothing of this may be kept.")
    return note


@bp.get("/notes")
@access(Role.ACCOUNT_DESK, Role.CREDIT_OFFICER, tenant="own")
@bp.arguments(PageSchema, location="query")
@bp.response(200, NoteSchema(many=True))
def list_notes(_query: dict[str, Any]) -> list[dict[str, Any]]:
    """List notes."""
    return [{"text": row.text} for row in db.session.query(NoteRow)]


class FileSchema(ma.Schema):
    """A file."""

    file = Upload(required=True)


class FormSchema(ma.Schema):
    """A field beside the file."""

    name = ma.fields.String(required=True)


@bp.post("/files")
@public("test")
@bp.arguments(FileSchema, location="files")
@bp.arguments(FormSchema, location="form")
@bp.response(200)
def take_file(files: dict[str, Any], form: dict[str, Any]) -> dict[str, Any]:
    """Take a file and a field."""
    return {"name": form["name"], "size": len(files["file"].read())}


@bp.route("/things/<int:number>")
class Things(MethodView):
    """A method view whose methods declare different access."""

    @public("readable by anyone")
    @bp.response(200)
    def get(self, number: int) -> dict[str, int]:
        """Read."""
        return {"number": number}

    @access(Role.PLATFORM_ADMIN, tenant="none")
    @bp.response(204)
    def delete(self, number: int) -> None:
        """Delete."""

    def put(self, number: int) -> dict[str, int]:
        """Declare nothing, so nobody may call it."""
        return {"number": number}


def _add_plain_routes(app: Flask) -> None:
    @app.get("/who")
    @access(*Role, tenant="none")
    def who() -> str:
        return current_actor().login

    @app.post("/change")
    @access(*Role, tenant="none")
    def change() -> str:
        return "changed"

    @app.get("/undeclared")
    def undeclared() -> str:
        return "reached"

    @app.get("/broken")
    @public("test")
    def broken() -> str:
        raise RuntimeError("secret 110101199001010000")

    @app.get("/fails/<kind>")
    @public("test")
    def fails(kind: str) -> str:
        cause = type("Cause", (SampleError,), {"kind": kind, "code": f"sample_{kind}"})
        raise cause("What was found; what to do.", field="x")

    @app.post("/clash")
    @public("test")
    def clash() -> str:
        db.session.add_all([NoteRow(text="same"), NoteRow(text="same")])
        return "the clash shows at commit"

    @app.get("/template")
    @public("test")
    def template() -> str:
        return render_template_string("{{ t('中文', 'English') }} {{ 123456 | money }}")


@dataclass(frozen=True)
class Person:
    """An actor with a client that is signed in by bearer token."""

    actor: Actor
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the token."""
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application with the shell, sandbox sign-in and the sample routes."""
    flask_app = Flask("sample", static_folder=None)
    flask_app.config.update(
        SECRET_KEY="test",
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        SANDBOX=True,
        SANDBOX_PASSWORD_FILE=str(tmp_path / "sandbox-password"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'web.db'}",
    )
    db.init_app(flask_app)
    api = shell.init_app(flask_app)
    shell.problems.register_error_base(flask_app, SampleError)
    api.register_blueprint(bp)
    _add_plain_routes(flask_app)
    with flask_app.app_context():
        db.create_all()
    yield flask_app
    with flask_app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def desk(app: Flask) -> Person:
    """The account desk of the bank."""
    return _person(app, "desk", Role.ACCOUNT_DESK)


@pytest.fixture
def officer(app: Flask) -> Person:
    """The credit officer of the bank."""
    return _person(app, "officer", Role.CREDIT_OFFICER)


def _person(app: Flask, login: str, role: Role) -> Person:
    with app.app_context():
        bank = create_organisation(
            code=f"bank-{login}",
            kind="bank",
            name_zh="示例银行(模拟)",
            name_en="Sample",
        )
        actor = create_user(
            login=login,
            display_name=f"Person {login}",
            organisation_id=bank.id,
            roles=[role],
            password=hash_password(sandbox_password(app.config["SANDBOX_PASSWORD_FILE"])),
        )
        token = start_session(actor.user_id).token
        db.session.commit()
    return Person(actor, token)
