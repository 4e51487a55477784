"""Verify presentations: one routine, numbered steps, each with its outcome.

For every credential presented:
 1. structure and disclosures (RFC 9901 §7.1)
 2. issuer signature by a key found under its name (RFC 9901 §7.1, SD-JWT VC §3.5; see
    `issuer_resolution`)
 3. the key stands in the DID of an account accredited for this type, jurisdiction and time
    (DIDRegistry, AccreditationRegistry.isAccredited)
 4. validity period (RFC 7519 §4.1.4, §4.1.5)
 5. status, from an index that is fresh (CredentialRegistry.statusOf)
 6. anchor: proof that it existed at a time (CredentialRegistry.verifyInclusion)
 7. holder binding: nonce, audience, time, hash, transaction data, by the key that the issuer named
    for this enterprise (RFC 9901 §7.3, OpenID4VP 1.0 §8.4)
 8. it answers the request and nothing more (OpenID4VP 1.0 §6)

Until a batch is mined step 6 says "cannot check"; then step 3 judges the issuer as of now, so that
a suspended issuer gains nothing by back-dating.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from identity.errors import IdentityError, OrganisationNotFound
from identity.issuer_resolution import IssuerResolver
from identity.model import jose, sd_jwt
from identity.model.credential import CredentialType
from identity.model.dcql import AskedCredential
from identity.model.freshness import FreshnessRule
from identity.model.status_list import claimed_place
from identity.model.verification import Outcome, VerificationStep, VerifiedCredential
from identity.ports import Clock, Credentials, Holder, Parties, Trust, Types

FRESHNESS = FreshnessRule(age_s_max=60)
STATUS_VALID, STATUS_REVOKED, STATUS_SUSPENDED = 0, 1, 2
BLOCKING_STEPS = frozenset({1, 2, 3, 4, 5, 7, 8})


class _Stop(Exception):
    """Ends the verification of one credential after a failed step."""


@dataclass
class _Run:
    """The state of one credential's verification."""

    query: AskedCredential
    compact: str
    steps: list[VerificationStep] = field(default_factory=list)

    def record(
        self, number: int, name: str, outcome: Outcome, en: str, zh: str, reference: str
    ) -> None:
        """Keep a step's outcome; a failed or unanswerable blocking step ends the run."""
        step = VerificationStep(number, name, outcome, en, zh, reference, self.query.id)
        self.steps.append(step)
        if outcome is not Outcome.PASSED and number in BLOCKING_STEPS:
            raise _Stop

    def guard(self, number: int, name: str, reference: str, check: Callable[[], Any]) -> Any:
        """Run a check that raises on failure and record its outcome."""
        try:
            result = check()
        except IdentityError as error:
            zh = f"{error.title_zh}:{error.detail}"
            self.record(number, name, Outcome.FAILED, error.detail, zh, reference)
        self.record(number, name, Outcome.PASSED, "as it should be", "符合要求", reference)
        return result


@dataclass(frozen=True)
class Expectation:
    """What a presentation must be bound to: request, transaction data, the enterprise asked."""

    nonce: str
    audience: str
    holder: Holder
    transaction_data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issuer:
    """The account on chain whose key signed a credential, and what it is called."""

    address: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Verifier:
    """Verifies credentials against the parties' keys and what the chain says.

    Take it from `for_presentations`, which knows when the credentials at hand were anchored and how
    old the index of the chain is (seconds).
    """

    parties: Parties
    issuers: IssuerResolver
    types: Types
    credentials: Credentials
    trust: Trust
    clock: Clock
    anchored: Mapping[str, int] = field(default_factory=dict)
    index_age_s: int = 1 << 30

    def for_presentations(self, compacts: Iterable[str]) -> Verifier:
        """Return a verifier that has looked up once what these credentials have in common."""
        jwts = (compact.partition("~")[0] for compact in compacts)
        digests = [sd_jwt.credential_digest(jwt).hex() for jwt in jwts if jwt.isascii()]
        return replace(
            self,
            anchored=self.credentials.anchored_at(digests),
            index_age_s=self.trust.index_age_s(),
        )

    def verify(
        self, compact: str, query: AskedCredential, expected: Expectation
    ) -> tuple[list[VerificationStep], VerifiedCredential | None]:
        """Return the steps taken, and the verified credential if every blocking step passed."""
        run = _Run(query, compact)
        try:
            return run.steps, self._verify(run, expected)
        except _Stop:
            return run.steps, None

    def _verify(self, run: _Run, expected: Expectation) -> VerifiedCredential:
        now = self.clock()
        token = run.guard(1, "structure", "RFC 9901 §7.1", lambda: sd_jwt.parse(run.compact))
        key = self._check_signature(run, token)
        credential_type = self._type(run, token)
        digest = token.digest.hex()
        anchored_at = self.anchored.get(digest)
        issuer = self._check_accreditation(run, token, key, credential_type, anchored_at or now)
        self._check_validity(run, token, now)
        self._check_status(run, issuer, token)
        self._record_anchor(run, anchored_at)
        self._check_holder(run, token, expected, now)
        self._check_answers(run, token, expected.holder)
        return VerifiedCredential(
            type_code=credential_type.code,
            vct=credential_type.vct,
            issuer_code=issuer.code,
            issuer_name_zh=issuer.name_zh,
            issuer_name_en=issuer.name_en,
            credential_digest=digest,
            issued_at=int(token.payload["iat"]),
            verified_at=now,
            claims=token.claims(),
            presentation=run.compact,
        )

    def _check_signature(self, run: _Run, token: sd_jwt.SDJWT) -> jose.PublicKey:
        def check() -> jose.PublicKey:
            key = self.issuers.key(token.header, str(token.payload.get("iss", "")))
            sd_jwt.verify_issuer(token, key)
            return key

        key: jose.PublicKey = run.guard(
            2, "issuer_signature", "RFC 9901 §7.1; SD-JWT VC §3.5", check
        )
        return key

    def _type(self, run: _Run, token: sd_jwt.SDJWT) -> CredentialType:
        vct = token.payload.get("vct")
        found = self.types.by_vct(vct) if isinstance(vct, str) else None
        if found is None or found.vct != run.query.vct:
            self._fail(run, 8, "answers_request", f"found vct {vct!r}, expected {run.query.vct!r}")
        assert found is not None
        return found

    @staticmethod
    def _fail(run: _Run, number: int, name: str, detail: str) -> None:
        run.record(number, name, Outcome.FAILED, detail, f"不符:{detail}", "OpenID4VP 1.0 §6")

    def _check_accreditation(
        self,
        run: _Run,
        token: sd_jwt.SDJWT,
        key: jose.PublicKey,
        credential_type: CredentialType,
        at: int,
    ) -> Issuer:
        name, reference = "issuer_accredited", "DIDRegistry; AccreditationRegistry.isAccredited"
        address = self.trust.key_address(jose.multikey(key), at)
        if address is None:
            en = "no DID on chain has published the issuer's key"
            zh = "链上没有公布过该签发密钥的机构"
            run.record(3, name, Outcome.FAILED, en, zh, reference)
        issuer = self._issuer(str(address), str(token.payload["iss"]))
        if self.trust.accredited(issuer.address, credential_type.chain_id, at):
            en = f"{issuer.name_en} was accredited for {credential_type.label_en}"
            zh = f"{issuer.name_zh}具有{credential_type.label_zh}的签发授权"
            run.record(3, name, Outcome.PASSED, en, zh, reference)
        else:
            en = f"{issuer.name_en} was not accredited for {credential_type.label_en} at that time"
            zh = f"{issuer.name_zh}当时不具有{credential_type.label_zh}的签发授权"
            run.record(3, name, Outcome.FAILED, en, zh, reference)
        return issuer

    def _issuer(self, address: str, name: str) -> Issuer:
        """Return who an account is: an organisation we know, else by the name it gives itself."""
        try:
            found = self.parties.organisation_by_address(address)
        except OrganisationNotFound:
            return Issuer(address, name, name, name)
        return Issuer(address, found.code, found.name_zh, found.name_en)

    def _check_validity(self, run: _Run, token: sd_jwt.SDJWT, now: int) -> None:
        issued_at = token.payload.get("iat")
        not_before = token.payload.get("nbf", issued_at)
        expires_at = token.payload.get("exp")
        reference = "RFC 7519 §4.1.4, §4.1.5"
        if not isinstance(issued_at, int) or not isinstance(not_before, int):
            en, zh, outcome = "iat or nbf is not a time", "签发时间无效", Outcome.FAILED
        elif not_before > now + sd_jwt.KEY_BINDING_SKEW_S:
            en, zh, outcome = "the credential is not valid yet", "凭证尚未生效", Outcome.FAILED
        elif isinstance(expires_at, int) and now >= expires_at:
            en, zh, outcome = "the credential has expired", "凭证已过期", Outcome.FAILED
        else:
            en, zh, outcome = "within its validity period", "在有效期内", Outcome.PASSED
        run.record(4, "validity", outcome, en, zh, reference)

    def _check_status(self, run: _Run, issuer: Issuer, token: sd_jwt.SDJWT) -> None:
        name, reference = "status", "CredentialRegistry.statusOf; Token Status List §8.3"
        try:
            index = claimed_place(token.payload.get("status"), _lists_of(token)).chain_index
        except IdentityError as error:
            zh = f"{error.title_zh}:{error.detail}"
            run.record(5, name, Outcome.FAILED, error.detail, zh, reference)
        fresh = FRESHNESS.of_age(self.index_age_s)
        if fresh.outcome is not Outcome.PASSED:
            run.record(5, name, fresh.outcome, fresh.detail_en, fresh.detail_zh, reference)
        status = self.trust.statuses(issuer.address, [index]).get(index, STATUS_VALID)
        words = {
            STATUS_VALID: (Outcome.PASSED, "valid", "有效"),
            STATUS_REVOKED: (Outcome.FAILED, "revoked by its issuer", "已被签发机构撤销"),
            STATUS_SUSPENDED: (Outcome.FAILED, "suspended by its issuer", "已被签发机构中止"),
        }
        unknown = (Outcome.FAILED, f"unknown status {status}", f"未知状态{status}")
        outcome, en, zh = words.get(status, unknown)
        run.record(5, name, outcome, en, zh, reference)

    @staticmethod
    def _record_anchor(run: _Run, anchored_at: int | None) -> None:
        reference = "CredentialRegistry.verifyInclusion"
        if anchored_at is None:
            en, zh = "its batch is not on chain yet", "所在批次尚未上链"
            run.record(6, "anchor", Outcome.CANNOT_CHECK, en, zh, reference)
        else:
            en, zh = "its batch is on chain", "所在批次已上链"
            run.record(6, "anchor", Outcome.PASSED, en, zh, reference)

    def _check_holder(
        self, run: _Run, token: sd_jwt.SDJWT, expected: Expectation, now: int
    ) -> None:
        reference = "RFC 9901 §7.3; OpenID4VP 1.0 §8.4"
        run.guard(
            7,
            "holder_binding",
            reference,
            lambda: sd_jwt.verify_key_binding(
                run.compact,
                token,
                nonce=expected.nonce,
                audience=expected.audience,
                at=now,
                transaction_data=expected.transaction_data,
                resolve=self.issuers.resolve_did,
            ),
        )
        if token.payload.get("sub") != expected.holder.did:
            detail = "the credential was issued to another holder"
            zh = "该凭证签发给了其他持有人"
            run.record(7, "holder_binding", Outcome.FAILED, detail, zh, reference)

    def _check_answers(self, run: _Run, token: sd_jwt.SDJWT, holder: Holder) -> None:
        claims = token.claims()
        names = frozenset(claims)
        beyond = run.query.beyond(names)
        if beyond:
            self._fail(run, 8, "answers_request", f"disclosed but not asked: {', '.join(beyond)}")
        if not run.query.is_answered_by(names):
            lacking = ", ".join(sorted(run.query.claim_sets[-1] - names))
            self._fail(run, 8, "answers_request", f"asked but not disclosed: {lacking}")
        if claims.get("uscc", holder.uscc) != holder.uscc:
            self._fail(run, 8, "answers_request", "the credential is about another enterprise")
        en, zh = "answers the request and nothing more", "仅回应了所请求的内容"
        run.record(8, "answers_request", Outcome.PASSED, en, zh, "OpenID4VP 1.0 §6")


def _lists_of(token: sd_jwt.SDJWT) -> str:
    """Return under which address the issuer's status lists are: its own, if its name is one.

    An issuer named by a DID says where in the credential; the statuses themselves are on chain.
    """
    name, status = str(token.payload["iss"]), token.payload.get("status")
    if name.startswith(("https://", "http://")) or not isinstance(status, dict):
        return name
    entry = status.get("status_list")
    uri = entry.get("uri") if isinstance(entry, dict) else None
    return str(uri).rpartition("/status-lists/")[0]
