"""`qilian-verify` as a command: what it prints, and its exit status."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from identity.offline.cli import verify_command
from identity.offline.report import messages
from tests.identity.evidence_cases import CASES, UNREADABLE
from tests.identity.evidence_world import World, world


def run(found: World, directory: Path, *options: str) -> Result:
    bundle, trust = directory / "evidence.json", directory / "trust.json"
    bundle.write_bytes(orjson.dumps(found.bundle))
    trust.write_bytes(orjson.dumps(found.trust))
    at = datetime.fromtimestamp(found.judgement["at"], UTC).isoformat()
    arguments = [str(bundle), "--trust", str(trust), "--at", at, *options]
    return CliRunner().invoke(verify_command, arguments)


STATUSES = {"good": 0, "revoked": 1, "unknown checkpoint": 2, "digest only": 0}


@pytest.mark.parametrize("name", STATUSES)
def test_the_exit_status_tells_the_three_answers_apart(name: str, tmp_path: Path) -> None:
    assert run(CASES[name][0](), tmp_path).exit_code == STATUSES[name]


def test_it_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise AssertionError("the offline verifier opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    assert run(world(), tmp_path).exit_code == 0


@pytest.mark.parametrize(("language", "place"), [("zh", 0), ("en", 1)])
def test_it_names_the_step_that_failed_and_why(language: str, place: int, tmp_path: Path) -> None:
    printed = run(CASES["issuer suspended before"][0](), tmp_path, "--lang", language).output
    texts = messages()
    assert printed.startswith(texts["verdicts"]["invalid"][place])
    step, reason = texts["steps"]["accreditation"][place], texts["reasons"]["issuer_suspended"]
    assert f"6 {step}: {reason[place]}" in printed


def test_it_prints_the_content_and_says_whether_it_is_verified(tmp_path: Path) -> None:
    for name, heading in (("good", "verified"), ("revoked", "unverified")):
        printed = run(CASES[name][0](), tmp_path).output
        assert messages()["contents"][heading][0] in printed
        assert '"uscc": "91110000802100433B"' in printed


def test_as_json_it_gives_every_step_with_its_section(tmp_path: Path) -> None:
    report = json.loads(run(CASES["revoked"][0](), tmp_path, "--json").output)
    steps = report["credentials"][0]["steps"]
    assert report["verdict"] == "invalid"
    assert [step["number"] for step in steps] == list(range(1, 9))
    assert steps[7]["reason"] == "status_revoked"
    assert all(step["reference"] and step["detail_zh"] and step["detail"] for step in steps)


def test_a_presentation_is_compared_with_its_request(tmp_path: Path) -> None:
    found = CASES["good, as presented to a bank"][0]()
    asked = found.judgement
    expected = ("--nonce", asked["nonce"], "--audience", asked["audience"])
    assert run(found, tmp_path, *expected).exit_code == 0
    assert run(found, tmp_path, *expected[:3], "another").exit_code == 1


def test_an_older_status_list_than_accepted_cannot_be_relied_on(tmp_path: Path) -> None:
    assert run(world(), tmp_path, "--status-age", "59").exit_code == 2


def test_sandbox_trust_anchors_are_named_as_such(tmp_path: Path) -> None:
    found = world()
    assert "simulated" not in run(found, tmp_path, "--lang", "en").output
    found.trust["simulated"] = True
    assert "every authority is simulated" in run(found, tmp_path, "--lang", "en").output


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_evidence_cannot_be_checked(name: str, tmp_path: Path) -> None:
    bundle, trust = tmp_path / "evidence.json", tmp_path / "trust.json"
    bundle.write_bytes(UNREADABLE[name])
    trust.write_bytes(orjson.dumps(world().trust))
    result = CliRunner().invoke(verify_command, [str(bundle), "--trust", str(trust)])
    assert result.exit_code == 2


BAD_TRUST: dict[str, Any] = {
    "another type": {"type": "urn:qilian:trust:2"},
    "no CA": {"ca_certificates": None},
    "a CA that is no text": {"ca_certificates": [7]},
    "a CA that is no base64": {"ca_certificates": ["?"]},
    "a contract left out": {"chain": {"id": 1, "contracts": {}}},
    "a short address": {"regulators": ["0x11"]},
    "a checkpoint without hash": {"checkpoints": [{"number": 1}]},
}


@pytest.mark.parametrize("name", BAD_TRUST)
def test_trust_anchors_in_another_form_are_refused(name: str, tmp_path: Path) -> None:
    found = world()
    found.trust |= BAD_TRUST[name]
    assert run(found, tmp_path).exit_code == 2


def test_a_missing_file_cannot_be_checked(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "absent"), "--trust", str(tmp_path / "absent")]
    assert CliRunner().invoke(verify_command, arguments).exit_code == 2


def test_a_time_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    result = run(world(), tmp_path, "--at", "yesterday")
    assert result.exit_code == 2
    assert "2026-01-31T08:00:00Z" in result.output
