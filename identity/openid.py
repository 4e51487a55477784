"""The OpenID4VCI issuer put together: what its HTTP endpoints use."""

from __future__ import annotations

from dataclasses import dataclass

from identity.authorisation import Authorisation
from identity.credential_endpoint import CredentialEndpoint
from identity.nonces import Nonces
from identity.offers import OfferDesk
from identity.openid_ports import Grants, Once
from identity.token_endpoint import TokenEndpoint


@dataclass(frozen=True)
class OpenIDIssuer:
    """All issuers' endpoints; each call names its issuer."""

    offers: OfferDesk
    authorisation: Authorisation
    tokens: TokenEndpoint
    credentials: CredentialEndpoint
    nonces: Nonces
    grants: Grants
    once: Once
