"""Who may use a route: declared on the view, enforced before every request.

- Every view carries ``@access(...)`` or ``@public(...)``; a route without either is refused.
- The declaration is data at ``view.__access__``, so that a test can enumerate all routes.
- A role that is missing is 403; an object of another tenant is 404, by the use case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, g, request

from web.actors import Actor, Role
from web.csrf import SAFE_METHODS, require_csrf_token, require_pre_session_token
from web.errors import AccessUndeclared, NotSignedIn, RoleRequired
from web.sessions import Session, find_session

__all__ = [
    "Access",
    "Actor",
    "Role",
    "access",
    "current_actor",
    "declared_access",
    "public",
]

Tenant = Literal["own", "any", "none"]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """The declaration of one view.

    ``tenant`` says how tenancy is held: "own" (the use case compares the object's
    organisation with the actor's), "any" (the role sees all), "none" (no tenant's object).
    """

    roles: frozenset[Role]
    tenant: Tenant
    public_reason: str | None = None
    anonymous_form: bool = False

    @property
    def is_public(self) -> bool:
        """Whether anyone may use the view without signing in."""
        return self.public_reason is not None


def access(*roles: Role, tenant: Tenant) -> Callable[[View], View]:
    """Declare the roles that may use a view and how its tenancy is held."""
    if not roles:
        raise ValueError("Name at least one role, or use public(reason).")
    return _declare(Access(frozenset(roles), tenant))


def public(reason: str, *, form: bool = False) -> Callable[[View], View]:
    """Declare that anyone may use a view, and why.

    ``form=True``: the view takes an anonymous HTML form (sign-in), so unsafe methods need
    the pre-session token that ``anonymous_csrf_field()`` puts into the page.
    """
    if not reason:
        raise ValueError("Say why the view is public.")
    return _declare(Access(frozenset(), "none", public_reason=reason, anonymous_form=form))


def _declare(declaration: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.__access__ = declaration  # type: ignore[attr-defined]
        return view

    return decorate


def declared_access(view: Callable[..., Any], method: str) -> Access | None:
    """Return the declaration that covers a method of a view function or method view."""
    handler: object = view
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = method.lower()
        fallback = getattr(view_class, "get", None) if name == "head" else None
        handler = getattr(view_class, name, fallback)
    found = getattr(handler, "__access__", None)
    return found if isinstance(found, Access) else None


def current_actor() -> Actor:
    """Return who is acting in this request.

    Raises:
        NotSignedIn: nobody is; on a view with ``@access`` that cannot happen.
    """
    session = current_session()
    if session is None:
        raise NotSignedIn("The request carries no live session.")
    return session.actor


def current_session() -> Session | None:
    """Return the live session of this request, looking it up once; None for nobody."""
    if "web_session" not in g:
        g.web_session = _find_request_session()
    found: Session | None = g.web_session
    return found


def session_cookie_name() -> str:
    """Return the cookie's name: host-bound where the site is served over TLS."""
    return "__Host-qilian_session" if is_https() else "qilian_session"


def is_https() -> bool:
    """Say whether the public base URL is https."""
    return str(current_app.config.get("PUBLIC_URL", "")).startswith("https://")


def init_app(app: Flask) -> None:
    """Enforce the declarations before every request."""
    app.before_request(_enforce)


def _enforce() -> None:
    g.pop("web_session", None)  # two requests may share one application context
    endpoint, rule = request.endpoint, request.url_rule
    if endpoint is None or rule is None:
        return  # no route: Flask answers 404 or 405 itself
    if endpoint == "static" or endpoint.endswith(".static"):
        return
    if request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
        return  # Flask answers with Allow only
    declaration = declared_access(current_app.view_functions[endpoint], request.method)
    if declaration is None:
        raise AccessUndeclared("The route declares no roles. Declare them before serving it.")
    if declaration.is_public:
        _check_public(declaration)
    else:
        _check_roles(declaration)


def _check_public(declaration: Access) -> None:
    if request.method in SAFE_METHODS:
        return
    g.web_session = None  # an unsafe public request never acts with a cookie's authority
    if declaration.anonymous_form:
        require_pre_session_token(request)


def _check_roles(declaration: Access) -> None:
    session = current_session()
    if session is None:
        challenge = 'Bearer realm="qilian"'
        if request.authorization is not None:
            challenge += ', error="invalid_token"'
        raise NotSignedIn(
            "The request carries no live session. Send a bearer token or sign in.",
            headers={"WWW-Authenticate": challenge},
        )
    if request.method not in SAFE_METHODS and "Authorization" not in request.headers:
        require_csrf_token(request, session.csrf_token)
    if not session.actor.roles & declaration.roles:
        needed = ", ".join(sorted(declaration.roles))
        raise RoleRequired(f"The actor holds none of the roles that may do this: {needed}.")


def _find_request_session() -> Session | None:
    """Look up the session; a bad Authorization header never falls back to the cookie."""
    if "Authorization" in request.headers:
        authorization = request.authorization
        if authorization is None or authorization.type != "bearer" or not authorization.token:
            return None
        return find_session(authorization.token)
    token = request.cookies.get(session_cookie_name())
    return find_session(token) if token else None
