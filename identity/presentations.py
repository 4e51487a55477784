"""Ask an enterprise for a presentation, and accept or refuse what its wallet answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db import new_id, new_secret
from identity.consents import ConsentDesk
from identity.errors import (
    MalformedToken,
    PresentationNotFound,
    RequestAlreadyAnswered,
    RequestExpired,
    RequestNotFound,
    VerificationFailed,
    VerificationInconclusive,
)
from identity.model import dcql, jwe, sd_jwt
from identity.model.access import AccessEntry
from identity.model.jose import parse_json_object
from identity.model.request import (
    LIFETIME_S,
    ClientIDPrefix,
    PresentationRequest,
    ResponseMode,
)
from identity.model.transaction import Application, signed_with
from identity.model.verification import (
    Outcome,
    VerificationStep,
    VerifiedCredential,
    VerifiedPresentation,
)
from identity.ports import (
    AccessLog,
    Clock,
    Consents,
    Holder,
    Parties,
    Purposes,
    Reader,
    Requests,
)
from identity.request_objects import RequestObjects
from identity.verification import BLOCKING_STEPS, Expectation, Verifier

CONSENT_VALIDITY_S = 90 * 86_400


@dataclass(frozen=True)
class PresentationDesk:
    """A verifier's side: requests, responses and later reads of what was verified."""

    parties: Parties
    requests: Requests
    consents: Consents
    consent_desk: ConsentDesk
    purposes: Purposes
    verifier: Verifier
    request_objects: RequestObjects
    access_log: AccessLog
    clock: Clock
    public_url: str

    def request(
        self,
        enterprise_id: str | None,
        verifier_code: str,
        purpose: str,
        *,
        prefix: ClientIDPrefix = ClientIDPrefix.X509_SAN_DNS,
        response_mode: ResponseMode = ResponseMode.DIRECT_POST,
        application: Application | None = None,
        is_same_device: bool = False,
    ) -> PresentationRequest:
        """Make a request.

        To a known enterprise it is limited to what the enterprise's consent covers. Without one
        the wallet's owner decides on what is asked, and presenting is the consent.

        Args:
            application: what the holder is to sign along.
            is_same_device: the wallet sends the person back, to whom alone the result is shown.
        Raises:
            ConsentMissing, ConsentExpired, ConsentRevoked: refused before anything is sent.
        """
        verifier = self.parties.organisation(verifier_code)
        queries = self.purposes.queries(purpose)
        consent_id = None
        if enterprise_id is not None:
            consent = self.consent_desk.require(enterprise_id, verifier.id, purpose)
            consent.require_covers(frozenset(query.id for query in queries if query.required))
            queries = [query for query in queries if query.id in consent.type_codes]
            consent_id = consent.id
        now, request_id = self.clock(), new_id()
        required = [query.id for query in queries if query.required]
        request = PresentationRequest(
            id=request_id,
            verifier_id=verifier.id,
            verifier_code=verifier.code,
            enterprise_id=enterprise_id,
            consent_id=consent_id,
            purpose=purpose,
            client_id=self.request_objects.client_id(verifier, prefix, request_id),
            response_mode=response_mode,
            nonce=new_secret(),
            state=new_secret(),
            dcql_query=dcql.to_dcql(queries, aki=self.request_objects.aki(prefix)),
            transaction_data=(application.encode(required[:1]),) if application else (),
            decryption_jwk=(
                jwe.generate_private_jwk(request_id)
                if response_mode is ResponseMode.DIRECT_POST_JWT
                else None
            ),
            response_code=new_secret() if is_same_device else None,
            created_at=now,
            expires_at=now + LIFETIME_S,
            answered_at=None,
        )
        self.requests.add(request)
        return request

    def visible_request(self, request_id: str, organisation_id: str) -> PresentationRequest:
        """Return a request to one of its two sides; raises RequestNotFound to all others."""
        request = self.requests.get(request_id)
        if organisation_id not in (request.verifier_id, request.enterprise_id):
            raise RequestNotFound("no presentation request has this identifier")
        return request

    def open_request(self, request_id: str, verifier_code: str) -> PresentationRequest:
        """Return a request that a wallet may still answer.

        Raises:
            RequestNotFound, RequestExpired, RequestAlreadyAnswered.
        """
        request = self.requests.get(request_id)
        if request.verifier_code != verifier_code:
            raise RequestNotFound("no presentation request has this identifier")
        if request.answered_at is not None:
            raise RequestAlreadyAnswered("make a new request; a nonce serves one response")
        if self.clock() >= request.expires_at:
            raise RequestExpired(f"a request lives {LIFETIME_S} s; make a new one")
        return request

    def receive(
        self, request: PresentationRequest, form: Mapping[str, str]
    ) -> VerifiedPresentation | None:
        """Take what a wallet posted to an open request; None when it declined (§8.2, §8.3, §8.5).

        Raises:
            MalformedToken: no vp_token, another state, or not encrypted as asked.
            What `respond` raises.
        """
        members = _members(request, form)
        if members.get("state", request.state) != request.state:
            raise MalformedToken("the response carries another state than the request")
        if "error" in members:
            self.requests.decline(request.id, self.clock(), str(members["error"])[:64])
            return None
        vp_token = members.get("vp_token")
        if not isinstance(vp_token, dict):
            raise MalformedToken("expected vp_token to be a JSON object by query id")
        return self.respond(request, vp_token)

    def respond(
        self, request: PresentationRequest, vp_token: Mapping[str, Any]
    ) -> VerifiedPresentation:
        """Verify a wallet's response; a request is good for one accepted response.

        Raises:
            ConsentExpired, ConsentRevoked: the enterprise withdrew in between.
            MalformedToken: query ids or values of another shape.
            VerificationFailed: a step failed; `steps` tells all.
            VerificationInconclusive: a step could not be checked; the request stays open.
        """
        now = self.clock()
        if request.consent_id is not None:
            self.consents.get(request.consent_id).require_active(now)
        queries = {query.id: query for query in dcql.from_dcql(request.dcql_query)}
        _check_shape(vp_token, queries)
        holder = self._holder(request, vp_token)
        steps, credentials = self._verify(request, vp_token, queries, holder)
        if not self.requests.claim(request.id, now):
            raise RequestAlreadyAnswered("make a new request; a nonce serves one response")
        presentation = VerifiedPresentation(
            id=new_id(),
            enterprise_id=holder.id,
            verifier_id=request.verifier_id,
            purpose=request.purpose,
            consent_id=request.consent_id or self._consent(request, holder, credentials),
            verified_at=now,
            credentials=tuple(credentials),
            steps=tuple(steps),
            transaction_data=request.transaction_data,
        )
        self.requests.add_presentation(request.id, presentation)
        return presentation

    def _holder(self, request: PresentationRequest, vp_token: Mapping[str, list[str]]) -> Holder:
        """Return the enterprise asked, or the one that the first credential says it is about."""
        enterprise_id = request.enterprise_id
        if enterprise_id is None:
            subject = sd_jwt.parse(next(iter(vp_token.values()))[0]).payload.get("sub")
            enterprise = self.parties.enterprise_by_did(str(subject))
            if enterprise is None:
                raise MalformedToken("the credential is about no enterprise registered here")
            enterprise_id = enterprise.id
        return self.parties.holders([enterprise_id])[enterprise_id]

    def _consent(
        self, request: PresentationRequest, holder: Holder, credentials: list[VerifiedCredential]
    ) -> str:
        """Record the consent that presenting was, so that it can be withdrawn like any other."""
        consent = self.consent_desk.grant(
            holder.id,
            recipient_code=request.verifier_code,
            purpose=request.purpose,
            type_codes=[credential.type_code for credential in credentials],
            validity_s=CONSENT_VALIDITY_S,
        )
        return consent.id

    def _verify(
        self,
        request: PresentationRequest,
        vp_token: Mapping[str, list[str]],
        queries: Mapping[str, dcql.AskedCredential],
        holder: Holder,
    ) -> tuple[list[VerificationStep], list[VerifiedCredential]]:
        steps: list[VerificationStep] = []
        credentials: list[VerifiedCredential] = []
        verifier = self.verifier.for_presentations([items[0] for items in vp_token.values()])
        expected = Expectation(request.nonce, request.client_id, holder)
        for query_id, presentations in vp_token.items():
            signed = tuple(i for i in request.transaction_data if signed_with(i) == query_id)
            taken, credential = verifier.verify(
                presentations[0], queries[query_id], replace(expected, transaction_data=signed)
            )
            steps += taken
            if credential is not None:
                credentials.append(credential)
        _refuse_unless_passed(steps)
        return steps, credentials

    def read(self, presentation_id: str, *, reader: Reader, purpose: str) -> VerifiedPresentation:
        """Return a presentation to the bank it was made to or to its enterprise, and log the read.

        Raises:
            PresentationNotFound: none, or another tenant's.
            ConsentExpired, ConsentRevoked: the bank may no longer read it.
        """
        presentation = self.requests.presentation(presentation_id)
        own = reader.organisation_id == presentation.enterprise_id
        if not own and reader.organisation_id != presentation.verifier_id:
            raise PresentationNotFound("no presentation to your organisation has this identifier")
        if not own:
            self.consents.get(presentation.consent_id).require_active(self.clock())
            self._log(presentation, reader.organisation_id, purpose)
        return presentation

    def _log(self, presentation: VerifiedPresentation, reader_id: str, purpose: str) -> None:
        fields = [
            f"{credential.type_code}.{claim}"
            for credential in presentation.credentials
            for claim in credential.claims
        ]
        self.access_log.append(
            AccessEntry(
                at=self.clock(),
                reader_id=reader_id,
                enterprise_id=presentation.enterprise_id,
                purpose=purpose,
                consent_id=presentation.consent_id,
                fields=tuple(fields),
                outcome="read",
            )
        )


def _members(request: PresentationRequest, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the response's members, decrypted where the request asked for that."""
    if request.decryption_jwk is not None and "error" not in form:
        if "response" not in form:
            raise MalformedToken("expected an encrypted response, in the parameter response")
        plaintext = jwe.decrypt(form["response"], request.decryption_jwk)
        return parse_json_object(plaintext, "decrypted response")
    members: dict[str, Any] = dict(form)
    if "vp_token" in members:
        members["vp_token"] = parse_json_object(members["vp_token"].encode(), "vp_token")
    return members


def _check_shape(vp_token: Mapping[str, Any], queries: Mapping[str, dcql.AskedCredential]) -> None:
    unknown = sorted(set(vp_token) - set(queries))
    missing = sorted(
        query.id for query in queries.values() if query.required and query.id not in vp_token
    )
    if unknown or missing or not vp_token:
        raise MalformedToken(
            f"vp_token: not asked {unknown or 'none'}, required but absent {missing or 'none'}"
        )
    for items in vp_token.values():
        if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], str):
            raise MalformedToken("expected an array of one presentation for each query id")


def _refuse_unless_passed(steps: list[VerificationStep]) -> None:
    blocking = [step for step in steps if step.number in BLOCKING_STEPS]
    failed = [step for step in blocking if step.outcome is Outcome.FAILED]
    if failed:
        first = failed[0]
        raise VerificationFailed(
            f"{first.credential}, step {first.number} ({first.name}): {first.detail_en}",
            steps=[_brief(step) for step in failed],
        )
    unsure = [step for step in blocking if step.outcome is Outcome.CANNOT_CHECK]
    if unsure:
        first = unsure[0]
        raise VerificationInconclusive(
            f"{first.credential}, step {first.number} ({first.name}): {first.detail_en}",
            steps=[_brief(step) for step in unsure],
        )


def _brief(step: VerificationStep) -> dict[str, object]:
    return {
        "credential": step.credential,
        "number": step.number,
        "name": step.name,
        "outcome": step.outcome,
        "detail": step.detail_en,
        "detail_zh": step.detail_zh,
        "reference": step.reference,
    }
