"""Authorisation by a signed-in enterprise: pushed requests and their codes (RFC 9126, RFC 7636).

Only pushed requests are served (HAIP 1.0 §4.1, FAPI 2.0 §5.3.2.2), so that nothing the browser
carries can be altered. Wallets are public clients; PKCE binds the code to who pushed the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import orjson

from db import new_secret
from identity.errors import ProtocolError
from identity.model.attestation import ClientAttestation
from identity.model.offer import (
    CODE_LIFETIME_S,
    PAR_LIFETIME_S,
    CredentialOffer,
    GrantType,
    OfferState,
    PushedRequest,
)
from identity.model.party import Organisation
from identity.offers import OfferDesk, sha256_hex
from identity.openid_ports import Offers, PushedRequests
from identity.ports import Clock

REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_FORBIDDEN_SCHEMES = frozenset({"javascript", "data", "file", "vbscript", "blob", "about", "ftp"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TEXT_MAX = 2_000


@dataclass(frozen=True)
class Authorisation:
    """Takes pushed requests and, when the enterprise agrees, answers with a code."""

    offer_desk: OfferDesk
    offers: Offers
    pushed: PushedRequests
    clock: Clock
    public_url: str

    def push(
        self,
        issuer: Organisation,
        form: Mapping[str, str],
        *,
        jkt: str | None,
        attested: ClientAttestation | None,
    ) -> PushedRequest:
        """Keep an authorisation request; its id goes into `request_uri`.

        Raises:
            ProtocolError: invalid_request, invalid_scope.
        """
        self._check_form(form)
        if attested is not None and attested.client_id != form["client_id"]:
            raise ProtocolError("invalid_client", "the attestation is of another client")
        offer = self._offer(issuer, form.get("issuer_state"))
        request = PushedRequest(
            id=new_secret(),
            issuer_id=issuer.id,
            client_id=form["client_id"],
            redirect_uri=form["redirect_uri"],
            state=form.get("state"),
            code_challenge=form["code_challenge"],
            type_codes=self._types(issuer, form, offer),
            offer_id=offer.id if offer else None,
            jkt=jkt or form.get("dpop_jkt"),
            expires_at=self.clock() + PAR_LIFETIME_S,
            attested_jkt=attested.jkt if attested else None,
        )
        self.pushed.add(request)
        return request

    def visible(self, issuer: Organisation, request_uri: str, client_id: str) -> PushedRequest:
        """Return a pushed request that waits for the enterprise; raises ProtocolError."""
        request = self.pushed.get(request_uri.removeprefix(REQUEST_URI_PREFIX))
        if request is None or request.issuer_id != issuer.id or request.is_answered:
            raise ProtocolError("invalid_request", "request_uri is unknown or was used; start anew")
        if self.clock() >= request.expires_at:
            raise ProtocolError("invalid_request", "the request has expired; start anew")
        if request.client_id != client_id:
            raise ProtocolError("invalid_request", "client_id is not the one that was pushed")
        return request

    def approve(self, issuer: Organisation, request: PushedRequest, enterprise_id: str) -> str:
        """Return the address that brings the wallet its code (RFC 9207: `iss` included).

        Raises:
            ProtocolError: access_denied: the offer was made to another enterprise.
        """
        if request.offer_id is not None:
            offer = self.offers.get(request.offer_id)
            if offer.enterprise_id != enterprise_id:
                raise ProtocolError("access_denied", "the offer was made to another enterprise")
            if not self.offers.change(offer.id, OfferState.OFFERED, OfferState.REDEEMED):
                raise ProtocolError("invalid_request", "the offer was used or withdrawn")
        code = new_secret()
        approved = self.pushed.approve(
            request.id,
            enterprise_id=enterprise_id,
            code_hash=sha256_hex(code),
            expires_at=self.clock() + CODE_LIFETIME_S,
        )
        if not approved:
            raise ProtocolError("invalid_request", "the request was answered before; start anew")
        return self._redirect(issuer, request, {"code": code})

    def refuse(self, issuer: Organisation, request: PushedRequest) -> str:
        """Return the address that tells the wallet of a refusal."""
        self.pushed.use(request.id, self.clock())
        return self._redirect(issuer, request, {"error": "access_denied"})

    def _redirect(
        self, issuer: Organisation, request: PushedRequest, answer: dict[str, str]
    ) -> str:
        if request.state is not None:
            answer["state"] = request.state
        answer["iss"] = issuer.issuer_url(self.public_url)
        mark = "&" if "?" in request.redirect_uri else "?"
        return f"{request.redirect_uri}{mark}{urlencode(answer)}"

    def _check_form(self, form: Mapping[str, str]) -> None:
        for name in ("client_id", "redirect_uri", "code_challenge"):
            if not 0 < len(form.get(name, "")) <= TEXT_MAX:
                raise ProtocolError("invalid_request", f"{name} is missing or too long")
        if "request_uri" in form:
            raise ProtocolError("invalid_request", "request_uri may not be pushed")
        if form.get("response_type") != "code":
            raise ProtocolError("unsupported_response_type", "expected response_type=code")
        if form.get("code_challenge_method") != "S256":
            raise ProtocolError("invalid_request", "expected code_challenge_method=S256")
        if _CHALLENGE.fullmatch(form["code_challenge"]) is None:
            raise ProtocolError("invalid_request", "code_challenge is not 43 base64url characters")
        if len(form.get("state", "")) > TEXT_MAX:
            raise ProtocolError("invalid_request", "state is too long")
        check_redirect_uri(form["redirect_uri"])

    def _offer(self, issuer: Organisation, issuer_state: str | None) -> CredentialOffer | None:
        if issuer_state is None:
            return None
        offer = self.offers.by_code(sha256_hex(issuer_state))
        if (
            offer is None
            or offer.issuer_id != issuer.id
            or offer.grant is not GrantType.AUTHORIZATION_CODE
            or offer.state is not OfferState.OFFERED
            or self.clock() >= offer.expires_at
        ):
            raise ProtocolError("invalid_request", "issuer_state names no live offer")
        return offer

    def _types(
        self, issuer: Organisation, form: Mapping[str, str], offer: CredentialOffer | None
    ) -> tuple[str, ...]:
        """Return the types asked: by authorization_details or scope, else what was offered."""
        known = self.offer_desk.issued_types(issuer)
        asked = _details(form.get("authorization_details")) or form.get("scope", "").split()
        chosen = [code for code in dict.fromkeys(asked) if code in known]
        if not asked and offer is not None:
            return offer.type_codes
        if not chosen or len(chosen) < len(set(asked)):
            raise ProtocolError("invalid_scope", f"expected one or more of: {', '.join(known)}")
        if offer is not None and not set(chosen) <= set(offer.type_codes):
            raise ProtocolError("invalid_scope", f"the offer is of {', '.join(offer.type_codes)}")
        return tuple(chosen)


def _details(text: str | None) -> list[str]:
    """Return the configuration ids in `authorization_details` (OpenID4VCI 1.0 §5.1.1)."""
    if text is None:
        return []
    try:
        details = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ProtocolError("invalid_request", "authorization_details is not JSON") from error
    found = [
        detail["credential_configuration_id"]
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, dict)
        and detail.get("type") == "openid_credential"
        and isinstance(detail.get("credential_configuration_id"), str)
    ]
    if not found or len(found) != len(details):
        raise ProtocolError(
            "invalid_authorization_details",
            "expected objects of type openid_credential with credential_configuration_id",
        )
    return found


def check_redirect_uri(uri: str) -> None:
    """Refuse what no wallet can own: http off this machine, fragments, script schemes.

    Raises:
        ProtocolError: invalid_request (RFC 8252 §7, RFC 6749 §3.1.2).
    """
    parts = urlsplit(uri)
    scheme = parts.scheme.lower()
    allowed = _SCHEME.fullmatch(scheme) is not None and scheme not in _FORBIDDEN_SCHEMES
    if scheme == "http":
        allowed = parts.hostname in _LOOPBACK
    if scheme == "https":
        allowed = bool(parts.hostname)
    if not allowed or parts.fragment or not uri.isprintable() or " " in uri:
        raise ProtocolError(
            "invalid_request", "redirect_uri must be https, loopback http or an app's own scheme"
        )
