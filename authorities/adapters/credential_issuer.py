"""Issues credentials through identity, in an authority's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authorities.errors import IssuerRefused
from authorities.ports import IssuanceItem, IssuanceOutcome
from identity import Identity, IssueItem
from identity.errors import IssuerNotAccredited


@dataclass(frozen=True)
class IdentityIssuer:
    """Implements :class:`authorities.ports.CredentialIssuer` on the identity facade."""

    identity: Identity

    def issue_many(
        self, issuer_code: str, type_code: str, items: Sequence[IssuanceItem]
    ) -> Sequence[IssuanceOutcome]:
        """Issue to the enterprises that are registered; say what became of each item."""
        ids = {
            enterprise.uscc: enterprise.id
            for enterprise in self.identity.parties.enterprises({item.uscc for item in items})
        }
        wanted = [
            IssueItem(ids[item.uscc], item.claims, item.source_key)
            for item in items
            if item.uscc in ids
        ]
        try:
            issued = self.identity.issue_many(issuer_code, type_code, wanted)
        except IssuerNotAccredited as error:
            raise IssuerRefused(error.detail, **error.extra) from error
        fresh = {item.source_key for item in issued}
        return [_outcome(item, item.uscc in ids, item.source_key in fresh) for item in items]


def _outcome(item: IssuanceItem, is_registered: bool, is_fresh: bool) -> IssuanceOutcome:
    if not is_registered:
        return IssuanceOutcome(item.source_key, "refused", "enterprise_not_registered")
    return IssuanceOutcome(item.source_key, "issued" if is_fresh else "unchanged")
