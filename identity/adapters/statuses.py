"""Status changes, and signed status lists, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from chain import IntentState, Outbox
from db import db
from identity.adapters.chain_writer import status_intent
from identity.adapters.status_tables import SignedStatusListRow, StatusChangeRow
from identity.adapters.tables import CredentialRow, StatusCounterRow, StatusWordRow
from identity.model.status_change import ChangeState, StatusChange
from identity.model.status_list import Status, words_of
from identity.status_ports import SignedList, StatusTarget

_IN_CHUNK = 500
_STATES = {IntentState.MINED: ChangeState.MINED, IntentState.FAILED: ChangeState.FAILED}

_TARGET = (
    CredentialRow.digest,
    CredentialRow.status_index,
    CredentialRow.type_code,
    CredentialRow.issued_at,
)


def _chunks(names: Iterable[str]) -> Iterable[list[str]]:
    wanted = list(dict.fromkeys(names))
    return (wanted[start : start + _IN_CHUNK] for start in range(0, len(wanted), _IN_CHUNK))


def _change(row: StatusChangeRow) -> StatusChange:
    intent = Outbox.status(status_intent(row.id))
    state = _STATES.get(IntentState(intent.state), ChangeState.QUEUED) if intent else None
    return StatusChange(
        id=row.id,
        issuer_id=row.issuer_id,
        credential_digest=row.credential_digest,
        status_index=row.status_index,
        status=Status(row.status),
        reason=row.reason,
        actor=row.actor,
        at=row.at,
        state=state or ChangeState.QUEUED,
    )


class SQLStatusChanges:
    """Reads and writes `identity_status_change`; how far a change has got, the outbox knows."""

    def lock(self, issuer_id: str, digests: Iterable[str]) -> list[StatusTarget]:
        """Return those of these that the issuer issued, locked until the transaction ends."""
        found: list[StatusTarget] = []
        for chunk in _chunks(digests):
            query = (
                select(*_TARGET)
                .where(CredentialRow.issuer_id == issuer_id, CredentialRow.digest.in_(chunk))
                .order_by(CredentialRow.status_index)  # the same order for all: no deadlock
                .with_for_update()
            )
            found += [StatusTarget(*row) for row in db.session.execute(query)]
        return found

    def digests(self, issuer_id: str, source_keys: Iterable[str]) -> dict[str, str]:
        """Return the digest for each source key that the issuer issued under."""
        found: dict[str, str] = {}
        for chunk in _chunks(source_keys):
            query = select(CredentialRow.source_key, CredentialRow.digest).where(
                CredentialRow.issuer_id == issuer_id, CredentialRow.source_key.in_(chunk)
            )
            for source_key, digest in db.session.execute(query):
                found[source_key] = digest
        return found

    def issuer_of_held(self, enterprise_id: str, digest: str) -> str | None:
        """Return who issued a credential of the enterprise's wallet; None if it has no such."""
        query = select(CredentialRow.issuer_id).where(
            CredentialRow.enterprise_id == enterprise_id, CredentialRow.digest == digest
        )
        return db.session.execute(query).scalar_one_or_none()

    def issued(self, issuer_id: str, digest: str) -> StatusTarget | None:
        """Return a credential; None if this issuer did not issue it."""
        query = select(*_TARGET).where(
            CredentialRow.issuer_id == issuer_id, CredentialRow.digest == digest
        )
        found = db.session.execute(query).one_or_none()
        return StatusTarget(*found) if found else None

    def issued_to(self, issuer_id: str, enterprise_id: str, limit: int) -> list[StatusTarget]:
        """Return what the issuer issued to an enterprise, newest first."""
        query = (
            select(*_TARGET)
            .where(
                CredentialRow.enterprise_id == enterprise_id, CredentialRow.issuer_id == issuer_id
            )
            .order_by(CredentialRow.issued_at.desc(), CredentialRow.id)
            .limit(limit)
        )
        return [StatusTarget(*row) for row in db.session.execute(query)]

    def add(self, changes: Sequence[StatusChange]) -> None:
        """Record changes that were queued for the chain."""
        rows = [
            {
                "id": item.id,
                "issuer_id": item.issuer_id,
                "credential_digest": item.credential_digest,
                "status_index": item.status_index,
                "status": int(item.status),
                "reason": item.reason,
                "actor": item.actor,
                "at": item.at,
            }
            for item in changes
        ]
        if rows:
            db.session.execute(insert(StatusChangeRow), rows)

    def latest(self, digests: Iterable[str]) -> dict[str, StatusChange]:
        """Return each credential's newest change that did not fail."""
        found: dict[str, StatusChange] = {}
        for chunk in _chunks(digests):
            query = (
                select(StatusChangeRow)
                .where(StatusChangeRow.credential_digest.in_(chunk))
                .order_by(StatusChangeRow.at, StatusChangeRow.id)
            )
            changes = map(_change, db.session.execute(query).scalars())
            found |= {
                item.credential_digest: item
                for item in changes
                if item.state is not ChangeState.FAILED
            }
        return found

    def history(self, digest: str) -> list[StatusChange]:
        """Return a credential's changes, newest first."""
        query = (
            select(StatusChangeRow)
            .where(StatusChangeRow.credential_digest == digest)
            .order_by(StatusChangeRow.at.desc(), StatusChangeRow.id.desc())
        )
        return [_change(row) for row in db.session.execute(query).scalars()]


class SQLStatusLists:
    """Reads the indexed words, and keeps `identity_signed_status_list`."""

    def last_index(self, issuer_id: str) -> int | None:
        """Return a status index in the last shard the issuer has used; None before the first."""
        used = db.session.execute(
            select(StatusCounterRow.used).where(StatusCounterRow.issuer_id == issuer_id)
        ).scalar_one_or_none()
        return used - 1 if used else None

    def words(self, issuer_address: str, shard: int) -> list[tuple[int, str]]:
        """Return (word index, word as 0x-hex) of the shard's words on chain, by index."""
        places = words_of(shard)
        query = (
            select(StatusWordRow.word_index, StatusWordRow.word)
            .where(
                StatusWordRow.issuer_address == issuer_address,
                StatusWordRow.word_index.between(places.start, places.stop - 1),
            )
            .order_by(StatusWordRow.word_index)
        )
        return [(index, word) for index, word in db.session.execute(query)]

    def kept(self, issuer_id: str, shard: int, kind: str) -> SignedList | None:
        """Return the list signed last."""
        row = db.session.get(SignedStatusListRow, (issuer_id, shard, kind))
        return SignedList(row.body, row.source, row.issued_at, row.expires_at) if row else None

    def keep(self, issuer_id: str, shard: int, kind: str, signed: SignedList) -> None:
        """Keep a signed list in place of the one before."""
        row = SignedStatusListRow(issuer_id=issuer_id, shard=shard, kind=kind, **vars(signed))
        try:
            with db.session.begin_nested():
                db.session.merge(row)
        except IntegrityError:
            return  # another process kept its own just now, from the same statuses
