"""The composition root: builds adapters, hands them to the packages, registers routes and commands.

Nothing imports this module but the server and the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

import authorities.web
import credit.web
import filing.web
import identity.web
import oversight.web
import settings
from authorities.adapters.build import build_authorities
from authorities.adapters.credential_issuer import IdentityIssuer
from authorities.adapters.issuable_records import IssuableRecords
from authorities.adapters.ledger_source import RegisteredLedgers
from authorities.adapters.ledgers import SqlLedgers
from authorities.adapters.register import SqlRegister
from authorities.issuing_cli import authorities_cli
from authorities.model.organisation import SIGNER_INDEXES
from authorities.openid_cli import sandbox as sandbox_cli
from chain import (
    Chain,
    ChainError,
    Follower,
    Outbox,
    OutboxThread,
    Signers,
    chain_cli,
    check_chain,
    engine_profile,
    load_plan,
)
from chain.compile import load_artifact
from credit import CreditError
from credit.adapters.build import build_sql_credit
from credit.cli import credit_cli
from db import db
from filing import FilingError, build_filing
from identity import IdentityError
from identity.adapters.build import IdentitySettings, build_identity, housekeeping, now
from identity.adapters.build_openid import build_collection, build_openid_issuer
from identity.adapters.chain_index import register_handlers
from identity.cli import types_cli
from identity.offline.cli import verify_command
from journey.cli import journey_cli
from oversight import OversightError
from oversight.adapters.build import build_sql_oversight
from web.problems import register_error_base
from web.shell import init_app as init_shell

PLAN = settings.ROOT / "contracts_sol" / "deployment.yaml"


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the application.

    Args:
        config: overrides of `settings.from_environment`, for tests.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(settings.from_environment())
    app.config.update(config or {})
    Path(app.config["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    Migrate(app, db, directory=str(settings.ROOT / "migrations"), render_as_batch=True)
    chain = _chain(app)
    api = init_shell(app, checks={"database": _database_check, "chain": lambda: check_chain(chain)})
    _facades(app, chain)
    for package in (identity.web, filing.web, credit.web, oversight.web, authorities.web):
        package.register(app, api)
    for base in (ChainError, IdentityError, FilingError, CreditError, OversightError):
        register_error_base(app, base)
    for group in (chain_cli, sandbox_cli, authorities_cli, types_cli, credit_cli, journey_cli):
        app.cli.add_command(group)
    app.cli.add_command(verify_command)
    return app


def _chain(app: Flask) -> Chain:
    chain = Chain(
        app.config["CHAIN_RPC_URL"],
        profile=engine_profile(app.config["CHAIN_ENGINE"]),
        signers=Signers(SIGNER_INDEXES),
        plan=load_plan(PLAN),
        artifacts=load_artifact,
        chain_id=app.config["CHAIN_ID"],
    )
    app.extensions["qilian.chain"] = chain
    return chain


def _facades(app: Flask, chain: Chain) -> None:
    """Build every package's facade, each from those below it."""
    config = app.config
    register = SqlRegister()
    identity_ = build_identity(
        chain,
        register,
        IdentitySettings(
            public_url=config["PUBLIC_URL"],
            jurisdiction=config["JURISDICTION"],
            kek_file=Path(config["KEK_FILE"]),
            consortium_key_file=Path(config["CONSORTIUM_KEY_FILE"]),
            issuer_hosts=config["ISSUER_HOSTS"],
        ),
    )
    authorities_ = build_authorities(register, IdentityIssuer(identity_), now)
    filing_ = build_filing(identity_, db.session, now)
    credit_ = build_sql_credit(
        identity_,
        filing_,
        RegisteredLedgers(SqlLedgers()),
        Outbox(),
        jurisdiction=config["JURISDICTION"],
        clock=now,
    )
    follower = Follower(chain)
    register_handlers(follower)
    app.extensions["qilian.identity"] = identity_
    openid_issuer = build_openid_issuer(identity_, IssuableRecords(register))
    app.extensions["qilian.openid_issuer"] = openid_issuer
    app.extensions["qilian.collection"] = build_collection(identity_, openid_issuer)
    app.extensions["qilian.authorities"] = authorities_
    app.extensions["qilian.filing"] = filing_
    app.extensions["qilian.credit"] = credit_
    app.extensions["qilian.oversight"] = build_sql_oversight(
        identity_, credit_, chain, Outbox(), clock=now
    )
    app.extensions["qilian.follower"] = follower


def _database_check() -> None:
    db.session.execute(db.text("select 1"))


def serve() -> Flask:
    """Return the application for a web server, with its worker thread.

    Refuses to start, saying why, without TLS, and on a chain that is not the one the database was
    made with.
    """
    app = create_app()
    insecure = settings.insecure_url(app.config)
    if insecure is not None:
        sys.exit(insecure)
    with app.app_context():
        try:
            check_chain(app.extensions["qilian.chain"])
        except ChainError as error:
            sys.exit(f"{error.title_en}: {error.detail}")
    if app.config["EMBEDDED_WORKER"]:
        duties = housekeeping(app.extensions["qilian.identity"])
        OutboxThread(app, duties=duties).start()
    return app
