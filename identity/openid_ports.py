"""What the OpenID endpoints need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from identity.model.jose import PublicKey
from identity.model.offer import (
    AccessGrant,
    CredentialOffer,
    IssuanceState,
    OfferState,
    PushedRequest,
    WalletIssuance,
)


@dataclass(frozen=True)
class RegisterRecord:
    """A record of an authority's register about an enterprise, as claims of a type."""

    claims: Mapping[str, Any]
    source_key: str


class Records(Protocol):
    """The issuers' registers, newest record first; the authorities implement it."""

    def records(self, issuer_code: str, type_code: str, uscc: str) -> Sequence[RegisterRecord]: ...


class Offers(Protocol):
    """Credential offers."""

    def add(self, offer: CredentialOffer) -> None: ...
    def get(self, offer_id: str) -> CredentialOffer: ...
    def by_secret(self, secret_hash: str) -> CredentialOffer | None: ...
    def by_code(self, code_hash: str) -> CredentialOffer | None: ...
    def change(self, offer_id: str, old: OfferState, new: OfferState) -> bool: ...
    def count_attempt(self, offer_id: str) -> None: ...


class Grants(Protocol):
    """Access tokens, by hash."""

    def add(self, grant: AccessGrant) -> None: ...
    def by_token(self, token_hash: str) -> AccessGrant | None: ...
    def extend(self, grant_id: str, expires_at: int) -> None: ...
    def revoke_of_offer(self, offer_id: str) -> None: ...


class PushedRequests(Protocol):
    """Pushed authorisation requests and their codes."""

    def add(self, request: PushedRequest) -> None: ...
    def get(self, request_id: str) -> PushedRequest | None: ...
    def approve(
        self, request_id: str, *, enterprise_id: str, code_hash: str, expires_at: int
    ) -> bool: ...
    def by_code(self, code_hash: str) -> PushedRequest | None: ...
    def use(self, request_id: str, at: int) -> bool: ...


class WalletIssuances(Protocol):
    """What wallets asked for and were issued."""

    def add(self, issuance: WalletIssuance) -> None: ...
    def get(self, issuance_id: str) -> WalletIssuance | None: ...
    def of_offer(self, offer_id: str) -> list[WalletIssuance]: ...
    def set_issued(self, issuance_id: str, digests: Sequence[str]) -> bool: ...
    def set_state(self, issuance_id: str, state: IssuanceState) -> None: ...


class Once(Protocol):
    """Remembers what may be used once, until it has expired anyway."""

    def use(self, what: str, expires_at: int) -> bool: ...


class KeyResolver(Protocol):
    """Returns the key of a DID URL; raises an IdentityError where there is none."""

    def __call__(self, did_url: str) -> PublicKey: ...


class Documents(Protocol):
    """Fetches JSON documents of issuers elsewhere; raises IssuerUnresolved."""

    def fetch(self, url: str) -> Mapping[str, Any]: ...
