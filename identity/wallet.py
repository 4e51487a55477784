"""The hosted wallet: answer a presentation request with the enterprise's credentials."""

from __future__ import annotations

from dataclasses import dataclass

from identity.errors import CredentialMissing, RequestNotFound
from identity.model import dcql, sd_jwt
from identity.ports import Clock, Consents, Credentials, Keys, Requests


@dataclass(frozen=True)
class VPToken:
    """An OpenID4VP 1.0 response: presentations by query id, and the request's state."""

    vp_token: dict[str, list[str]]
    state: str


@dataclass(frozen=True)
class Wallet:
    """Holds credentials for enterprises that bring no wallet of their own."""

    credentials: Credentials
    consents: Consents
    requests: Requests
    keys: Keys
    clock: Clock
    public_url: str

    def answer(self, request_id: str, enterprise_id: str) -> VPToken:
        """Return presentations that disclose what was asked and nothing more.

        1. The request is for this enterprise and its consent is active and covers it.
        2. For each credential asked, the newest one held; a required one missing is an error.
        3. Only the claims asked are disclosed; each is bound to nonce and audience.

        Raises:
            RequestNotFound, ConsentExpired, ConsentRevoked, ConsentMissing, CredentialMissing.
        """
        request = self.requests.get(request_id)
        if request.enterprise_id != enterprise_id:
            raise RequestNotFound("no presentation request for this enterprise has this identifier")
        queries = dcql.from_dcql(request.dcql_query)
        consent = self.consents.get(request.consent_id)
        consent.require_active(self.clock())
        consent.require_covers(frozenset(query.id for query in queries))
        held = self.credentials.newest(enterprise_id, [query.id for query in queries])
        missing = [query.id for query in queries if query.required and query.id not in held]
        if missing:
            raise CredentialMissing(
                f"the wallet holds no {', '.join(missing)}; ask the authority to issue it",
                types=missing,
            )
        key = self.keys.binding_key(enterprise_id)
        token = {
            query.id: [
                sd_jwt.bind(
                    sd_jwt.disclose(held[query.id].compact, query.claims),
                    key=key,
                    nonce=request.nonce,
                    audience=request.client_id(self.public_url),
                    issued_at=self.clock(),
                )
            ]
            for query in queries
            if query.id in held
        }
        return VPToken(token, request.state)
