"""Offer credentials to an enterprise's wallet: a link, a QR code, and where it stands."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from db import new_id, new_secret
from identity.errors import NothingToOffer, OfferNotFound
from identity.issuance import Issuance
from identity.model.offer import (
    OFFER_LIFETIME_S,
    TX_CODE_DIGITS,
    CredentialOffer,
    GrantType,
    OfferState,
    WalletIssuance,
)
from identity.model.party import Organisation
from identity.openid_ports import Offers, Records, WalletIssuances
from identity.ports import Clock, Parties, Types

OFFER_SCHEME = "openid-credential-offer://"


@dataclass(frozen=True)
class MadeOffer:
    """A new offer and its secrets, told once: an address for the wallet, a code for the person."""

    offer: CredentialOffer
    uri: str
    tx_code: str | None

    @property
    def link(self) -> str:
        """The link, or the content of the QR code, that a wallet opens (OpenID4VCI 1.0 §4.1.3)."""
        return f"{OFFER_SCHEME}?credential_offer_uri={quote(self.uri, safe='')}"


@dataclass(frozen=True)
class OfferDesk:
    """An issuer's side of credential offers."""

    parties: Parties
    types: Types
    issuance: Issuance
    records: Records
    offers: Offers
    issuances: WalletIssuances
    clock: Clock
    public_url: str
    key: bytes

    def issued_types(self, issuer: Organisation) -> list[str]:
        """Return the codes of the types an issuer is named for."""
        return [item.code for item in self.types.all() if issuer.code in item.issuers]

    def offer(
        self,
        issuer_code: str,
        enterprise_id: str,
        type_codes: Sequence[str] | None,
        *,
        with_tx_code: bool,
        grant: GrantType = GrantType.PRE_AUTHORIZED,
        may_defer: bool = False,
    ) -> MadeOffer:
        """Make an offer; of all types with a record behind them if none are named.

        A named type without a record is for `may_defer` only.

        Raises:
            IssuerNotAccredited: the issuer may not issue one of the types now.
            NothingToOffer: it issues no such type, or its register holds no such record.
        """
        issuer = self.parties.organisation(issuer_code)
        uscc = self.parties.enterprise(enterprise_id).uscc
        now = self.clock()
        recorded = [
            code
            for code in type_codes or self.issued_types(issuer)
            if self.records.records(issuer.code, code, uscc)
        ]
        chosen = list(dict.fromkeys(recorded if type_codes is None else type_codes))
        self._require_issues(issuer, chosen)
        for code in chosen:
            self.issuance.require_accredited(issuer, self.types.get(code), now)
        missing = sorted(set(chosen) - set(recorded))
        if not chosen or (missing and not may_defer):
            raise NothingToOffer(
                f"{issuer.code} keeps no {', '.join(missing) or 'record'} of this enterprise; "
                "record it first, or allow the credential to be deferred"
            )
        secret = new_secret()
        code_hash = sha256_hex(code_of(secret))
        tx_code = f"{secrets.randbelow(10**TX_CODE_DIGITS):0{TX_CODE_DIGITS}}"
        offer = CredentialOffer(
            id=new_id(),
            issuer_id=issuer.id,
            enterprise_id=enterprise_id,
            type_codes=tuple(chosen),
            grant=grant,
            secret_hash=sha256_hex(secret),
            code_hash=code_hash,
            tx_code_mac=tx_code_mac(self.key, code_hash, tx_code) if with_tx_code else None,
            attempts=0,
            state=OfferState.OFFERED,
            created_at=now,
            expires_at=now + OFFER_LIFETIME_S,
        )
        self.offers.add(offer)
        uri = f"{issuer.issuer_url(self.public_url)}/credential-offers/{secret}"
        return MadeOffer(offer, uri, tx_code if with_tx_code else None)

    def describe(self, issuer_code: str, secret: str) -> dict[str, Any]:
        """Return the offer object that a wallet fetches; raises OfferNotFound once it is used."""
        issuer = self.parties.organisation(issuer_code)
        offer = self.offers.by_secret(sha256_hex(secret))
        if (
            offer is None
            or offer.issuer_id != issuer.id
            or offer.state is not OfferState.OFFERED
            or self.clock() >= offer.expires_at
        ):
            raise OfferNotFound("the offer was used, withdrawn or has expired; ask for a new one")
        return offer.description(issuer.issuer_url(self.public_url), code_of(secret))

    def standing(
        self, offer_id: str, organisation_id: str
    ) -> tuple[CredentialOffer, list[WalletIssuance]]:
        """Return an offer and what came of it to its issuer; raises OfferNotFound to others."""
        offer = self.offers.get(offer_id)
        if offer.issuer_id != organisation_id:
            raise OfferNotFound("no credential offer of your organisation has this identifier")
        return offer, self.issuances.of_offer(offer.id)

    def _require_issues(self, issuer: Organisation, codes: Sequence[str]) -> None:
        issued = self.issued_types(issuer)
        other = sorted(set(codes) - set(issued))
        if other:
            raise NothingToOffer(
                f"{issuer.code} does not issue {', '.join(other)}; it issues "
                f"{', '.join(issued) or 'nothing'}"
            )


def sha256_hex(text: str) -> str:
    """Return the SHA-256 under which a secret is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def tx_code_mac(key: bytes, code_hash: str, tx_code: str) -> str:
    """Return what is kept of a transaction code: six digits must not be found by trying."""
    message = f"tx_code|{code_hash}|{tx_code}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def code_of(secret: str) -> str:
    """Return the pre-authorised code, or issuer state, inside the offer behind a secret address."""
    return hmac.new(secret.encode(), b"code in the offer", hashlib.sha256).hexdigest()
