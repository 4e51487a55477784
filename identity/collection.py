"""The hosted wallet takes a credential offer: the same steps as any wallet (OpenID4VCI 1.0).

1. It reads the offer behind the link.
2. It redeems the code, with the transaction code where the offer wants one.
3. For every type offered it takes a nonce, proves the enterprise's binding key, and is issued to.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import orjson

from identity.credential_endpoint import Answer
from identity.errors import OfferNotFound
from identity.model import jose
from identity.model.holder_proof import KEY_PROOF_TYP
from identity.model.offer import GrantType
from identity.model.party import Organisation
from identity.offers import OFFER_SCHEME, sha256_hex
from identity.openid import OpenIDIssuer
from identity.ports import Clock, Keys, Parties


@dataclass(frozen=True)
class Collection:
    """Takes offers for enterprises whose wallet is hosted here."""

    issuer: OpenIDIssuer
    parties: Parties
    keys: Keys
    clock: Clock
    public_url: str

    def take(self, link: str, enterprise_id: str, tx_code: str | None = None) -> list[Answer]:
        """Return what came of each type offered: a credential in the wallet, or a deferral.

        Raises:
            OfferNotFound: the link is of no live offer of this platform.
            ProtocolError: a step was refused.
        """
        issuer, secret = self._address(link)
        offer = self.issuer.offers.describe(issuer.code, secret)
        grants = offer["grants"]
        code = grants.get(GrantType.PRE_AUTHORIZED, {}).get("pre-authorized_code")
        if code is None:
            raise OfferNotFound("the offer is for wallets that sign in at the authority")
        form = {"grant_type": GrantType.PRE_AUTHORIZED.value, "pre-authorized_code": code}
        if tx_code is not None:
            form["tx_code"] = tx_code
        token = self.issuer.tokens.exchange(issuer, form, jkt=None)
        grant = self.issuer.grants.by_token(sha256_hex(token.access_token))
        if grant is None or grant.enterprise_id != enterprise_id:
            raise OfferNotFound("the offer was made to another enterprise")
        return [
            self.issuer.credentials.issue(
                issuer,
                grant,
                {
                    "credential_configuration_id": type_code,
                    "proofs": {"jwt": [self._proof(issuer, enterprise_id)]},
                },
            )
            for type_code in offer["credential_configuration_ids"]
        ]

    def _address(self, link: str) -> tuple[Organisation, str]:
        """Return the issuer and the secret in a link's address."""
        given = parse_qs(urlsplit(link).query).get("credential_offer_uri", [link])[0]
        prefix, _, rest = given.partition("/issuers/")
        code, _, secret = rest.partition("/credential-offers/")
        if prefix != self.public_url or not secret or "/" in secret:
            raise OfferNotFound(
                f"expected a link {OFFER_SCHEME}… of an authority of this platform; "
                "use a wallet of your own for other issuers"
            )
        return self.parties.organisation(code), secret

    def _proof(self, issuer: Organisation, enterprise_id: str) -> str:
        key = self.keys.binding_key(enterprise_id)
        header = {
            "alg": jose.algorithm(key),
            "typ": KEY_PROOF_TYP,
            "jwk": jose.public_jwk(key.public_key()),
        }
        payload = {
            "aud": issuer.issuer_url(self.public_url),
            "iat": self.clock(),
            "nonce": self.issuer.nonces.make(issuer.code),
        }
        return jose.sign_compact(key, jose.encode_header(header), orjson.dumps(payload))
