"""The smallest product on a chain: one contract, three signers, a Flask app with our tables."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import solcx.wrapper
from flask import Flask

from chain import Artifact, Chain, Follower, Outbox, Signers, artifact_from_json, chain_cli
from chain.plan import DeploymentPlan, plan_from_data
from chain.profiles import engine_profile
from db import db

ROOT = Path(__file__).resolve().parents[2]
SIGNERS = {"deployer": 0, "writer": 41, "second": 42, "stranger": 43, "third": 44, "fourth": 45}
PLAN = {
    "signer": "deployer",
    "contracts": [{"name": "Ledger", "args": ["@signer:deployer"]}],
    "calls": [
        {"contract": "Ledger", "function": "allow", "args": [f"@signer:{name}", True]}
        for name in ("writer", "second", "third", "fourth")
    ],
}


@cache
def ledger_artifact(name: str = "Ledger") -> Artifact:
    """Compile the test contract, once for each state of its source."""
    source = Path(__file__).parent / "contracts" / f"{name}.sol"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    cached = ROOT / "var" / "solc" / f"test-{name}-{digest}.json"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        fresh = cached.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(_compiled(name, source)), encoding="utf-8")
        fresh.replace(cached)
    return artifact_from_json(name, json.loads(cached.read_text(encoding="utf-8")))


def _compiled(name: str, source: Path) -> Any:
    runtime = ["evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"]
    wanted = {"*": {"*": ["abi", "evm.bytecode.object", *runtime]}}
    request = {
        "language": "Solidity",
        "sources": {source.name: {"content": source.read_text(encoding="utf-8")}},
        "settings": {
            "evmVersion": "paris",
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": wanted,
        },
    }
    stdout, *_ = solcx.wrapper.solc_wrapper(
        solc_binary=ROOT / "node_modules" / ".bin" / "solcjs",
        stdin=json.dumps(request),
        standard_json=True,
    )
    output = json.loads(stdout[stdout.index("{") :])
    return output["contracts"][source.name][name]


def ledger_plan() -> DeploymentPlan:
    return plan_from_data(PLAN)


def make_chain(url: str, engine: str = "anvil", **changes: Any) -> Chain:
    """Return a chain with the ledger as its only contract; changes are to the engine's profile."""
    return Chain(
        url,
        profile=replace(engine_profile(engine), **changes),
        signers=Signers(SIGNERS),
        plan=ledger_plan(),
        artifacts=ledger_artifact,
    )


def make_app(chain: Chain, database: str) -> Flask:
    """Return an app with the chain's tables in a database."""
    app = Flask("ledger")
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    app.cli.add_command(chain_cli)
    app.extensions["qilian.chain"] = chain
    app.extensions["qilian.follower"] = Follower(chain)
    return app


@contextmanager
def ledger_app(chain: Chain, directory: Path, name: str = "test") -> Iterator[Flask]:
    """Yield an app with its tables made, inside an application context."""
    app = make_app(chain, f"sqlite:///{directory / name}.db")
    with app.app_context():
        db.create_all()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def key_of(number: int) -> str:
    return "0x" + number.to_bytes(32, "big").hex()


def write(number: int, *, signer: str = "writer", amount: int = 5, name: str = "entry") -> str:
    """Ask for one entry and return its dedupe key; the caller commits."""
    dedupe_key = f"{name}-{number}"
    Outbox.enqueue(
        dedupe_key=dedupe_key,
        signer=signer,
        contract="Ledger",
        function="writeBatch",
        item=[number.to_bytes(32, "big"), amount, "0x" + "ab" * 20, b"note"],
    )
    return dedupe_key
