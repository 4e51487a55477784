"""Serve an issuer's statuses as signed lists, derived from the chain's index.

1. A list is made anew when a status changed, its signing key did, or it is some minutes old.
2. While the index is not level with the chain no list is made, for it would vouch for statuses
   that we have not seen: the last one is served for as long as it holds.
3. It is signed as the issuer's credentials are, under the same `kid` and `x5c`: wallets check
   both with one key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from identity.errors import StatusListNotFound, VerificationInconclusive
from identity.issuer_keys import IssuerKeys
from identity.model import status_list, status_token
from identity.model.freshness import FreshnessRule
from identity.model.party import Organisation
from identity.model.status_token import Lifetime
from identity.model.verification import Outcome
from identity.ports import Clock, Parties, Trust
from identity.status_ports import SignedList, StatusLists

Words = list[tuple[int, str]]

TOKEN = "token"  # noqa: S105 - the kind of list, not a secret
TTL_S = 60
RENEW_AFTER_S = 300
LIFETIME_S = 3_600
INDEX_FRESH = FreshnessRule(age_s_max=60)


@dataclass(frozen=True)
class StatusListDesk:
    """Makes, signs and keeps status lists."""

    parties: Parties
    lists: StatusLists
    issuer_keys: IssuerKeys
    trust: Trust
    clock: Clock
    public_url: str

    def token(self, issuer_code: str, shard: int) -> SignedList:
        """Return a shard's Status List Token.

        Raises:
            OrganisationNotFound, StatusListNotFound: there is no such list.
            VerificationInconclusive: the chain is out of reach, and no list still holds.
        """
        return self._signed(issuer_code, shard, TOKEN, status_token.TOKEN_TYP)

    def bitstring(self, issuer_code: str, shard: int, purpose: str) -> SignedList:
        """Return a shard's Bitstring Status List Credential for a purpose; raises as `token`."""
        if purpose not in status_list.PURPOSES:
            expected = ", ".join(status_list.PURPOSES)
            raise StatusListNotFound(f"found purpose {purpose!r}, expected one of {expected}")
        return self._signed(issuer_code, shard, purpose, status_token.CREDENTIAL_TYP)

    def _signed(self, issuer_code: str, shard: int, kind: str, typ: str) -> SignedList:
        issuer = self.parties.organisation(issuer_code)
        self._require_shard(issuer, shard)
        words = self.lists.words(issuer.address, shard)
        header = self._header(issuer, typ)
        source = _source(words, header)
        now = self.clock()
        kept = self.lists.kept(issuer.id, shard, kind)
        if kept and kept.source == source and now < kept.issued_at + RENEW_AFTER_S:
            return kept
        freshness = INDEX_FRESH.of_age(self.trust.index_age_s())
        if freshness.outcome is not Outcome.PASSED:
            if kept and now < kept.expires_at:
                return kept
            raise VerificationInconclusive(freshness.detail_en, detail_zh=freshness.detail_zh)
        lifetime = Lifetime(now, now + LIFETIME_S, TTL_S)
        payload = self._payload(issuer, shard, kind, words, lifetime)
        body = self.issuer_keys.sign(issuer, orjson.dumps(payload), header=header)
        signed = SignedList(body, source, lifetime.issued_at, lifetime.expires_at)
        self.lists.keep(issuer.id, shard, kind, signed)
        return signed

    def _require_shard(self, issuer: Organisation, shard: int) -> None:
        """Raise StatusListNotFound for a shard in which the issuer has issued nothing yet."""
        last = self.lists.last_index(issuer.id)
        shards = 0 if last is None else status_list.place_of(last).shard + 1
        if not 0 <= shard < shards:
            raise StatusListNotFound(f"{issuer.code} has {shards} status lists, found {shard}")

    def _header(self, issuer: Organisation, typ: str) -> dict[str, Any]:
        members = {"cty": "vc"} if typ == status_token.CREDENTIAL_TYP else {}
        return self.issuer_keys.header(issuer, typ=typ, **members)

    def _payload(
        self,
        issuer: Organisation,
        shard: int,
        kind: str,
        words: Words,
        lifetime: Lifetime,
    ) -> dict[str, Any]:
        url = issuer.issuer_url(self.public_url)
        statuses = status_list.shard_bytes(shard, {i: int(word, 16) for i, word in words})
        if kind == TOKEN:
            uri = status_list.shard_uri(url, shard)
            return status_token.token_payload(uri, statuses, lifetime)
        uri = status_list.bitstring_uri(url, shard, kind)
        return status_token.credential_payload(uri, url, kind, statuses, lifetime)


def _source(words: Words, header: Mapping[str, Any]) -> str:
    """Return a digest of what a list is made from."""
    return hashlib.sha256(orjson.dumps([header, words])).hexdigest()
