"""Encryption at rest: no claim a decision was made from is in the database's bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from credit.adapters.repositories import SQLCreditStore
from credit.adapters.tables import ApplicationRow, DecisionRow
from db import db
from identity.errors import KeyStoreError
from tests.credit.factories import strong_credentials
from tests.credit.harness import World

ASKED_FEN = 40_000_000
"""No claim is this amount: queues list it in clear."""
STATEMENT = "我公司的发票台账由代账公司保管"


def decided(world: World, **case: Any) -> dict[str, Any]:
    application_id = world.received(**case)
    answer = world["officer-a"].post(f"/loan-applications/{application_id}/decision")
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def declined_and_under_review(world: World) -> str:
    application_id = world.received(
        credentials=world.withhold("invoice-ledger"), amount_fen=ASKED_FEN
    )
    path = f"/loan-applications/{application_id}"
    world["officer-a"].post(f"{path}/decision")
    assert world["enterprise"].post(f"{path}/review-request", {"statement": STATEMENT}).json
    return application_id


def test_no_claim_and_no_feature_is_found_in_the_database_file(
    world: World, tmp_path: Path
) -> None:
    made = decided(world, amount_fen=ASKED_FEN)
    declined_and_under_review(world)
    shown = world["officer-a"].get(f"/api/v1/decisions/{made['id']}/bundle").json
    bundle = json.loads(shown["bundle"])
    claims = {str(v) for c in strong_credentials() for v in c.claims.values()}
    features = {str(f["value"]) for f in bundle["features"].values()}
    digests = set(bundle["evidence"]["credentials"]) | {bundle["evidence"]["ledger_digest"]}
    secrets = {s for s in claims | features if len(s) >= 6} | digests
    secrets |= {STATEMENT, "turnover_12m_fen", *shown["signature"].split(".")[1:]}
    assert len(secrets) > 20
    files = sorted(tmp_path.glob("credit.db*"))
    assert {file.name for file in files} >= {"credit.db", "credit.db-wal"}
    raw = b"".join(file.read_bytes() for file in files)
    assert made["bundle_sha256"].encode() in raw, "the files searched are those of the database"
    assert {text for text in secrets if text.encode() in raw} == set()


def test_what_was_sealed_is_read_as_it_was_kept(world: World) -> None:
    made = decided(world)
    application_id = declined_and_under_review(world)
    store = SQLCreditStore(world.identity)
    with world.app.app_context():
        decision, review = store.decision(made["id"]), store.review(application_id)
    assert decision is not None
    assert decision.bundle_sha256 == made["bundle_sha256"]
    assert {c.type_code for c in decision.evidence} == {c.type_code for c in strong_credentials()}
    assert review is not None
    assert review.statement == STATEMENT
    answer = world["regulator"].post("/oversight/replays", {"decision_id": made["id"]})
    assert answer.json["equal"], answer.json


def test_a_flipped_byte_is_refused(world: World) -> None:
    made = decided(world)
    with world.app.app_context():
        sealed = bytearray(db.session.scalars(select(DecisionRow.sealed)).one())
        sealed[len(sealed) // 2] ^= 1
        db.session.execute(update(DecisionRow).values(sealed=bytes(sealed)))
        db.session.commit()
    answer = world["officer-a"].get(f"/api/v1/decisions/{made['id']}/bundle")
    assert (answer.status_code, answer.json["code"]) == (503, "key_store_error")


def test_a_decision_moved_to_another_row_is_refused(world: World) -> None:
    first, second = decided(world), decided(world)
    with world.app.app_context():
        sealed = select(DecisionRow.sealed).where(DecisionRow.id == first["id"])
        moved = update(DecisionRow).where(DecisionRow.id == second["id"])
        db.session.execute(moved.values(sealed=sealed.scalar_subquery()))
        with pytest.raises(KeyStoreError, match="altered or moved"):
            SQLCreditStore(world.identity).decision(second["id"])


def test_a_review_that_was_altered_is_refused(world: World) -> None:
    application_id = declined_and_under_review(world)
    with world.app.app_context():
        db.session.execute(update(ApplicationRow).values(review=b"\0" * 64))
        with pytest.raises(KeyStoreError, match="altered or moved"):
            SQLCreditStore(world.identity).review(application_id)


def test_an_erased_enterprise_stays_in_the_books_and_its_decision_is_unreadable(
    world: World,
) -> None:
    made = decided(world)
    with world.app.app_context():
        world.identity.key_store.erase_owner(world["enterprise"].actor.organisation_id)
        db.session.commit()
    listed = world["officer-a"].get("/api/v1/loan-applications").json["applications"]
    assert len(listed) == 1
    answer = world["officer-a"].get(f"/api/v1/decisions/{made['id']}/bundle")
    assert answer.json["code"] == "key_store_error"
    assert "was erased" in answer.json["detail"]
