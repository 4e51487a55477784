"""Put the OpenID4VCI issuer together from identity's facade and SQL storage."""

from __future__ import annotations

import hashlib
import hmac

from identity.adapters.openid_store import (
    SQLGrants,
    SQLOffers,
    SQLOnce,
    SQLPushedRequests,
    SQLWalletIssuances,
)
from identity.authorisation import Authorisation
from identity.credential_endpoint import CredentialEndpoint
from identity.errors import MalformedToken
from identity.facade import Identity
from identity.model import jose
from identity.model.did_key import key_of_did_url, key_of_multikey
from identity.nonces import Nonces
from identity.offers import OfferDesk
from identity.openid import OpenIDIssuer
from identity.openid_ports import KeyResolver, Records
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
            did_resolver(identity),
            clock,
            identity.public_url,
        ),
        nonces=nonces,
        grants=grants,
        once=once,
    )


def did_resolver(identity: Identity) -> KeyResolver:
    """Return what finds the key of a DID URL: on chain for did:ethr, else in the DID itself."""

    def resolve(did_url: str) -> jose.PublicKey:
        if not did_url.startswith("did:ethr:"):
            return key_of_did_url(did_url)
        did, _, fragment = did_url.partition("#")
        keys = list(map(key_of_multikey, identity.trust.keys_of(did, identity.clock())))
        named = [key for key in keys if jose.thumbprint(jose.public_jwk(key)) == fragment]
        chosen = named or keys
        if len(chosen) != 1:
            raise MalformedToken(
                f"found {len(chosen)} P-256 keys on chain for {did}, expected one, or one whose "
                "JWK thumbprint is the fragment"
            )
        return chosen[0]

    return resolve


def _derived(key: bytes, use: bytes) -> bytes:
    return hmac.new(key, b"derived|" + use, hashlib.sha256).digest()
