"""Settings from the environment; only the composition root reads them.

Secrets are files under VAR_DIR, made at first start, so that none is ever committed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


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
        "SANDBOX_DATA": environment.get("SANDBOX_DATA") or None,
        "SANDBOX_PASSWORD_FILE": str(var / "sandbox-password"),
        "KEK_FILE": str(var / "kek"),
        "CONSORTIUM_KEY_FILE": str(var / "consortium-key"),
        "ISSUER_HOSTS": tuple(environment.get("ISSUER_HOSTS", "").replace(",", " ").split()),
        "JURISDICTION": int(environment.get("JURISDICTION", "110000")),
        "EMBEDDED_WORKER": environment.get("EMBEDDED_WORKER", "true").lower() in TRUE_WORDS,
    }
