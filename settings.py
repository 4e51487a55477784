"""Settings from the environment; only the composition root reads them.

Secrets are files under VAR_DIR, made at first start, so that none is ever committed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def from_environment(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the application's configuration.

    VAR_DIR holds state (default ``var``); DATABASE_URL defaults to SQLite in it.
    """
    var = Path(environment.get("VAR_DIR") or ROOT / "var").resolve()
    return {
        "VAR_DIR": str(var),
        "SQLALCHEMY_DATABASE_URI": environment.get("DATABASE_URL")
        or f"sqlite:///{var / 'qilian.db'}",
        "PUBLIC_URL": environment.get("PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        "CHAIN_RPC_URL": environment.get("CHAIN_RPC_URL", "http://127.0.0.1:8545"),
        "CHAIN_ENGINE": environment.get("CHAIN_ENGINE", "ganache"),
        "CHAIN_ID": int(environment.get("CHAIN_ID", "1337")),
        "SANDBOX": environment.get("SANDBOX", "").lower() in TRUE_WORDS,
        "ALLOW_LOOPBACK_HTTP": environment.get(
            "ALLOW_LOOPBACK_HTTP", environment.get("SANDBOX", "")
        ).lower()
        in TRUE_WORDS,
        "SANDBOX_DATA": environment.get("SANDBOX_DATA") or None,
        "SANDBOX_PASSWORD_FILE": str(var / "sandbox-password"),
        "KEK_FILE": str(var / "kek"),
        "CONSORTIUM_KEY_FILE": str(var / "consortium-key"),
        "ISSUER_HOSTS": tuple(environment.get("ISSUER_HOSTS", "").replace(",", " ").split()),
        "JURISDICTION": int(environment.get("JURISDICTION", "110000")),
        "EMBEDDED_WORKER": environment.get("EMBEDDED_WORKER", "true").lower() in TRUE_WORDS,
    }


def insecure_url(config: Mapping[str, Any]) -> str | None:
    """Return why the public URL may not be served, None when it may.

    OpenID4VCI 1.0 and OpenID4VP 1.0 demand TLS. Plain http on this machine's own names is a
    deviation for development, behind ALLOW_LOOPBACK_HTTP (on in the sandbox unless it is set).
    """
    parts = urlsplit(config["PUBLIC_URL"])
    if parts.scheme == "https":
        return None
    if parts.scheme == "http" and parts.hostname in LOOPBACK and config["ALLOW_LOOPBACK_HTTP"]:
        return None
    return (
        f"PUBLIC_URL is {config['PUBLIC_URL']}, expected https; for development on this machine "
        "use http://localhost with ALLOW_LOOPBACK_HTTP=true"
    )
