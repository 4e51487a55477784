"""Scorecards and policies read from the package's YAML files, with their digests."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from credit.errors import ScorecardMalformed
from credit.model.bundle import Rules
from credit.model.policy import Comparison, KnockOut, LimitPolicy, Policy, RatePolicy
from credit.model.scorecard import Attribute, PDBand, ReasonText, Scorecard, Step, Text

PACKAGE = Path(__file__).resolve().parent.parent

DECIDING_MODULES = (
    "arithmetic",
    "bundle",
    "claim_features",
    "decision",
    "evidence",
    "feature",
    "feature_catalogue",
    "ledger",
    "ledger_features",
    "limit",
    "measure",
    "policy",
    "rate",
    "scorecard",
)
"""The modules of ``credit.model`` a decision depends on; the code hash is theirs."""


class RuleFiles:
    """The rules in force, found by the policy's id; files are read once a process."""

    def rules(self, policy_id: str) -> Rules:
        """Return a policy with the scorecard it names.

        Raises:
            ScorecardMalformed: no such file, or one that breaks its own promises.
        """
        return _rules(policy_id)


@cache
def _rules(policy_id: str) -> Rules:
    policy = read_policy(_content("policies", policy_id))
    card = read_scorecard(_content("scorecards", policy.scorecard_id))
    return Rules(card=card, policy=policy, code_sha256=_code_sha256())


def read_scorecard(content: bytes) -> Scorecard:
    """Return the scorecard of a YAML file's bytes."""
    try:
        raw = yaml.safe_load(content)
        return Scorecard(
            id=raw["id"],
            version=raw["version"],
            sha256=hashlib.sha256(content).hexdigest(),
            cutoff=raw["cutoff"],
            attributes=tuple(_attribute(item) for item in raw["attributes"]),
            pd_bands=tuple(PDBand(start, pd_bps) for start, pd_bps in raw["pd_bands"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScorecardMalformed(f"the scorecard file is not as expected: {error}") from error


def read_policy(content: bytes) -> Policy:
    """Return the policy of a YAML file's bytes."""
    try:
        raw = yaml.safe_load(content)
        return Policy(
            id=raw["id"],
            version=raw["version"],
            sha256=hashlib.sha256(content).hexdigest(),
            scorecard_id=raw["scorecard"],
            term_months_max=raw["term_months_max"],
            evidence_age_days_max=raw["evidence_age_days_max"],
            revenue_deviation_warning_bps=raw["revenue_deviation_warning_bps"],
            knock_outs=tuple(_knock_out(*item) for item in raw["knock_outs"]),
            limit=LimitPolicy(**raw["limit"]),
            rate=RatePolicy(**raw["rate"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ScorecardMalformed(f"the policy file is not as expected: {error}") from error


def _attribute(raw: dict[str, Any]) -> Attribute:
    return Attribute(
        feature=raw["feature"],
        direction=raw["direction"],
        steps=tuple(Step(at_least, points) for at_least, points in raw.get("steps", ())),
        grades=tuple((str(grade), points) for grade, points in raw.get("grades", {}).items()),
        missing_points=raw["missing_points"],
        low=_reason(*raw["low"], *raw["raise_low"]),
        missing=_reason(*raw["missing"], *raw["raise_missing"]),
    )


def _reason(code: str, zh: str, en: str, raise_zh: str, raise_en: str) -> ReasonText:
    return ReasonText(code, Text(zh, en), Text(raise_zh, raise_en))


def _knock_out(feature: str, comparison: str, bound: int | str | None, *reason: str) -> KnockOut:
    return KnockOut(feature, Comparison(comparison), bound, _reason(*reason))


def _content(folder: str, name: str) -> bytes:
    known = {path.stem: path for path in (PACKAGE / folder).glob("*.yaml")}
    if name not in known:
        raise ScorecardMalformed(f"no file {name} in {folder}; known: {sorted(known)}")
    return known[name].read_bytes()


def _code_sha256() -> str:
    """Return the digest over the deciding modules' sources, by name, line ends normalised."""
    digest = hashlib.sha256()
    for name in DECIDING_MODULES:
        content = (PACKAGE / "model" / f"{name}.py").read_bytes().replace(b"\r\n", b"\n")
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()
