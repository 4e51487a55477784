"""The sandbox account of a newly registered enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app

from web.access import Role
from web.accounts import create_organisation, create_user
from web.passwords import PasswordHash, hash_password
from web.sandbox import sandbox_password
from web.sessions import start_session


@dataclass(frozen=True)
class SandboxAccount:
    """A login and a first session."""

    login: str
    access_token: str


@lru_cache(maxsize=4)
def _password_hash(path: str) -> PasswordHash:
    return hash_password(sandbox_password(path))


def open_enterprise_account(enterprise_id: str, uscc: str, name: str) -> SandboxAccount:
    """Make the enterprise a tenant with one agent, and sign the agent in.

    The agent uses the sandbox password until real sign-in replaces it.
    """
    create_organisation(
        code=uscc, kind="enterprise", name_zh=name, name_en=name, organisation_id=enterprise_id
    )
    agent = create_user(
        login=f"agent@{uscc}",
        display_name="经办人(模拟) Agent (simulated)",
        organisation_id=enterprise_id,
        roles=[Role.ENTERPRISE_AGENT],
        password=_password_hash(current_app.config["SANDBOX_PASSWORD_FILE"]),
    )
    return SandboxAccount(agent.login, start_session(agent.user_id).token)
