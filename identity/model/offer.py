"""Credential offers, the grants they lead to, and what a wallet was issued (OpenID4VCI 1.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

OFFER_LIFETIME_S = 24 * 3600
TX_CODE_DIGITS = 6
TX_CODE_ATTEMPTS_MAX = 5
ACCESS_TOKEN_LIFETIME_S = 3600
DEFERRED_LIFETIME_S = 7 * 86_400
CODE_LIFETIME_S = 60
PAR_LIFETIME_S = 90
NONCE_LIFETIME_S = 300
BATCH_MAX = 10
DEFERRED_INTERVAL_S = 5


class GrantType(StrEnum):
    """How a wallet comes to an access token."""

    PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    AUTHORIZATION_CODE = "authorization_code"


class OfferState(StrEnum):
    """Where an offer stands; expiry is a matter of time."""

    OFFERED = "offered"
    REDEEMED = "redeemed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class CredentialOffer:
    """An issuer's offer to one enterprise of credentials of some types.

    Only hashes of the secrets are kept: `secret_hash` of what the offer's address ends with,
    `code_hash` of the code inside, `tx_code_mac` of the transaction code, which is handed over on
    another way.
    """

    id: str
    issuer_id: str
    enterprise_id: str
    type_codes: tuple[str, ...]
    grant: GrantType
    secret_hash: str
    code_hash: str
    tx_code_mac: str | None
    attempts: int
    state: OfferState
    created_at: int
    expires_at: int

    def description(self, issuer_url: str, code: str) -> dict[str, Any]:
        """Return the credential offer object (OpenID4VCI 1.0 §4.1.1)."""
        grant: dict[str, Any]
        if self.grant is GrantType.AUTHORIZATION_CODE:
            grant = {"issuer_state": code}
        else:
            grant = {"pre-authorized_code": code}
            if self.tx_code_mac is not None:
                grant["tx_code"] = {
                    "input_mode": "numeric",
                    "length": TX_CODE_DIGITS,
                    "description": "The code that the issuing authority gave to the enterprise",
                }
        return {
            "credential_issuer": issuer_url,
            "credential_configuration_ids": list(self.type_codes),
            "grants": {self.grant.value: grant},
        }


@dataclass(frozen=True)
class AccessGrant:
    """What an access token allows: credentials of these types about one enterprise.

    `jkt` is the thumbprint of the DPoP key that the token is bound to; None for a bearer token.
    `is_attested` says that an attested wallet came by authorisation code and DPoP, as HAIP wants.
    """

    id: str
    token_hash: str
    issuer_id: str
    enterprise_id: str
    offer_id: str | None
    type_codes: tuple[str, ...]
    jkt: str | None
    expires_at: int
    is_attested: bool = False


@dataclass(frozen=True)
class PushedRequest:
    """An authorisation request that a wallet pushed (RFC 9126), and the code that answers it.

    `attested_jkt` is the thumbprint of the attested wallet's key, where it proved one.
    """

    id: str
    issuer_id: str
    client_id: str
    redirect_uri: str
    state: str | None
    code_challenge: str
    type_codes: tuple[str, ...]
    offer_id: str | None
    jkt: str | None
    expires_at: int
    attested_jkt: str | None = None
    enterprise_id: str | None = None
    code_hash: str | None = None
    used_at: int | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the enterprise has agreed or refused."""
        return self.code_hash is not None or self.used_at is not None


class IssuanceState(StrEnum):
    """What became of a wallet's credential request; the last three are the wallet's own words."""

    DEFERRED = "deferred"
    ISSUED = "issued"
    ACCEPTED = "credential_accepted"
    FAILED = "credential_failure"
    DELETED = "credential_deleted"


@dataclass(frozen=True)
class WalletIssuance:
    """A wallet's credential request: the keys it proved, as `cnf`, and what was issued to them."""

    id: str
    grant_id: str
    offer_id: str | None
    issuer_id: str
    enterprise_id: str
    type_code: str
    confirmations: Sequence[Mapping[str, Any]]
    state: IssuanceState
    digests: tuple[str, ...]
    created_at: int
