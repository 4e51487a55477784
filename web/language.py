"""Chinese and English: which one this request speaks, and how a page says a thing in it."""

from __future__ import annotations

from flask import Flask, Response, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from web.access import is_https, public

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
COOKIE = "qilian_language"
_COOKIE_AGE_S = 365 * 86400
_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def t(zh: str, en: str) -> str:
    """Return the Chinese or the English text, by the language of this request."""
    return en if current_language() == "en" else zh


def current_language() -> str:
    """Return "zh" or "en": ``?lang=``, then the cookie, then Accept-Language, then Chinese."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = _choose()
    language: str = g.language
    return language


def html_language() -> str:
    """Return the BCP 47 tag for the page's ``lang`` attribute."""
    return "en" if current_language() == "en" else "zh-CN"


def init_app(app: Flask) -> None:
    """Set up Flask-Babel, the template global ``t`` and the switch route."""
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    Babel(app, locale_selector=lambda: _LOCALES[current_language()])
    app.jinja_env.globals.update(
        t=t, current_language=current_language, html_language=html_language
    )
    app.add_url_rule("/language/<language>", "language_switch", switch)
    app.after_request(_keep_choice)


@public("choosing a language reveals nothing")
def switch(language: str) -> ResponseReturnValue:
    """Set the language cookie and go back to the page (``?next=``, a path of ours)."""
    if language in LANGUAGES:
        g.language = g.language_chosen = language
    return redirect(local_path(request.args.get("next")), 303)


def local_path(target: str | None, default: str = "/") -> str:
    """Return the target if it is a path on this site, else the default.

    "//host" and "/\\host" leave the site in browsers, so they are no paths of ours.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return default
    return default if any(ord(c) < 0x20 or c == "\\" for c in target) else target


def _choose() -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        g.language_chosen = asked
        return str(asked)
    kept = request.cookies.get(COOKIE)
    if kept in LANGUAGES:
        return str(kept)
    return request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT


def _keep_choice(response: Response) -> Response:
    chosen = g.get("language_chosen")
    if chosen:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=_COOKIE_AGE_S,
            samesite="Lax",
            secure=is_https(),
            httponly=True,
        )
    return response
