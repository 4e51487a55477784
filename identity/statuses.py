"""Suspend, reinstate and revoke credentials: recorded with reason and actor, queued for the chain.

The chain is the truth: a verifier sees a change once it is mined. Until then the record says
"queued", and a further change is judged against it as if it were done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import new_id
from identity.errors import CredentialNotFound
from identity.model.status_change import StatusChange, require_change_allowed
from identity.model.status_list import Status
from identity.ports import ChainWriter, Clock, Parties, Trust
from identity.status_ports import StatusChanges, StatusTarget


@dataclass(frozen=True)
class StatusView:
    """A credential's status as asked for last, and everything that led to it, newest first."""

    credential_digest: str
    type_code: str
    issued_at: int
    status: Status
    history: Sequence[StatusChange]


VIEWS_MAX = 200


@dataclass(frozen=True)
class StatusDesk:
    """Changes the statuses of an issuer's own credentials."""

    parties: Parties
    changes: StatusChanges
    trust: Trust
    chain: ChainWriter
    clock: Clock

    def change(
        self, issuer_id: str, digests: Sequence[str], status: Status, *, reason: str, actor: str
    ) -> list[StatusChange]:
        """Give credentials another status, all of them or none; those that have it are left alone.

        Args:
            digests: of the issuer's own credentials, hex.
            reason: why, as the holder will read it; actor: the login of who decided.
        Returns:
            The changes that were queued.
        Raises:
            CredentialNotFound: a digest is not of a credential that this issuer issued.
            RevokedIsFinal: a revoked credential was to become something else.
        """
        issuer = self.parties.organisation_by_id(issuer_id)
        wanted = list(dict.fromkeys(digests))
        targets = self.changes.lock(issuer_id, wanted)
        _require_all({target.digest for target in targets}, wanted)
        current = self._current(issuer.address, targets)
        for target in targets:
            require_change_allowed(target.digest, current[target.digest], status)
        now = self.clock()
        changes = [
            StatusChange(
                id=new_id(),
                issuer_id=issuer_id,
                credential_digest=target.digest,
                status_index=target.status_index,
                status=status,
                reason=reason,
                actor=actor,
                at=now,
            )
            for target in targets
            if current[target.digest] is not status
        ]
        self.changes.add(changes)
        for change in changes:
            self.chain.set_status(
                signer=issuer.signer, change_id=change.id, index=change.status_index, status=status
            )
        return changes

    def change_by_source(
        self, issuer_id: str, source_keys: Sequence[str], status: Status, *, reason: str, actor: str
    ) -> list[StatusChange]:
        """Give the credentials issued under these source keys another status; see `change`.

        Raises:
            CredentialNotFound: the issuer issued nothing under one of the keys.
            RevokedIsFinal.
        """
        found = self.changes.digests(issuer_id, source_keys)
        _require_all(set(found), source_keys)
        return self.change(issuer_id, list(found.values()), status, reason=reason, actor=actor)

    def view(self, issuer_id: str, digest: str) -> StatusView:
        """Return the status and history of one of the issuer's credentials.

        Raises:
            CredentialNotFound: this issuer did not issue it.
        """
        target = self.changes.issued(issuer_id, digest)
        if target is None:
            raise _not_found(digest)
        return self._views(issuer_id, [target])[0]

    def issued_to(self, issuer_id: str, enterprise_id: str) -> list[StatusView]:
        """Return the newest credentials, 200 at most, that the issuer issued to an enterprise."""
        return self._views(
            issuer_id, self.changes.issued_to(issuer_id, enterprise_id, limit=VIEWS_MAX)
        )

    def holders_view(self, enterprise_id: str, digest: str) -> StatusView:
        """Return the status and history of a credential in the enterprise's wallet.

        Raises:
            CredentialNotFound: the enterprise does not hold it.
        """
        issuer_id = self.changes.issuer_of_held(enterprise_id, digest)
        if issuer_id is None:
            raise CredentialNotFound(f"the wallet holds no credential {digest}")
        return self.view(issuer_id, digest)

    def _views(self, issuer_id: str, targets: Sequence[StatusTarget]) -> list[StatusView]:
        issuer = self.parties.organisation_by_id(issuer_id)
        current = self._current(issuer.address, targets)
        return [
            StatusView(
                item.digest,
                item.type_code,
                item.issued_at,
                current[item.digest],
                self.changes.history(item.digest),
            )
            for item in targets
        ]

    def _current(self, issuer_address: str, targets: Sequence[StatusTarget]) -> dict[str, Status]:
        """Return each credential's status: as asked for last, or on chain where that is final."""
        on_chain = self.trust.statuses(issuer_address, [item.status_index for item in targets])
        asked = self.changes.latest([item.digest for item in targets])
        return {
            item.digest: _effective(Status(on_chain[item.status_index]), asked.get(item.digest))
            for item in targets
        }


def _effective(on_chain: Status, asked: StatusChange | None) -> Status:
    if asked is None or on_chain is Status.REVOKED:
        return on_chain
    return asked.status


def _require_all(found: set[str], wanted: Sequence[str]) -> None:
    missing = next((name for name in wanted if name not in found), None)
    if missing is not None:
        raise _not_found(missing)


def _not_found(name: str) -> CredentialNotFound:
    return CredentialNotFound(f"this organisation issued no credential {name}; check the list")
