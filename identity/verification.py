"""Verify presentations: one routine, numbered steps, each with its outcome.

For every credential presented:
 1. structure and disclosures (RFC 9901 §7.1)
 2. issuer signature (RFC 9901 §7.1, RFC 7515 §5.2)
 3. issuer accredited for this type, jurisdiction and time (AccreditationRegistry.isAccredited)
 4. validity period (RFC 7519 §4.1.4, §4.1.5)
 5. status, from an index that is fresh (CredentialRegistry.statusOf)
 6. anchor: proof that it existed at a time (CredentialRegistry.verifyInclusion)
 7. holder binding: nonce, audience, time, hash and the holder's key (RFC 9901 §7.3)
 8. it answers the request and nothing more (OpenID4VP 1.0 §6)

Until a batch is mined step 6 says "cannot check"; then step 3 judges the issuer as of now, so that
a suspended issuer gains nothing by back-dating.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from identity.errors import IdentityError
from identity.model import sd_jwt
from identity.model.credential import CredentialType
from identity.model.dcql import CredentialQuery
from identity.model.party import Organisation
from identity.model.verification import Outcome, VerificationStep, VerifiedCredential
from identity.ports import Clock, Credentials, Holder, Parties, Trust, Types

INDEX_AGE_MAX_S = 60
STATUS_VALID, STATUS_REVOKED, STATUS_SUSPENDED = 0, 1, 2
BLOCKING_STEPS = frozenset({1, 2, 3, 4, 5, 7, 8})


class _Stop(Exception):
    """Ends the verification of one credential after a failed step."""


@dataclass
class _Run:
    """The state of one credential's verification."""

    query: CredentialQuery
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
class Verifier:
    """Verifies credentials against the parties' keys and what the chain says.

    Take it from `for_presentations`, which knows when the credentials at hand were anchored.
    """

    parties: Parties
    types: Types
    credentials: Credentials
    trust: Trust
    clock: Clock
    public_url: str
    anchored: Mapping[str, int] = field(default_factory=dict)

    def for_presentations(self, compacts: Iterable[str]) -> Verifier:
        """Return a verifier that has looked up all these credentials' anchors at once."""
        jwts = (compact.partition("~")[0] for compact in compacts)
        digests = [sd_jwt.credential_digest(jwt).hex() for jwt in jwts if jwt.isascii()]
        return replace(self, anchored=self.credentials.anchored_at(digests))

    def verify(
        self,
        compact: str,
        query: CredentialQuery,
        *,
        holder: Holder,
        nonce: str,
        audience: str,
    ) -> tuple[list[VerificationStep], VerifiedCredential | None]:
        """Return the steps taken, and the verified credential if every blocking step passed."""
        run = _Run(query, compact)
        try:
            return run.steps, self._verify(run, holder, nonce, audience)
        except _Stop:
            return run.steps, None

    def _verify(self, run: _Run, holder: Holder, nonce: str, audience: str) -> VerifiedCredential:
        now = self.clock()
        token = run.guard(1, "structure", "RFC 9901 §7.1", lambda: sd_jwt.parse(run.compact))
        issuer = self._check_signature(run, token)
        credential_type = self._type(run, token)
        digest = token.digest.hex()
        anchored_at = self.anchored.get(digest)
        self._check_accreditation(run, issuer, credential_type, anchored_at or now)
        self._check_validity(run, token, now)
        self._check_status(run, issuer, token)
        self._record_anchor(run, anchored_at)
        self._check_holder(run, token, holder, nonce, audience, now)
        self._check_answers(run, token, holder)
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
        )

    def _check_signature(self, run: _Run, token: sd_jwt.SDJWT) -> Organisation:
        def check() -> Organisation:
            prefix, code = f"{self.public_url}/issuers/", str(token.payload.get("iss", ""))
            issuer = self.parties.organisation(code.removeprefix(prefix))
            sd_jwt.verify_issuer(token, self.parties.organisation_key(issuer.id))
            return issuer

        issuer: Organisation = run.guard(
            2, "issuer_signature", "RFC 9901 §7.1; RFC 7515 §5.2", check
        )
        return issuer

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
        self, run: _Run, issuer: Organisation, credential_type: CredentialType, at: int
    ) -> None:
        reference = "AccreditationRegistry.isAccredited"
        if self.trust.accredited(issuer.address, credential_type.chain_id, at):
            en = f"{issuer.name_en} was accredited for {credential_type.label_en}"
            zh = f"{issuer.name_zh}具有{credential_type.label_zh}的签发授权"
            run.record(3, "issuer_accredited", Outcome.PASSED, en, zh, reference)
        else:
            en = f"{issuer.name_en} was not accredited for {credential_type.label_en} at that time"
            zh = f"{issuer.name_zh}当时不具有{credential_type.label_zh}的签发授权"
            run.record(3, "issuer_accredited", Outcome.FAILED, en, zh, reference)

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

    def _check_status(self, run: _Run, issuer: Organisation, token: sd_jwt.SDJWT) -> None:
        name, reference = "status", "CredentialRegistry.statusOf; Token Status List §8.3"
        entry = token.payload.get("status", {})
        index = entry.get("status_list", {}).get("idx") if isinstance(entry, dict) else None
        if not isinstance(index, int) or isinstance(index, bool) or index < 0:
            run.record(5, name, Outcome.FAILED, "no status index", "凭证没有状态索引", reference)
        age = self.trust.index_age_s()
        if age > INDEX_AGE_MAX_S:
            en = f"the status was last read from the chain {age} s ago; try again when it is back"
            zh = f"状态最近一次读取于{age}秒前,请稍后再试"
            run.record(5, name, Outcome.CANNOT_CHECK, en, zh, reference)
        assert isinstance(index, int)
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
        self,
        run: _Run,
        token: sd_jwt.SDJWT,
        holder: Holder,
        nonce: str,
        audience: str,
        now: int,
    ) -> None:
        run.guard(
            7,
            "holder_binding",
            "RFC 9901 §7.3",
            lambda: sd_jwt.verify_key_binding(
                run.compact, token, nonce=nonce, audience=audience, at=now
            ),
        )
        bound_to = (token.payload.get("sub"), token.payload["cnf"]["jwk"])
        if bound_to != (holder.did, holder.public_jwk):
            detail = "the credential was issued to another holder"
            zh = "该凭证签发给了其他持有人"
            run.record(7, "holder_binding", Outcome.FAILED, detail, zh, "RFC 9901 §7.3")

    def _check_answers(self, run: _Run, token: sd_jwt.SDJWT, holder: Holder) -> None:
        claims = token.claims()
        beyond = sorted(set(claims) - set(run.query.claims))
        if beyond:
            self._fail(run, 8, "answers_request", f"disclosed but not asked: {', '.join(beyond)}")
        if claims.get("uscc", holder.uscc) != holder.uscc:
            self._fail(run, 8, "answers_request", "the credential is about another enterprise")
        en, zh = "answers the request and nothing more", "仅回应了所请求的内容"
        run.record(8, "answers_request", Outcome.PASSED, en, zh, "OpenID4VP 1.0 §6")
