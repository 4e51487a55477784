"""`qilian-verify`: the offline verifier as a command.

Exit status: 0 valid, 1 invalid, 2 cannot check (also where a file cannot be read).
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from identity.errors import IdentityError
from identity.model.verification import Outcome
from identity.offline import Judgement, Report, Verdict, parse_bundle, parse_trust, verify
from identity.offline.report import CredentialReport, Step, messages, say

EXIT = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.CANNOT_CHECK: 2}
_MARKS = {Outcome.PASSED: "+", Outcome.FAILED: "x", Outcome.CANNOT_CHECK: "?"}
_TIMES = frozenset({"issued_at", "anchored_at", "status_at", "presented_at"})


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="Trust anchors.")
@click.option("--at", help="Judge for this time (UTC, as 2026-01-31T08:00:00Z); now if not given.")
@click.option("--status-age", type=click.IntRange(min=0), help="Oldest status list, in seconds.")
@click.option("--nonce", help="The nonce that the presentation must name.")
@click.option("--audience", help="The verifier that the presentation must name.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify_command(
    bundle: Path,
    trust: Path,
    at: str | None,
    status_age: int | None,
    nonce: str | None,
    audience: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Check an evidence BUNDLE without a network: valid, invalid (which step), or cannot check."""
    judgement = Judgement(_time(at), status_age, nonce, audience)
    anchors = _read(trust, parse_trust, "not_trust", lang)
    document = _read(bundle, parse_bundle, "not_evidence", lang)
    report = verify(document, anchors, judgement)
    if anchors.is_simulated:
        print(say("documents", "simulated", lang), file=sys.stderr)
    print(json.dumps(as_document(report), ensure_ascii=False) if as_json else _text(report, lang))
    sys.exit(EXIT[report.verdict])


def as_document(report: Report) -> dict[str, Any]:
    """Return the report as a JSON document: codes, with the texts in both languages."""
    return {
        "verdict": report.verdict,
        "at": report.at,
        "credentials": [
            {
                "scope": credential.scope,
                "verdict": credential.verdict,
                "facts": dict(credential.facts),
                "claims": dict(credential.claims),
                "steps": [_step_document(step) for step in credential.steps],
            }
            for credential in report.credentials
        ],
    }


def _step_document(step: Step) -> dict[str, Any]:
    zh, en = messages()["reasons"][step.reason]
    return {
        "number": step.number,
        "name": step.name,
        "outcome": step.outcome,
        "reason": step.reason,
        "detail_zh": zh,
        "detail": en,
        "reference": messages()["steps"][step.name][2],
    }


def _text(report: Report, lang: str) -> str:
    lines = [f"{say('verdicts', report.verdict, lang)}  ({_utc(report.at)})"]
    for credential in report.credentials:
        lines += ["", *_credential_lines(credential, lang)]
    return "\n".join(lines)


def _credential_lines(credential: CredentialReport, lang: str) -> list[str]:
    verdict = say("verdicts", credential.verdict, lang)
    decisive = credential.decisive
    if decisive is None:
        why = say("scopes", credential.scope, lang)
    else:
        name = say("steps", decisive.name, lang)
        why = f"{decisive.number} {name}: {say('reasons', decisive.reason, lang)}"
    lines = [f"{verdict}: {why}"]
    for name, value in credential.facts.items():
        lines.append(f"    {say('facts', name, lang)}: {_shown(name, value)}")
    if credential.claims:
        is_valid = credential.verdict is Verdict.VALID
        lines.append(f"  {say('contents', 'verified' if is_valid else 'unverified', lang)}")
        content = json.dumps(dict(credential.claims), ensure_ascii=False, indent=2)
        lines += [f"    {line}" for line in content.splitlines()[1:-1]]
    for step in credential.steps:
        name, reason = say("steps", step.name, lang), say("reasons", step.reason, lang)
        outcome = say("outcomes", step.outcome, lang)
        lines.append(f"  {_MARKS[step.outcome]} {step.number} {name} [{outcome}] {reason}")
    return lines


def _shown(name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, int):
        return _utc(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _read(path: Path, parse: Any, message: str, lang: str) -> Any:
    try:
        return parse(path.read_bytes())
    except (OSError, IdentityError) as error:
        detail = error.detail if isinstance(error, IdentityError) else error.strerror
        print(f"{path}: {say('documents', message, lang)} ({detail})", file=sys.stderr)
        sys.exit(EXIT[Verdict.CANNOT_CHECK])


def _time(text: str | None) -> int:
    """Return a time in UTC epoch seconds; ends with a usage error where it is none."""
    if text is None:
        return int(time.time())
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            "expected a time as 2026-01-31T08:00:00Z", param_hint="--at"
        ) from error
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
