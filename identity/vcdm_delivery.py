"""Deliver a held credential in the W3C data model too: `vc+jwt`, from the same claims.

The OpenID protocols have no format name for VC Data Model 2.0 as JWT, so it is fetched by REST. It
is signed anew by the same issuer, named by its DID, and shares the SD-JWT VC's status entry; the
anchor on chain is the SD-JWT VC's.
"""

from __future__ import annotations

from dataclasses import dataclass

from identity.errors import PresentationNotFound
from identity.issuance_steps import IssuanceSteps
from identity.issuer_keys import IssuerKeys
from identity.model import jose, sd_jwt, vc_jwt
from identity.model.status_list import PURPOSES, bitstring_uri, claimed_place
from identity.ports import Clock, Credentials, Parties, Types

UNDEFINED_TERMS = "https://www.w3.org/ns/credentials/undefined-terms/v2"


@dataclass(frozen=True)
class VCDMDelivery:
    """Makes `vc+jwt` credentials for hosted wallets."""

    parties: Parties
    credentials: Credentials
    types: Types
    steps: IssuanceSteps
    issuer_keys: IssuerKeys
    clock: Clock
    public_url: str

    def deliver(self, enterprise_id: str, digest: str) -> str:
        """Return the compact `vc+jwt` of one of the wallet's credentials.

        Raises:
            PresentationNotFound: the wallet holds no credential with this digest.
            IssuerNotAccredited: its issuer may not issue the type any more.
        """
        held = {item.digest: item for item in self.credentials.held(enterprise_id)}.get(digest)
        if held is None:
            raise PresentationNotFound("no credential of this wallet has this digest")
        issuer, kind = self.parties.organisation(held.issuer_code), self.types.get(held.type_code)
        self.steps.require_accredited(issuer, kind, self.clock())
        token = sd_jwt.parse(held.compact)
        url = issuer.issuer_url(self.public_url)
        place = claimed_place(token.payload["status"], url)
        status = [
            vc_jwt.StatusEntry(purpose, place.idx, bitstring_uri(url, place.shard, purpose))
            for purpose in PURPOSES
        ]
        credential = vc_jwt.credential_of(
            {**token.payload, "iss": issuer.did},
            token.claims(),
            type_name="".join(part.capitalize() for part in held.type_code.split("-")),
            contexts=[UNDEFINED_TERMS],
            status=status,
        )
        key = self.issuer_keys.private_key(issuer)
        header = vc_jwt.encode_header(jose.algorithm(key), self.issuer_keys.did_url(issuer))
        return vc_jwt.issue(key=key, encoded_header=header, credential=credential)
