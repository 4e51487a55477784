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
        found = trust.keys_of(did, clock())
        chosen = [found[fragment]] if fragment in found else list(found.values())
        if len(chosen) != 1 or (fragment and fragment not in found):
            names = ", ".join(f"#{name}" for name in found) or "none"
            raise MalformedToken(f"found the P-256 keys {names} on chain, expected #{fragment}")
        return key_of_multikey(chosen[0])

    return resolve
