"""Every route of the real application declares who may use it, and holds to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from tests.platform import Platform
from web.access import Role, declared_access

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def _stranger(rule: Rule, name: str) -> str | int:
    """Return a value for a parameter that names nothing there is."""
    is_number = isinstance(rule._converters[name], IntegerConverter)
    return 999_999 if is_number else "0" * 8 + "-0000-7000-8000-" + "0" * 12


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield (endpoint, method, path) of every route, its parameters filled with a stranger's."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith(".static") or rule.endpoint == "static":
            continue
        values = {name: _stranger(rule, name) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values) if values else rule.rule
        for method in sorted((rule.methods or set()) & METHODS):
            yield rule.endpoint, method, path


def test_every_route_declares_roles_and_tenant(platform: Platform) -> None:
    undeclared = [
        f"{method} {path}"
        for endpoint, method, path in routes(platform.app)
        if declared_access(platform.app.view_functions[endpoint], method) is None
    ]
    assert not undeclared


def test_every_protected_route_refuses_the_anonymous(platform: Platform) -> None:
    client = platform.app.test_client()
    open_doors = []
    for endpoint, method, path in routes(platform.app):
        declared = declared_access(platform.app.view_functions[endpoint], method)
        assert declared is not None
        if declared.is_public:
            continue
        answer = client.open(path, method=method, headers={"Accept": "application/json"})
        if answer.status_code != 401 and "/sign-in" not in answer.headers.get("Location", ""):
            open_doors.append(f"{method} {path}: {answer.status_code}")
    assert not open_doors


LOGINS = {
    Role.ACCOUNT_DESK: "desk@bank-a",
    Role.CREDIT_OFFICER: "credit@bank-a",
    Role.REGULATOR_REVIEWER: "reviewer@bj-finance",
    Role.AUTHORITY_OPERATOR: "operator@tax",
}


@pytest.mark.parametrize("role", LOGINS)
def test_a_role_is_refused_every_route_that_does_not_name_it(
    platform: Platform, role: Role
) -> None:
    token = platform.sign_in(LOGINS[role]).token
    client = platform.app.test_client()
    wrong = []
    for endpoint, method, path in routes(platform.app):
        declared = declared_access(platform.app.view_functions[endpoint], method)
        assert declared is not None
        if declared.is_public or role in declared.roles:
            continue
        answer = client.open(
            path,
            method=method,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        if answer.status_code != 403:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("role", LOGINS)
def test_a_strangers_object_is_not_found_by_those_who_may_ask(
    platform: Platform, role: Role
) -> None:
    token = platform.sign_in(LOGINS[role]).token
    client = platform.app.test_client()
    leaks = []
    for endpoint, method, path in routes(platform.app):
        declared = declared_access(platform.app.view_functions[endpoint], method)
        assert declared is not None
        if declared.is_public or role not in declared.roles or "0000-7000" not in path:
            continue
        answer = client.open(
            path,
            method=method,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        if answer.status_code < 400 or answer.status_code >= 500:
            leaks.append(f"{method} {path}: {answer.status_code}")
    assert not leaks
