"""The hosted wallet: answer a verifier's request with the enterprise's credentials.

It speaks the protocol that any wallet speaks (OpenID4VP 1.0): it takes a request object or a link,
checks who it is from, and returns what is to be posted where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from identity.errors import ConsentMissing, CredentialMissing, UntrustedRequest
from identity.model import dcql_match, jose, jwe, sd_jwt
from identity.model.consent import Consent
from identity.model.credential import HeldCredential
from identity.model.request import PURPOSE_INFO, ClientIDPrefix, ResponseMode
from identity.model.transaction import signed_with
from identity.ports import Clock, Consents, Credentials, Keys, Parties, Types
from identity.request_objects import SCHEME, RequestObjects


@dataclass(frozen=True)
class AuthorizationResponse:
    """An OpenID4VP 1.0 response: the form to post, and where to."""

    response_uri: str
    form: dict[str, str]


@dataclass(frozen=True)
class Wallet:
    """Holds credentials for enterprises that bring no wallet of their own."""

    parties: Parties
    credentials: Credentials
    types: Types
    consents: Consents
    request_objects: RequestObjects
    keys: Keys
    clock: Clock

    def answer(self, request: str, enterprise_id: str) -> AuthorizationResponse:
        """Return presentations that disclose what was asked and nothing more.

        1. The request is from whom it names, and the enterprise's consent to that verifier and
           purpose is active.
        2. The newest credentials held answer the query, as far as the consent covers them.
        3. Only the claims asked are disclosed; each is bound to nonce, audience and what is signed
           along; the response is encrypted where that is asked.

        Args:
            request: a request object (JWT), or the link of an unsigned request.
        Raises:
            UntrustedRequest, ConsentMissing, ConsentExpired, ConsentRevoked, CredentialMissing.
        """
        read = self.request_objects.read_link if request.startswith(SCHEME) else None
        parameters = (read or self.request_objects.read)(request)
        consent = self._consent(parameters, enterprise_id)
        token = self._vp_token(parameters, consent, enterprise_id)
        return self._response(parameters, token)

    def _consent(self, parameters: Mapping[str, Any], enterprise_id: str) -> Consent:
        """Return the active consent that the request rests on."""
        purpose = next(
            (
                item.get("data")
                for item in parameters.get("verifier_info", [])
                if item.get("format") == PURPOSE_INFO
            ),
            None,
        )
        verifier = self.request_objects.verifier_code(parameters)
        recipient = self.parties.organisation(verifier)
        consent = self.consents.newest(enterprise_id, recipient.id, str(purpose))
        if consent is None:
            raise ConsentMissing(f"no consent for {purpose} was given to {recipient.code}")
        consent.require_active(self.clock())
        return consent

    def _vp_token(
        self, parameters: Mapping[str, Any], consent: Consent, enterprise_id: str
    ) -> dict[str, list[str]]:
        query = parameters["dcql_query"]
        codes = self._codes(query)
        consent.require_covers(frozenset(codes.values()))
        held = self.credentials.newest(enterprise_id, codes.values())
        offered = list(held.values())
        found = dcql_match.match(query, [self._candidate(item) for item in offered])
        if found is None:
            missing = sorted(set(codes.values()) - set(held))
            raise CredentialMissing(
                f"the wallet holds no {', '.join(missing) or 'credential with the claims asked'}; "
                "ask the authority to issue it",
                types=missing,
            )
        key = self.keys.binding_key(enterprise_id)
        return {
            query_id: [
                self._present(
                    key, offered[matches[0].candidate], matches[0].paths, query_id, parameters
                )
            ]
            for query_id, matches in found.items()
        }

    def _codes(self, query: Mapping[str, Any]) -> dict[str, str]:
        """Return the type code of each credential query; raises UntrustedRequest for another."""
        codes = {}
        for item in query["credentials"]:
            values = item.get("meta", {}).get("vct_values", [])
            types = [found for value in values if (found := self.types.by_vct(value))]
            if not types:
                raise UntrustedRequest(f"the request asks for a type unknown here: {values}")
            codes[item["id"]] = types[0].code
        return codes

    def _candidate(self, held: HeldCredential) -> dcql_match.Candidate:
        token, vct = sd_jwt.parse(held.compact), self.types.get(held.type_code).vct
        aki = self.request_objects.aki(ClientIDPrefix.X509_HASH)
        trusted = frozenset({("aki", str(aki))} if "x5c" in token.header else ())
        return dcql_match.Candidate("dc+sd-jwt", (vct,), token.processed, authorities=trusted)

    def _present(
        self,
        key: jose.PrivateKey,
        held: HeldCredential,
        paths: tuple[Any, ...],
        query_id: str,
        parameters: Mapping[str, Any],
    ) -> str:
        data = [i for i in parameters.get("transaction_data", []) if signed_with(i) == query_id]
        return sd_jwt.bind(
            sd_jwt.disclose(held.compact, paths),
            key=key,
            nonce=parameters["nonce"],
            audience=parameters["client_id"],
            issued_at=self.clock(),
            transaction_data=data,
        )

    @staticmethod
    def _response(
        parameters: Mapping[str, Any], token: dict[str, list[str]]
    ) -> AuthorizationResponse:
        uri, state = str(parameters["response_uri"]), str(parameters.get("state", ""))
        if parameters["response_mode"] == ResponseMode.DIRECT_POST:
            return AuthorizationResponse(
                uri, {"vp_token": orjson.dumps(token).decode(), "state": state}
            )
        metadata = parameters["client_metadata"]
        offered = metadata.get("encrypted_response_enc_values_supported", ["A128GCM"])
        response = jwe.encrypt(
            orjson.dumps({"vp_token": token, "state": state}),
            metadata["jwks"]["keys"][0],
            enc=next(enc for enc in jwe.ENCRYPTIONS[::-1] if enc in offered),
            apu=jose.b64u(b"qilian hosted wallet"),
            apv=jose.b64u(str(parameters["nonce"]).encode()),
        )
        return AuthorizationResponse(uri, {"response": response})
