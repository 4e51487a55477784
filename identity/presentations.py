"""Ask an enterprise for a presentation, and accept or refuse what its wallet answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from identity.model import dcql
from identity.model.access import AccessEntry
from identity.model.request import LIFETIME_S, PresentationRequest
from identity.model.verification import (
    Outcome,
    VerificationStep,
    VerifiedCredential,
    VerifiedPresentation,
)
from identity.ports import AccessLog, Clock, Consents, Parties, Purposes, Reader, Requests
from identity.verification import BLOCKING_STEPS, Verifier

PRESENTATIONS_MAX = 40


@dataclass(frozen=True)
class PresentationDesk:
    """A verifier's side: requests, responses and later reads of what was verified."""

    parties: Parties
    requests: Requests
    consents: Consents
    consent_desk: ConsentDesk
    purposes: Purposes
    verifier: Verifier
    access_log: AccessLog
    clock: Clock
    public_url: str

    def request(self, enterprise_id: str, verifier_code: str, purpose: str) -> PresentationRequest:
        """Make a request, limited to what the enterprise's consent covers.

        Raises:
            ConsentMissing, ConsentExpired, ConsentRevoked: refused before anything is sent.
        """
        verifier = self.parties.organisation(verifier_code)
        consent = self.consent_desk.require(enterprise_id, verifier.id, purpose)
        queries = self.purposes.queries(purpose)
        consent.require_covers(frozenset(query.id for query in queries if query.required))
        covered = [query for query in queries if query.id in consent.type_codes]
        now = self.clock()
        request = PresentationRequest(
            id=new_id(),
            verifier_id=verifier.id,
            enterprise_id=enterprise_id,
            consent_id=consent.id,
            purpose=purpose,
            nonce=new_secret(),
            state=new_secret(),
            dcql_query=dcql.to_dcql(covered),
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

    def respond(
        self, request_id: str, vp_token: Mapping[str, list[str]], state: str
    ) -> VerifiedPresentation:
        """Verify a wallet's response; a request is good for one accepted response.

        Raises:
            RequestNotFound, RequestExpired, RequestAlreadyAnswered.
            ConsentExpired, ConsentRevoked: the enterprise withdrew in between.
            MalformedToken: wrong state, or query ids or values of another shape.
            VerificationFailed: a step failed; `steps` tells all.
            VerificationInconclusive: a step could not be checked; the request stays open.
        """
        request = self.requests.get(request_id)
        now = self.clock()
        if request.answered_at is not None:
            raise RequestAlreadyAnswered("make a new request; a nonce serves one response")
        if now >= request.expires_at:
            raise RequestExpired(f"a request lives {LIFETIME_S} s; make a new one")
        if state != request.state:
            raise MalformedToken("the response carries another state than the request")
        self.consents.get(request.consent_id).require_active(now)
        steps, credentials = self._verify(request, vp_token)
        presentation = VerifiedPresentation(
            id=new_id(),
            enterprise_id=request.enterprise_id,
            verifier_id=request.verifier_id,
            purpose=request.purpose,
            consent_id=request.consent_id,
            verified_at=now,
            credentials=tuple(credentials),
            steps=tuple(steps),
        )
        if not self.requests.claim(request.id, now):
            raise RequestAlreadyAnswered("make a new request; a nonce serves one response")
        self.requests.add_presentation(request.id, presentation)
        return presentation

    def _verify(
        self, request: PresentationRequest, vp_token: Mapping[str, list[str]]
    ) -> tuple[list[VerificationStep], list[VerifiedCredential]]:
        queries = {query.id: query for query in dcql.from_dcql(request.dcql_query)}
        self._check_shape(vp_token, queries)
        holder = self.parties.holders([request.enterprise_id])[request.enterprise_id]
        steps: list[VerificationStep] = []
        credentials: list[VerifiedCredential] = []
        verifier = self.verifier.for_presentations([items[0] for items in vp_token.values()])
        for query_id, presentations in vp_token.items():
            taken, credential = verifier.verify(
                presentations[0],
                queries[query_id],
                holder=holder,
                nonce=request.nonce,
                audience=request.client_id(self.public_url),
            )
            steps += taken
            if credential is not None:
                credentials.append(credential)
        _refuse_unless_passed(steps)
        return steps, credentials

    @staticmethod
    def _check_shape(
        vp_token: Mapping[str, list[str]], queries: Mapping[str, dcql.CredentialQuery]
    ) -> None:
        unknown = sorted(set(vp_token) - set(queries))
        missing = sorted(
            query.id for query in queries.values() if query.required and query.id not in vp_token
        )
        if unknown or missing:
            raise MalformedToken(
                f"vp_token: not asked {unknown or 'none'}, required but absent {missing or 'none'}"
            )
        if any(len(items) != 1 for items in vp_token.values()):
            raise MalformedToken("expected one presentation for each query id in vp_token")

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
