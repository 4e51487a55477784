"""Encryption at rest: what is said in a case is nowhere in the database's bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from db import db
from filing import CaseRepository, Filing
from filing.adapters.repositories import DeclaredRepository
from filing.adapters.tables import CaseRow, DeclaredRow, EventRow
from filing.catalogue import bundle
from filing.model.value import BY_PERSON
from identity.errors import KeyStoreError
from tests.filing.conftest import World
from tests.filing.fakes import CLAIMS, USCC, wallet

REASON = "法定代表人张明的电话无法接通"
IN_CLEAR = {USCC, CLAIMS["business-licence"]["company_name"]}
"""The public register's name and code of the enterprise, by which queues list it."""
SHORTEST = 4
"""Shorter texts, such as a country code, are found in any file."""


def texts(value: Any) -> Iterator[str]:
    """Yield the texts and the large numbers in a value, however deep."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int) and value >= 100_000:
        yield str(value)


def spellings(text: str) -> set[bytes]:
    """Return how a text could stand in the file: as it is, or with JSON's escapes."""
    return {text.encode(), json.dumps(text).strip('"').encode(), text.encode("utf-16-le")}


def database_bytes(tmp_path: Path) -> bytes:
    files = sorted(tmp_path.glob("filing.db*"))
    assert {file.name for file in files} >= {"filing.db", "filing.db-wal"}
    return b"".join(file.read_bytes() for file in files)


def returned_case(world: World) -> dict[str, Any]:
    """Return a case that was filled, signed, submitted and sent back with a reason."""
    case = world.submitted()
    body = {"decision": "return", "reasons": [REASON]}
    answer = world.bank.call("POST", f"/cases/{case['id']}/decision", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_nothing_that_was_said_is_found_in_the_database_file(world: World, tmp_path: Path) -> None:
    case = returned_case(world)
    choices = {c.value for field in bundle(case["form"]).fields for c in field.choices}
    by_person = [f["value"] for f in case["fields"] if f["source"] in set(BY_PERSON)]
    said = {*texts(by_person), *texts([c.claims for c in wallet()]), REASON, "张明", "李强"}
    names_and_numbers = {"张明", "110101199001011237", "110101199002022346", "陈静"}
    secrets = {s for s in said - choices - IN_CLEAR if len(s) >= SHORTEST} | names_and_numbers
    assert len(secrets) >= 20
    raw = database_bytes(tmp_path)
    assert USCC.encode() in raw, "the files searched are those of the database"
    found = {text for text in secrets if any(spelling in raw for spelling in spellings(text))}
    assert found == set()


def test_what_was_sealed_is_read_as_it_was_said(world: World) -> None:
    case = returned_case(world)
    shown = world.enterprise.call("GET", f"/cases/{case['id']}").json
    assert shown["decision"]["reasons"] == [REASON]
    assert shown["events"][-1]["detail"] == {"reasons": [REASON]}
    with world.app.app_context():
        declared = DeclaredRepository(db.session, world.identity)
        facts = declared.of(world.enterprise.organisation_id)
    values = {field["key"]: field["value"] for field in shown["fields"] if "value" in field}
    assert facts
    assert {key: fact.value for key, fact in facts.items()} == {key: values[key] for key in facts}


@pytest.mark.parametrize("column", [CaseRow.document, CaseRow.steps])
def test_a_flipped_byte_is_refused(world: World, column: Any) -> None:
    case = world.open_case()
    filing: Filing = world.app.extensions["qilian.filing"]
    with world.app.app_context():
        sealed = bytearray(db.session.scalars(select(column)).one())
        sealed[len(sealed) // 2] ^= 1
        db.session.execute(update(CaseRow).values({column: bytes(sealed)}))
        with pytest.raises(KeyStoreError, match="altered or moved"):
            filing.steps(filing.case(case["id"]))


def test_a_document_moved_to_another_case_is_refused(world: World) -> None:
    first, second = world.open_case(), world.open_case("loan-application")
    cases = CaseRepository(db.session, world.identity)
    with world.app.app_context():
        moved = select(CaseRow.document).where(CaseRow.id == first["id"]).scalar_subquery()
        db.session.execute(update(CaseRow).where(CaseRow.id == second["id"]).values(document=moved))
        with pytest.raises(KeyStoreError, match="altered or moved"):
            cases.get(second["id"])
        assert cases.get(first["id"]).id == first["id"]


def test_a_fact_or_event_moved_to_another_row_is_refused(world: World) -> None:
    case = returned_case(world)
    enterprise_id = world.enterprise.organisation_id
    with world.app.app_context():
        keys = db.session.scalars(select(DeclaredRow.key).order_by(DeclaredRow.key)).all()
        value = select(DeclaredRow.value).where(DeclaredRow.key == keys[0]).scalar_subquery()
        db.session.execute(
            update(DeclaredRow).where(DeclaredRow.key == keys[1]).values(value=value)
        )
        with pytest.raises(KeyStoreError, match="altered or moved"):
            DeclaredRepository(db.session, world.identity).of(enterprise_id)
        ids = db.session.scalars(select(EventRow.id)).all()
        detail = select(EventRow.detail).where(EventRow.id == ids[0]).scalar_subquery()
        db.session.execute(update(EventRow).where(EventRow.id == ids[-1]).values(detail=detail))
        with pytest.raises(KeyStoreError, match="altered or moved"):
            CaseRepository(db.session, world.identity).events(case["id"])


def test_an_erased_enterprise_stays_in_the_queue_and_its_case_is_unreadable(
    world: World,
) -> None:
    case = world.submitted()
    with world.app.app_context():
        world.identity.key_store.erase_owner(world.enterprise.organisation_id)
        db.session.commit()
    listed = world.bank.call("GET", "/cases").json
    assert [item["id"] for item in listed["cases"]] == [case["id"]]
    with world.app.app_context(), pytest.raises(KeyStoreError, match="was erased"):
        CaseRepository(db.session, world.identity).get(case["id"])
