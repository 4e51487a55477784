"""The keys of DIDs: those on chain from the index of DIDRegistry's events, others from the DID."""

from __future__ import annotations

from identity.errors import MalformedToken
from identity.model import jose
from identity.model.did_key import key_of_did_url, key_of_multikey
from identity.openid_ports import KeyResolver
from identity.ports import Clock, Trust


def did_resolver(trust: Trust, clock: Clock) -> KeyResolver:
    """Return what finds the key of a DID URL: on chain for did:ethr, else in the DID itself."""

    def resolve(did_url: str) -> jose.PublicKey:
        if not did_url.startswith("did:ethr:"):
            return key_of_did_url(did_url)
        did, _, fragment = did_url.partition("#")
        keys = list(map(key_of_multikey, trust.keys_of(did, clock())))
        named = [key for key in keys if jose.thumbprint(jose.public_jwk(key)) == fragment]
        chosen = named or keys
        if len(chosen) != 1:
            raise MalformedToken(
                f"found {len(chosen)} P-256 keys on chain for {did}, expected one, or one whose "
                "JWK thumbprint is the fragment"
            )
        return chosen[0]

    return resolve
