"""Put the OpenID4VCI issuer together from identity's facade and SQL storage."""

from __future__ import annotations

import hashlib
import hmac

from identity.adapters.did_keys import did_resolver
from identity.adapters.openid_store import (
    SQLGrants,
    SQLOffers,
    SQLOnce,
    SQLPushedRequests,
    SQLWalletIssuances,
)
from identity.authorisation import Authorisation
from identity.collection import Collection
from identity.credential_endpoint import CredentialEndpoint
from identity.facade import Identity
from identity.nonces import Nonces
from identity.offers import OfferDesk
from identity.openid import OpenIDIssuer
from identity.openid_ports import Records
from identity.token_endpoint import TokenEndpoint


def build_openid_issuer(identity: Identity, records: Records) -> OpenIDIssuer:
    """Return the issuer's endpoints for all organisations that issue."""
    offers, grants, pushed = SQLOffers(), SQLGrants(), SQLPushedRequests()
    issuances, once, clock = SQLWalletIssuances(), SQLOnce(), identity.clock
    nonces = Nonces(_derived(identity.fingerprint.key, b"c_nonce"), once, clock)
    tx_code_key = _derived(identity.fingerprint.key, b"tx_code")
    desk = OfferDesk(
        identity.parties,
        identity.types,
        identity.issuance,
        records,
        offers,
        issuances,
        clock,
        identity.public_url,
        tx_code_key,
    )
    return OpenIDIssuer(
        offers=desk,
        authorisation=Authorisation(desk, offers, pushed, clock, identity.public_url),
        tokens=TokenEndpoint(offers, grants, pushed, clock, tx_code_key),
        credentials=CredentialEndpoint(
            identity.parties,
            identity.issuance,
            records,
            grants,
            issuances,
            nonces,
            did_resolver(identity.trust, clock),
            identity.issuer_keys.certificates.ca,
            clock,
            identity.public_url,
        ),
        nonces=nonces,
        grants=grants,
        once=once,
    )


def build_collection(identity: Identity, issuer: OpenIDIssuer) -> Collection:
    """Return what takes offers for the enterprises whose wallet is hosted here."""
    keys, clock = identity.issuer_keys.keys, identity.clock
    return Collection(issuer, identity.parties, keys, clock, identity.public_url)


def _derived(key: bytes, use: bytes) -> bytes:
    return hmac.new(key, b"derived|" + use, hashlib.sha256).digest()
