"""Decide loan applications, and replay what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from credit.applications import PURPOSE, ApplicationDesk, require_advance
from credit.errors import ApplicationNotFound, DecisionNotFound
from credit.evidence import EvidenceGatherer
from credit.model.bundle import (
    SIGNATURE_TYP,
    Commitments,
    DecisionBundle,
    Rules,
    parse,
    seal,
    sha256_hex,
)
from credit.model.decision import Outcome, Output, decide
from credit.model.evidence import Evidence
from credit.model.feature import Feature
from credit.model.measure import data_cut, measure
from credit.model.records import Application, ApplicationState, Decision
from credit.model.replay import ReplayResult, replay
from credit.ports import Actor, Clock, CreditStore, IdentityPort, RuleBook
from db import new_id

CHINA = timedelta(hours=8)
"""China Standard Time; a decision's date is the date in Beijing."""


@dataclass(frozen=True)
class DecisionDesk:
    """Makes decisions with one policy, keeps their bundles and replays them."""

    store: CreditStore
    identity: IdentityPort
    gatherer: EvidenceGatherer
    rule_book: RuleBook
    applications: ApplicationDesk
    clock: Clock
    policy_id: str

    def decide(self, application_id: str, *, actor: Actor) -> Decision:
        """Decide an application on the bank's presentation, sign and keep the bundle.

        Raises:
            WrongState: the application was decided before.
            LedgerMissing, LedgerMismatch: the ledger is not at hand or not the one vouched for.
            identity's errors: the consent is no longer active.
        """
        application = self.applications.get(application_id, actor=actor)
        if actor.organisation_id != application.bank_id:
            raise ApplicationNotFound("no loan application of that id is visible to you")
        presented = self.identity.presentation(
            application.presentation_id, reader=actor, purpose=PURPOSE
        )
        enterprise = self.identity.enterprise(application.enterprise_id)
        evidence = self.gatherer.of_presentation(presented, enterprise.uscc)
        rules, now = self.rule_book.rules(self.policy_id), self.clock()
        as_of = (datetime.fromtimestamp(now, UTC) + CHINA).date()
        features, output = _decide(application, evidence, rules, as_of)
        bundle = DecisionBundle(
            application={
                "id": application.id,
                "case_id": application.case_id,
                "enterprise_did": enterprise.did,
                "bank_code": application.bank_code,
            },
            as_of=as_of,
            data_cut=data_cut(evidence, as_of),
            decided_at=now,
            evidence=Commitments(
                presentation_id=presented.id,
                ledger_digest=evidence.ledger.digest if evidence.ledger else None,
                credentials={c.credential_digest: c.type_code for c in evidence.credentials},
            ),
            request=application.request,
            features=features,
            rules=rules.as_json(),
            output=output.as_json(),
        )
        approved = output.outcome is Outcome.APPROVED
        after = ApplicationState.APPROVED if approved else ApplicationState.DECLINED
        require_advance(self.store, application, ApplicationState.RECEIVED, after)
        said = [f"{reason.says.zh} {reason.says.en}" for reason in output.reasons]
        self.applications.cases.close(
            application.case_id, actor=actor, approved=approved, reasons=said
        )
        return self._keep(application, bundle, output, evidence, actor)

    def _keep(
        self,
        application: Application,
        bundle: DecisionBundle,
        output: Output,
        evidence: Evidence,
        actor: Actor,
    ) -> Decision:
        content = bundle.canonical()
        decision = Decision(
            id=new_id(),
            application_id=application.id,
            enterprise_id=application.enterprise_id,
            bank_id=application.bank_id,
            bank_code=application.bank_code,
            outcome=output.outcome,
            points=output.score.points,
            limit_fen=output.limit_fen,
            rate_bps=output.rate_bps,
            bundle=content,
            bundle_sha256=sha256_hex(content),
            signature=self.identity.sign_as(
                application.bank_code, seal(content), typ=SIGNATURE_TYP
            ),
            evidence=evidence.credentials,
            decided_by=actor.user_id,
            decided_at=bundle.decided_at,
        )
        self.store.add_decision(decision)
        return decision

    def get(self, decision_id: str, *, actor: Actor) -> Decision:
        """Return a decision to its bank, its enterprise or a regulator."""
        decision = self.store.decision(decision_id)
        if decision is None or (
            actor.organisation_kind != "regulator"
            and actor.organisation_id not in (decision.bank_id, decision.enterprise_id)
        ):
            raise DecisionNotFound("no credit decision of that id is visible to you")
        return decision

    def latest(self, application: Application) -> Decision | None:
        """Return the newest decision on an application the caller was given."""
        return self.store.latest_decision(application.id)

    def replay_offline(self, bundle: bytes, signature: str) -> ReplayResult:
        """Recompute a decision from the bundle alone.

        Raises:
            BundleMalformed: the bytes are no bundle.
            identity's errors: the signature is not the bank's.
        """
        _, read = parse(bundle)
        bank_code = read.application.get("bank_code", "")
        signed = self.identity.verify_signature_of(bank_code, signature, typ=SIGNATURE_TYP)
        return replay(bundle, self._rules(read), signed=signed)

    def replay_from_evidence(self, decision_id: str, *, actor: Actor) -> ReplayResult:
        """Recompute a kept decision from its claims and the ledger fetched again.

        Raises:
            DecisionNotFound: not visible to the actor.
            LedgerMissing, LedgerMismatch: the ledger is gone or is another one now.
        """
        decision = self.get(decision_id, actor=actor)
        uscc = self.identity.enterprise(decision.enterprise_id).uscc
        evidence = self.gatherer.of_claims(decision.evidence, uscc)
        _, read = parse(decision.bundle)
        signed = self.identity.verify_signature_of(
            decision.bank_code, decision.signature, typ=SIGNATURE_TYP
        )
        return replay(decision.bundle, self._rules(read), signed=signed, evidence=evidence)

    def _rules(self, read: DecisionBundle) -> Rules:
        return self.rule_book.rules(read.rules.get("policy_id", self.policy_id))


def _decide(
    application: Application, evidence: Evidence, rules: Rules, as_of: date
) -> tuple[tuple[Feature, ...], Output]:
    features = measure(evidence, as_of)
    age_days = (as_of - data_cut(evidence, as_of)).days
    output = decide(
        features,
        application.request,
        evidence_age_days=age_days,
        card=rules.card,
        policy=rules.policy,
    )
    return features, output
