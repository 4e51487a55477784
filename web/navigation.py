"""The links of the main menu, and where each kind of organisation starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from web.access import Role, current_session
from web.actors import Actor

_KEY = "qilian.navigation"
_HOMES = {
    "enterprise": "/enterprise",
    "bank": "/bank",
    "regulator": "/regulator",
    "authority": "/authority",
}


Count = Callable[[Actor], int | None]


@dataclass(frozen=True)
class NavigationItem:
    """A menu link; shown to actors who hold one of the roles.

    ``count`` tells how many things wait behind it for an actor, None where it does not say;
    start pages show the figure.
    """

    path: str
    zh: str
    en: str
    roles: frozenset[Role]
    count: Count | None = None


def add_navigation(
    app: Flask, path: str, zh: str, en: str, *roles: Role, count: Count | None = None
) -> None:
    """Put a page into the menu of the given roles; start pages and shorter paths come first."""
    items: list[NavigationItem] = app.extensions.setdefault(_KEY, [])
    items.append(NavigationItem(path, zh, en, frozenset(roles), count))
    items.sort(key=lambda item: item.path.count("/"))


def menu() -> list[tuple[NavigationItem, bool]]:
    """Return the links for the acting person, each with whether it is the current page.

    The current one is the longest path that the address starts with.
    """
    session = current_session()
    if session is None:
        return []
    items: list[NavigationItem] = current_app.extensions.get(_KEY, [])
    shown = [item for item in items if item.roles & session.actor.roles]
    inside = [i.path for i in shown if f"{request.path}/".startswith(f"{i.path.rstrip('/')}/")]
    current = max(inside, key=len, default=None)
    return [(item, item.path == current) for item in shown]


def counted_links() -> list[tuple[NavigationItem, int | None]]:
    """Return the acting person's other pages, each with its figure where it has one."""
    session = current_session()
    if session is None:
        return []
    return [
        (item, item.count(session.actor) if item.count else None)
        for item, is_current in menu()
        if not is_current
    ]


def home_path(actor: Actor) -> str:
    """Return the start page of the actor's organisation, "/" where it has none."""
    path = _HOMES.get(actor.organisation_kind, "/")
    return path if _is_served(path) else "/"


def _is_served(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path, "GET")
    except HTTPException:
        return False
    return True


def init_app(app: Flask) -> None:
    """Give templates ``menu()`` and ``home_path()``."""
    app.jinja_env.globals.update(
        menu=menu,
        counted_links=counted_links,
        home_path=home_path,
        current_session=current_session,
    )
