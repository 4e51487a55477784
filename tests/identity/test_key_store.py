"""The key store: sealed data is read by its owner, at its place, under its KEK, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from db import db
from identity.adapters.key_store import KeyStore, read_secret_file
from identity.adapters.tables import DataKeyRow
from identity.errors import KeyStoreError

OWNER, OTHER = "owner", "other-owner"
PLACE = "table|column|row"
DATA = "身份证 110101199001011237".encode()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask("key-store-test", static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'keys.db'}"
    db.init_app(app)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def store(app: Flask) -> Iterator[KeyStore]:
    """A store with two owners, within an application context."""
    store = KeyStore(os.urandom(32))
    with app.app_context():
        store.create_owner(OWNER)
        store.create_owner(OTHER)
        db.session.commit()
        yield store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.binary(max_size=4096), place=st.text(max_size=80))
def test_what_is_opened_is_what_was_sealed(store: KeyStore, data: bytes, place: str) -> None:
    sealed = store.seal(OWNER, place, data)
    assert len(sealed) == len(data) + 28
    assert store.open(OWNER, place, sealed) == data


def test_the_same_data_is_never_sealed_to_the_same_bytes(store: KeyStore) -> None:
    assert store.seal(OWNER, PLACE, DATA) != store.seal(OWNER, PLACE, DATA)


def test_any_altered_byte_is_refused(store: KeyStore) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(KeyStoreError, match="altered or moved"):
            store.open(OWNER, PLACE, bytes(altered))


@pytest.mark.parametrize("length", [0, 1, 7, 8, 11, 12, 27, 28])
def test_a_cut_piece_is_refused(store: KeyStore, length: int) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    with pytest.raises(KeyStoreError, match="altered or moved"):
        store.open(OWNER, PLACE, sealed[:length])


def test_a_moved_piece_is_refused(store: KeyStore) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    for owner, place in [(OWNER, "table|column|another row"), (OTHER, PLACE), (OWNER, "")]:
        with pytest.raises(KeyStoreError, match="altered or moved"):
            store.open(owner, place, sealed)


def test_another_kek_is_refused_by_name(store: KeyStore) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    stranger = KeyStore(os.urandom(32))
    with pytest.raises(KeyStoreError, match="wrapped by KEK"):
        stranger.open(OWNER, PLACE, sealed)
    with pytest.raises(KeyStoreError, match="wrapped by KEK"):
        stranger.seal(OWNER, PLACE, DATA)


def test_an_owner_without_a_data_key_is_refused(store: KeyStore) -> None:
    for act in (store.erase_owner, store.binding_key, store.controller_key):
        with pytest.raises(KeyStoreError):
            act("nobody")
    with pytest.raises(KeyStoreError, match="no data key"):
        store.seal("nobody", PLACE, DATA)


def test_after_erasure_nothing_sealed_is_readable(store: KeyStore) -> None:
    store.create_binding_key(OWNER)
    store.keep_controller_key(OWNER, os.urandom(32))
    sealed, others = store.seal(OWNER, PLACE, DATA), store.seal(OTHER, PLACE, DATA)
    assert store.open(OWNER, PLACE, sealed) == DATA
    assert store.binding_key(OWNER)
    store.erase_owner(OWNER)
    db.session.commit()
    for read in (store.binding_key, store.controller_key):
        with pytest.raises(KeyStoreError, match="was erased"):
            read(OWNER)
    with pytest.raises(KeyStoreError, match="was erased"):
        store.open(OWNER, PLACE, sealed)
    assert store.open(OTHER, PLACE, others) == DATA
    store.create_owner(OWNER)
    with pytest.raises(KeyStoreError, match="altered or moved"):
        store.open(OWNER, PLACE, sealed)


def test_an_erasure_by_another_process_holds_from_the_next_transaction(
    app: Flask, store: KeyStore
) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    assert store.open(OWNER, PLACE, sealed) == DATA
    db.session.commit()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(db.delete(DataKeyRow).where(DataKeyRow.owner_id == OWNER))
    with pytest.raises(KeyStoreError, match="was erased"):
        store.open(OWNER, PLACE, sealed)


def test_an_erasure_that_is_rolled_back_erased_nothing(store: KeyStore) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    db.session.commit()
    store.erase_owner(OWNER)
    db.session.rollback()
    assert store.open(OWNER, PLACE, sealed) == DATA


def test_the_erased_key_is_gone_from_the_database_file(
    app: Flask, store: KeyStore, tmp_path: Path
) -> None:
    wrapped = bytes(db.session.get_one(DataKeyRow, OWNER).wrapped)
    db.session.rollback()
    _checkpoint()
    assert wrapped in (tmp_path / "keys.db").read_bytes()
    store.erase_owner(OWNER)
    db.session.commit()
    _checkpoint()
    assert all(wrapped not in path.read_bytes() for path in tmp_path.glob("keys.db*"))


def _checkpoint() -> None:
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_data_key_is_read_once_per_transaction(store: KeyStore) -> None:
    sealed = store.seal(OWNER, PLACE, DATA)
    db.session.commit()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(50):
        store.open(OWNER, PLACE, sealed)
    assert len(statements) == 1
    db.session.commit()
    store.open(OWNER, PLACE, sealed)
    assert len(statements) == 2


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kek"
    secret = read_secret_file(path)
    assert len(secret) == 32
    assert read_secret_file(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["kek"]


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "00" * 31, "00" * 33, "é" * 64])
def test_a_damaged_secret_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kek"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KeyStoreError, match="expected 64 hexadecimal digits"):
        read_secret_file(path)
    assert path.read_text(encoding="utf-8") == content


def test_threads_that_start_at_once_find_one_secret(tmp_path: Path) -> None:
    workers = 8
    for turn in range(20):
        barrier = Barrier(workers)

        def read(path: Path, barrier: Barrier = barrier) -> bytes:
            barrier.wait()
            return read_secret_file(path)

        with ThreadPoolExecutor(workers) as pool:
            found = set(pool.map(read, [tmp_path / f"kek-{turn}"] * workers))
        assert len(found) == 1
        assert len(found.pop()) == 32


def test_processes_that_start_at_once_find_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from identity.adapters.key_store import read_secret_file; "
        "print('ready', flush=True); sys.stdin.readline(); "
        "print(read_secret_file(Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "kek")]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(3)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = {process.communicate(timeout=60)[0] for process in started}
    assert len(found) == 1
    assert len(found.pop().strip()) == 64
