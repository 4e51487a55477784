"""Rows derived from the chain's events: registrations, anchors, status words, keys of DIDs."""

from __future__ import annotations

import time

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chain import DecodedEvent, Follower
from db import db
from identity.adapters.chain_writer import KEY_ATTRIBUTE
from identity.adapters.tables import (
    BatchRow,
    DIDKeyEventsRow,
    DIDKeyRow,
    EnterpriseRow,
    IndexLevelRow,
    StatusWordRow,
)
from identity.model.credential import STATUSES_A_WORD
from identity.model.party import EnterpriseState

_STATES = {
    1: EnterpriseState.ACTIVE,
    2: EnterpriseState.SUSPENDED,
    3: EnterpriseState.DISSOLVED,
}
_LEVEL_EVERY_S = 5
_KEY_NAMES = b"did/pub/"
_FOREVER = (1 << 63) - 1


def register_handlers(follower: Follower) -> None:
    """Follow the events that identity derives rows from."""
    follower.register("EnterpriseRegistry", "EnterpriseRegistered", _enterprise_registered)
    follower.register("EnterpriseRegistry", "EnterpriseStateChanged", _enterprise_state_changed)
    follower.register("DIDRegistry", "DIDAttributeChanged", _attribute_changed)
    follower.register("DIDRegistry", "DIDDelegateChanged", _delegate_changed)
    follower.register("CredentialRegistry", "BatchAnchored", _batch_anchored)
    follower.register("CredentialRegistry", "StatusesChanged", _statuses_changed)
    follower.register("CredentialRegistry", "StatusWordsChanged", _status_words_changed)
    follower.register_reset(_reset)


def _set_state(session: Session, fingerprint: str, state: EnterpriseState) -> None:
    session.execute(
        update(EnterpriseRow)
        .where(EnterpriseRow.fingerprint == fingerprint)
        .values(state=state.value)
    )


def _enterprise_registered(event: DecodedEvent, session: Session) -> None:
    _set_state(session, event.args["fingerprint"], EnterpriseState.ACTIVE)


def _enterprise_state_changed(event: DecodedEvent, session: Session) -> None:
    _set_state(session, event.args["fingerprint"], _STATES[event.args["state"]])


def _attribute_changed(event: DecodedEvent, session: Session) -> None:
    name = bytes.fromhex(event.args["name"][2:])
    if not name.startswith(_KEY_NAMES):
        return
    number = _next_number(event.args["identity"], session)
    if name != KEY_ATTRIBUTE:
        return
    address, multikey = event.args["identity"], event.args["value"]
    row = session.get(DIDKeyRow, (multikey, address))
    # A revocation tells no time (ERC-1056: zero); what was signed before it stays good.
    valid_to = min(event.args["validTo"] or event.block_at, _FOREVER)
    if row is None:
        row = DIDKeyRow(
            multikey=multikey, address=address, valid_from=event.block_at, number=number
        )
        session.add(row)
    elif row.valid_to <= event.block_at < valid_to:  # published again after its end
        row.valid_from = event.block_at
    if valid_to > event.block_at:
        row.number = number
    row.valid_to = valid_to
    session.flush()


def _delegate_changed(event: DecodedEvent, session: Session) -> None:
    _next_number(event.args["identity"], session)


def _next_number(address: str, session: Session) -> int:
    """Count a key event of a DID; the published resolvers count revocations and ended keys too."""
    row = session.get(DIDKeyEventsRow, address)
    if row is None:
        row = DIDKeyEventsRow(address=address, count=0)
        session.add(row)
    row.count += 1
    session.flush()
    return row.count


def _batch_anchored(event: DecodedEvent, session: Session) -> None:
    session.execute(
        update(BatchRow)
        .where(BatchRow.root == event.args["root"])
        .values(anchored_at=event.block_at, block_number=event.block_number)
    )


def _statuses_changed(event: DecodedEvent, session: Session) -> None:
    for index, status in event.args["updates"]:
        row = _status_word(session, event.args["issuer"], index // STATUSES_A_WORD)
        shift = 2 * (index % STATUSES_A_WORD)
        row.word = hex(int(row.word, 16) & ~(3 << shift) | status << shift)
    session.flush()


def _status_words_changed(event: DecodedEvent, session: Session) -> None:
    for word_index, word in event.args["words"]:
        _status_word(session, event.args["issuer"], word_index).word = hex(word)
    session.flush()


def _status_word(session: Session, issuer: str, word_index: int) -> StatusWordRow:
    row = session.get(StatusWordRow, (issuer, word_index))
    if row is None:
        row = StatusWordRow(issuer_address=issuer, word_index=word_index, word="0x0")
        session.add(row)
    return row


def _reset(session: Session) -> None:
    session.execute(delete(StatusWordRow))
    session.execute(delete(DIDKeyRow))
    session.execute(delete(DIDKeyEventsRow))
    session.execute(update(BatchRow).values(anchored_at=None, block_number=None))
    session.execute(update(EnterpriseRow).values(state=EnterpriseState.REGISTERING.value))


def note_level() -> None:
    """Remember, and commit, that the index was level with the chain just now."""
    row = db.session.get(IndexLevelRow, 1)
    now = int(time.time())
    if row is None:
        db.session.add(IndexLevelRow(id=1, level_at=now))
    elif now - row.level_at >= _LEVEL_EVERY_S:
        row.level_at = now
    db.session.commit()


def level_at() -> int | None:
    """Return when the index was last level with the chain; None if never."""
    return db.session.execute(select(IndexLevelRow.level_at)).scalar_one_or_none()
