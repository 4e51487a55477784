"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import Connection, text

from app import create_app
from db import db
from identity.model import merkle
from tests.platform import settings


def _is_ours(_item: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Leave out tables that other tests declare for themselves."""
    return kind != "table" or not str(name).startswith("test_")


def test_an_upgraded_database_is_what_the_code_declares(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, "http://127.0.0.1:1"))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
            differences = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert not differences


def _batch_of_three(connection: Connection) -> list[str]:
    """Store a batch of three credentials as the first tables held it; return their digests."""
    digests = [sha256(bytes([number])).hexdigest() for number in range(3)]
    kind = merkle.keccak(b"urn:qilian:vc:tax-credit:1")
    leaves = [merkle.leaf(bytes.fromhex(d), kind, n) for n, d in enumerate(digests)]
    root = "0x" + merkle.levels(leaves)[-1].hex()
    statements = [
        "insert into identity_organisation values ('o', 'tax', 'authority', 'z', 'e', 'a', 'd', "
        "'s', '{}')",
        "insert into identity_enterprise values ('e', 'u', 'n', 'd', 'a', 'f', '{}', 'active', 1)",
        f"insert into identity_batch values ('b', 'o', 'tax-credit', '{root}', 3, 1, 2, 3)",
        *(
            "insert into identity_credential (id, enterprise_id, issuer_id, type_code, digest, "
            "status_index, source_key, issued_at, batch_id, leaf_index, sealed) values "
            f"('c{n}', 'e', 'o', 'tax-credit', '{digest}', {n}, 'k{n}', 1, 'b', {n}, x'00')"
            for n, digest in enumerate(digests)
        ),
    ]
    for statement in statements:
        connection.execute(text(statement))
    return digests


def test_credentials_of_the_first_tables_keep_their_digests_and_proofs(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, "http://127.0.0.1:1"))
    with app.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            digests = _batch_of_three(connection)
        upgrade()
        credentials = app.extensions["qilian.identity"].credentials
        for digest in digests:
            found = credentials.inclusion(digest)
            siblings = [bytes.fromhex(node[2:]) for node in found.proof]
            root = merkle.root_of_proof(bytes.fromhex(found.leaf[2:]), siblings)
            assert "0x" + root.hex() == found.batch_root
        db.session.remove()
        db.engine.dispose()
