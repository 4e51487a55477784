"""The token endpoint of an issuer: a code for an access token (OpenID4VCI 1.0 §6, RFC 6749 §5).

1. The grant type is one of the two that the metadata names.
2. The code is this issuer's, live and used for the first time; a used code ends its tokens.
3. A transaction code, where the offer has one, is right; five wrong ones end the offer.
4. PKCE: the verifier fits the challenge that was pushed (RFC 7636 §4.6).
5. A DPoP proof, where one is sent or was announced, binds the token to its key (RFC 9449 §5).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from db import new_id, new_secret
from identity.errors import ProtocolError
from identity.model import jose
from identity.model.attestation import ClientAttestation
from identity.model.offer import (
    ACCESS_TOKEN_LIFETIME_S,
    TX_CODE_ATTEMPTS_MAX,
    AccessGrant,
    CredentialOffer,
    GrantType,
    OfferState,
    PushedRequest,
)
from identity.model.party import Organisation
from identity.offers import sha256_hex, tx_code_mac
from identity.openid_ports import Grants, Offers, PushedRequests
from identity.ports import Clock


@dataclass(frozen=True)
class TokenResponse:
    """An access token and how long it lives."""

    access_token: str
    token_type: str
    expires_in: int


@dataclass(frozen=True)
class TokenEndpoint:
    """Exchanges codes for access tokens."""

    offers: Offers
    grants: Grants
    pushed: PushedRequests
    clock: Clock
    key: bytes

    def exchange(
        self,
        issuer: Organisation,
        form: Mapping[str, str],
        *,
        jkt: str | None,
        attested: ClientAttestation | None = None,
    ) -> TokenResponse:
        """Return an access token for a token request.

        Args:
            form: the parameters of the request.
            jkt: thumbprint of the DPoP key whose proof came with the request and was checked.
            attested: the wallet's attestation, where it sent one, checked.
        Raises:
            ProtocolError: invalid_request, invalid_grant, unsupported_grant_type.
        """
        grant_type = form.get("grant_type", "")
        if grant_type == GrantType.PRE_AUTHORIZED:
            offer = self._redeem_offer(issuer, form)
            return self._grant(
                issuer, offer.enterprise_id, offer.type_codes, offer_id=offer.id, jkt=jkt
            )
        if grant_type == GrantType.AUTHORIZATION_CODE:
            request = self._redeem_code(issuer, form, jkt)
            if request.attested_jkt != (attested.jkt if attested else None):
                raise ProtocolError(
                    "invalid_client", "expected the attested wallet that pushed the request"
                )
            return self._grant(
                issuer,
                request.enterprise_id or "",
                request.type_codes,
                offer_id=request.offer_id,
                jkt=jkt,
                is_attested=bool(attested and jkt),
            )
        expected = " or ".join(item.value for item in GrantType)
        if not grant_type:
            raise ProtocolError("invalid_request", f"grant_type is missing, expected {expected}")
        raise ProtocolError("unsupported_grant_type", f"expected {expected}")

    def _redeem_offer(self, issuer: Organisation, form: Mapping[str, str]) -> CredentialOffer:
        code = form.get("pre-authorized_code", "")
        if not code:
            raise ProtocolError("invalid_request", "pre-authorized_code is missing")
        offer = self.offers.by_code(sha256_hex(code))
        if (
            offer is None
            or offer.issuer_id != issuer.id
            or offer.grant is not GrantType.PRE_AUTHORIZED
        ):
            raise _unknown_code()
        if offer.state is not OfferState.OFFERED:
            self.grants.revoke_of_offer(offer.id)
            raise _unknown_code()
        if self.clock() >= offer.expires_at:
            raise _unknown_code()
        self._check_tx_code(offer, form.get("tx_code"))
        if not self.offers.change(offer.id, OfferState.OFFERED, OfferState.REDEEMED):
            raise _unknown_code()
        return offer

    def _check_tx_code(self, offer: CredentialOffer, tx_code: str | None) -> None:
        if offer.tx_code_mac is None:
            if tx_code is not None:
                raise ProtocolError("invalid_request", "this offer has no transaction code")
            return
        if tx_code is None:
            raise ProtocolError("invalid_request", "this offer needs a transaction code, tx_code")
        given = tx_code_mac(self.key, offer.code_hash, tx_code)
        if not hmac.compare_digest(given, offer.tx_code_mac):
            self.offers.count_attempt(offer.id)
            left = TX_CODE_ATTEMPTS_MAX - offer.attempts - 1
            raise ProtocolError("invalid_grant", f"wrong transaction code; {left} attempts left")

    def _redeem_code(
        self, issuer: Organisation, form: Mapping[str, str], jkt: str | None
    ) -> PushedRequest:
        missing = [n for n in ("code", "redirect_uri", "code_verifier") if not form.get(n)]
        if missing:
            raise ProtocolError("invalid_request", f"missing: {', '.join(missing)}")
        request = self.pushed.by_code(sha256_hex(form["code"]))
        if request is None or request.issuer_id != issuer.id:
            raise _unknown_code()
        now = self.clock()
        if now >= request.expires_at or not self.pushed.use(request.id, now):
            raise _unknown_code()
        if form["redirect_uri"] != request.redirect_uri:
            raise ProtocolError("invalid_grant", "redirect_uri is not the one that was pushed")
        if form.get("client_id", request.client_id) != request.client_id:
            raise ProtocolError("invalid_grant", "the code was given to another client")
        digest = hashlib.sha256(form["code_verifier"].encode("ascii", "replace")).digest()
        if not hmac.compare_digest(jose.b64u(digest), request.code_challenge):
            raise ProtocolError("invalid_grant", "code_verifier does not fit the code_challenge")
        if request.jkt is not None and request.jkt != jkt:
            raise ProtocolError("invalid_dpop_proof", "expected a proof by the key announced")
        return request

    def _grant(
        self,
        issuer: Organisation,
        enterprise_id: str,
        type_codes: tuple[str, ...],
        *,
        offer_id: str | None,
        jkt: str | None,
        is_attested: bool = False,
    ) -> TokenResponse:
        token = new_secret()
        grant = AccessGrant(
            id=new_id(),
            token_hash=sha256_hex(token),
            issuer_id=issuer.id,
            enterprise_id=enterprise_id,
            offer_id=offer_id,
            type_codes=type_codes,
            jkt=jkt,
            expires_at=self.clock() + ACCESS_TOKEN_LIFETIME_S,
            is_attested=is_attested,
        )
        self.grants.add(grant)
        return TokenResponse(token, "DPoP" if jkt else "Bearer", ACCESS_TOKEN_LIFETIME_S)


def _unknown_code() -> ProtocolError:
    return ProtocolError("invalid_grant", "the code is unknown, used or expired")
