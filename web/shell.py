"""Put the shell around an application: hooks, handlers, languages, static files, own pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from web import (
    access,
    filters,
    headers,
    language,
    navigation,
    openapi,
    problems,
    request_input,
    request_log,
    sandbox,
    style_guide,
    transaction,
    vocabulary,
)
from web.access import Role, public, session_cookie_name
from web.csrf import FORM_FIELD, pre_session_token
from web.errors import NotReady
from web.secret_file import kept_secret
from web.sessions import sign_out

Check = Callable[[], object]

_MAX_BODY_BYTES = 8 * 1024 * 1024
_YEAR_S = 31_536_000
_PACKAGE = Path(__file__).parent
_VENDOR_FILES = {"htmx.min.js": "htmx.org/dist"}

log = structlog.get_logger("web.shell")
shell = Blueprint(
    "shell",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


def init_app(app: Flask, *, checks: Mapping[str, Check] | None = None) -> openapi.QilianApi:
    """Wrap the shell around ``app`` and return the Api for the packages' blueprints.

    Create the app with ``static_folder=None``: the shell serves /static itself.

    Args:
        checks: name → callable that raises when a part is not ready; asked by /readyz.
    """
    if app.has_static_folder:
        raise ValueError("Create the application with static_folder=None.")
    _defaults(app)
    app.extensions["qilian.checks"] = dict(checks or {})
    # Hooks after a request run last-registered first: the transaction ends, headers are
    # added to whatever came of it, and the log sees the result.
    for part in (request_log, language, headers, transaction, request_input, access):
        part.init_app(app)
    problems.init_app(app)
    filters.init_app(app)
    vocabulary.init_app(app)
    navigation.init_app(app)
    api = openapi.init_app(app)
    app.jinja_env.globals.update(
        csrf_token=csrf_token, anonymous_csrf_token=anonymous_csrf_token, csrf_field_name=FORM_FIELD
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["qilian.css"] = _bundle()
    app.register_blueprint(shell)
    if app.config["SANDBOX"]:
        sandbox.register(app, api)
        app.register_blueprint(style_guide.pages)
    return api


def csrf_token() -> str:
    """Return the token that a form of the signed-in person must carry; empty for nobody."""
    session = access.current_session()
    return session.csrf_token if session else ""


def anonymous_csrf_token() -> str:
    """Return the token that a form of a public view must carry."""
    return pre_session_token(request)


@shell.get("/")
@public("what the service is")
def home() -> str:
    """Say what this is and where to start."""
    return render_template("web/home.html")


@shell.post("/sign-out")
@access.access(*Role, tenant="none")
def sign_out_submit() -> ResponseReturnValue:
    """End the session at once and drop its cookie."""
    session = access.current_session()
    if session is not None:
        sign_out(session.token)
    response = current_app.make_response(redirect(url_for("shell.home"), 303))
    response.delete_cookie(session_cookie_name(), path="/", secure=access.is_https())
    return response


@shell.get("/healthz")
@public("liveness for the process manager")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@shell.get("/readyz")
@public("readiness for the load balancer; names parts, no data")
def readyz() -> Response:
    """Ask every part whether it is ready.

    Raises:
        NotReady: names the parts that are not.
    """
    checks: Mapping[str, Check] = current_app.extensions["qilian.checks"]
    failed = [name for name, check in checks.items() if not _passes(name, check)]
    if failed:
        raise NotReady(f"These parts are not ready: {', '.join(failed)}.", failed=failed)
    return jsonify(status="ready", checks=sorted(checks))


@shell.get("/static/site.css")
@public("style sheet")
def site_css() -> Response:
    """Serve tokens, base and blocks as one style sheet."""
    text, _digest = current_app.extensions["qilian.css"]
    return _cached(Response(text, mimetype="text/css"))


@shell.get("/static/vendor/<name>")
@public("front-end library")
def vendor(name: str) -> Response:
    """Serve a front-end package's file from where npm put it."""
    folder = Path(current_app.config["NODE_MODULES"]) / _VENDOR_FILES.get(name, "absent")
    return _cached(send_from_directory(folder, name))


def _passes(name: str, check: Check) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


def _bundle() -> tuple[str, str]:
    """Join the three layers of CSS, in order, and return the text and its digest."""
    folder = _PACKAGE / "static" / "css"
    files = [
        folder / "tokens.css",
        folder / "base.css",
        *sorted((folder / "blocks").glob("*.css")),
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def _defaults(app: Flask) -> None:
    app.config.setdefault("PUBLIC_URL", "http://localhost:8000")
    app.config.setdefault("SANDBOX", False)
    state = Path(app.config.setdefault("VAR_DIR", "var"))
    app.config.setdefault("SANDBOX_PASSWORD_FILE", str(state / "sandbox-password"))
    app.config.setdefault("NODE_MODULES", str(_PACKAGE.parent / "node_modules"))
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = kept_secret(state / "web-secret-key")
    if app.config.get("MAX_CONTENT_LENGTH") is None:
        app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.jinja_env.globals["css_version"] = _bundle()[1]
