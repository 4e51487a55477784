"""Every index kept from the chain's events can be thrown away and made again, and is the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import DeclarativeBase

from chain import Outbox
from chain.tables import EventRow
from db import db
from identity.adapters.chain_writer import KEY_ATTRIBUTE, KEY_VALIDITY_S
from identity.adapters.tables import (
    BatchRow,
    ConsentRow,
    CredentialRow,
    DIDKeyRow,
    EnterpriseRow,
    InstitutionRow,
    StatusWordRow,
)
from journey.client import Client
from journey.parties import Enterprise
from journey.steps import register
from tests.chain.node_fixture import free_port, running_node
from tests.platform import Platform, running_platform

REVOKED, SUSPENDED = 1, 2
REASON = "0x" + "5a" * 32
INDEXES: tuple[type[DeclarativeBase], ...] = (
    EnterpriseRow,
    BatchRow,
    StatusWordRow,
    DIDKeyRow,
    EventRow,
)
CHAIN_STATES = {1: "active", 2: "paused", 3: "revoked"}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform of its own, after registrations, issuances, statuses, consents, a suspension."""
    directory = tmp_path_factory.mktemp("rebuild")
    with running_node("anvil", free_port()) as url, running_platform(directory, url) as platform:
        yield from _live(platform)


def _live(platform: Platform) -> Iterator[Platform]:
    anonymous = Client(platform.http)
    enterprises = [register(anonymous, *company) for company in platform.companies()[-3:]]
    platform.settle()
    for authority in ("samr", "tax"):
        platform.sign_in(f"operator@{authority}").post(f"/authorities/{authority}/issuances")
    _consent(enterprises)
    platform.settle()
    with platform.app.app_context():
        _change_statuses()
        _suspend(enterprises[1])
        db.session.commit()
    platform.settle()
    with platform.app.app_context():
        _change_keys(platform)
        yield platform


def _consent(enterprises: list[Enterprise]) -> None:
    for enterprise in enterprises:
        granted = enterprise.client.post(
            "/consents", {"recipient": "bank-a", "purpose": "account-opening"}
        )
    enterprise.client.post(f"/consents/{granted['id']}/revocation")


def _change_statuses() -> None:
    """Revoke and suspend some credentials of each authority, one by one and by the word."""
    issuers = db.session.execute(
        select(InstitutionRow.signer, CredentialRow.status_index).join(
            CredentialRow, CredentialRow.issuer_id == InstitutionRow.id
        )
    ).all()
    for number, (signer, index) in enumerate(issuers):
        _enqueue(signer, "setStatusBatch", [index, (REVOKED, SUSPENDED)[number % 2]])
    for signer in {signer for signer, _ in issuers}:
        _enqueue(signer, "setStatusWordBatch", [7, 2**256 // 3])


def _change_keys(platform: Platform) -> None:
    """Revoke the key of two authorities, and publish that of one anew."""
    for authority in ("samr", "tax"):
        _send_key(authority, "revokeAttribute")
    db.session.commit()
    platform.settle()
    _send_key("samr", "setAttribute", KEY_VALIDITY_S)
    db.session.commit()
    platform.settle()


def _send_key(authority: str, function: str, *validity: int) -> None:
    row = _key_of(authority)
    institution = db.session.query(InstitutionRow).filter_by(code=authority).one()
    Outbox.enqueue(
        dedupe_key=f"test:{authority}:{function}",
        signer=institution.signer,
        contract="DIDRegistry",
        function=function,
        item=[row.address, KEY_ATTRIBUTE, row.multikey, *validity],
    )


def _key_of(authority: str) -> DIDKeyRow:
    """Return the row of the only key of an authority."""
    keys = select(DIDKeyRow).join(InstitutionRow, InstitutionRow.address == DIDKeyRow.address)
    return db.session.scalars(keys.where(InstitutionRow.code == authority)).one()


def _enqueue(signer: str, function: str, item: list[Any]) -> None:
    Outbox.enqueue(
        dedupe_key=f"test:{signer}:{function}:{item[0]}",
        signer=signer,
        contract="CredentialRegistry",
        function=function,
        item=item,
    )


def _suspend(enterprise: Enterprise) -> None:
    fingerprint = db.session.scalar(
        select(EnterpriseRow.fingerprint).where(EnterpriseRow.uscc == enterprise.uscc)
    )
    Outbox.enqueue(
        dedupe_key="test:suspend",
        signer="regulator:bj-finance",
        contract="EnterpriseRegistry",
        function="setStateBatch",
        item=[fingerprint, 2, REASON],
    )


def _snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every index, as plain values, in the order of its key."""
    db.session.expire_all()
    return {
        table.__tablename__: [
            {column.key: getattr(row, column.key) for column in table.__table__.columns}
            for row in db.session.scalars(select(table).order_by(*table.__table__.primary_key))
        ]
        for table in INDEXES
    }


def test_there_is_something_to_rebuild(lived: Platform) -> None:
    rows = _snapshot()
    assert {row["state"] for row in rows["identity_enterprise"]} == {"active", "suspended"}
    assert len(rows["identity_batch"]) > 3
    assert all(row["anchored_at"] for row in rows["identity_batch"])
    assert len(rows["identity_did_key"]) >= len(rows["identity_enterprise"]) + 2
    words = [int(row["word"], 16) for row in rows["identity_status_word"]]
    assert len(words) >= 4
    assert all(words)
    assert {row["event"] for row in rows["chain_event"]} >= {
        "EnterpriseRegistered",
        "DIDAttributeChanged",
        "Accredited",
        "BatchAnchored",
        "StatusesChanged",
        "StatusWordsChanged",
        "ConsentGranted",
        "ConsentChanged",
    }


def test_every_index_rebuilt_equals_the_original(lived: Platform) -> None:
    before = _snapshot()
    lived.app.extensions["qilian.follower"].rebuild()
    assert _snapshot() == before


def test_a_spoilt_index_is_mended(lived: Platform) -> None:
    before = _snapshot()
    db.session.execute(update(EnterpriseRow).values(state="dissolved"))
    db.session.execute(update(BatchRow).values(anchored_at=1, block_number=1))
    db.session.execute(update(StatusWordRow).values(word="0x0"))
    db.session.execute(update(DIDKeyRow).values(valid_from=1, valid_to=2))
    db.session.execute(delete(EventRow).where(EventRow.event == "ConsentGranted"))
    db.session.commit()
    assert _snapshot() != before
    lived.app.extensions["qilian.follower"].rebuild()
    assert _snapshot() == before


def test_keys_are_good_from_their_publication_to_their_revocation(lived: Platform) -> None:
    def told(authority: str) -> list[tuple[int, int]]:
        """Return (block's time, end) of each event about the authority's key."""
        key = _key_of(authority)
        events = select(EventRow).where(EventRow.event == "DIDAttributeChanged")
        return [
            (event.block_at, event.args["validTo"])
            for event in db.session.scalars(events.order_by(EventRow.block_number))
            if (event.args["identity"], event.args["value"]) == (key.address, key.multikey)
        ]

    (published, _), (revoked, zero) = told("tax")
    assert zero == 0
    key = _key_of("tax")
    assert (key.valid_from, key.valid_to) == (published, revoked)
    *_, (again, end) = told("samr")
    key = _key_of("samr")
    assert (key.valid_from, key.valid_to) == (again, end)
    assert end == again + KEY_VALIDITY_S


def test_the_indexes_say_what_the_contracts_say(lived: Platform) -> None:
    chain = lived.app.extensions["qilian.chain"]
    for row in db.session.scalars(select(StatusWordRow)):
        word = chain.call("CredentialRegistry", "statusWordOf", row.issuer_address, row.word_index)
        assert int(row.word, 16) == word
    for row in db.session.scalars(select(EnterpriseRow)):
        fingerprint = bytes.fromhex(row.fingerprint[2:])
        found = chain.call("EnterpriseRegistry", "isLive", fingerprint, row.controller_address)
        assert found is (row.state == "active")


def test_consents_kept_off_chain_have_the_state_of_their_events(lived: Platform) -> None:
    events = select(EventRow).where(EventRow.contract == "ConsentRegistry")
    replayed: dict[str, tuple[str, int]] = {}
    for event in db.session.scalars(events.order_by(EventRow.block_number, EventRow.log_index)):
        if event.event == "ConsentGranted":
            replayed[event.args["consentId"]] = ("active", event.args["expiresAt"])
        elif event.event == "ConsentChanged":
            _, expires_at = replayed[event.args["consentId"]]
            replayed[event.args["consentId"]] = (CHAIN_STATES[event.args["state"]], expires_at)
    kept = {
        row.digest: (row.state, row.expires_at) for row in db.session.scalars(select(ConsentRow))
    }
    assert replayed == kept
    assert {state for state, _ in kept.values()} == {"active", "revoked"}
    assert all(expires_at > time.time() for _, expires_at in kept.values())
