"""``flask credit replay``: equal, different by name, or unreadable; nothing in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit.cli import credit_cli
from tests.credit.harness import World, make_world


@dataclass(frozen=True)
class Desk:
    """A decision as the API returned it, and the command line beside it."""

    world: World
    answer: dict[str, str]
    folder: Path

    def replay(self, content: bytes | dict[str, Any]) -> Result:
        file = self.folder / "bundle.json"
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        result: Result = self.world.app.test_cli_runner().invoke(credit_cli, ["replay", str(file)])
        return result

    def changed(self, *path: str, value: Any) -> dict[str, str]:
        """Return the API's answer with one value of the bundle replaced."""
        document = json.loads(self.answer["bundle"])
        place = document
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return self.answer | {"bundle": text}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("replay")
    for world in make_world(folder):
        application_id = world.received()
        made = world["officer-a"].post(f"/loan-applications/{application_id}/decision").json
        answer = world["enterprise"].get(f"/api/v1/decisions/{made['id']}/bundle").json
        yield Desk(world, answer, folder)


def test_a_decision_as_the_api_returns_it_is_equal(desk: Desk) -> None:
    result = desk.replay(desk.answer)
    assert result.exit_code == 0, result.output
    assert "equal" in result.output
    assert "valid 有效, bank-a" in result.output
    assert desk.answer["bundle_sha256"] in result.output


def test_the_bare_bundle_is_equal_and_says_that_no_signature_was_checked(desk: Desk) -> None:
    result = desk.replay(desk.answer["bundle"].encode())
    assert result.exit_code == 0, result.output
    assert "signature 签名: none" in result.output


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("request", "amount_fen"), 60_000_000, "/request/amount_fen"),
        (("features", "turnover_12m_fen", "value"), 1, "/features/turnover_12m_fen"),
        (("application", "bank_code"), "bank-x", "/application/bank_code"),
        (("rules", "policy_id"), "other", "/rules/policy_id"),
        (("output", "limit_fen"), 1, "/output/limit_fen"),
    ],
)
def test_a_changed_value_is_named(
    desk: Desk, path: tuple[str, ...], value: Any, named: str
) -> None:
    result = desk.replay(desk.changed(*path, value=value))
    assert result.exit_code == 1, result.output
    assert f"  {named}  (changed_since_signing)" in result.output


def test_a_difference_shows_what_was_recorded_and_what_was_found(desk: Desk) -> None:
    limit = json.loads(desk.answer["bundle"])["output"]["limit_fen"]
    lines = desk.replay(desk.changed("output", "limit_fen", value=1)).output.splitlines()
    at = lines.index("  /output/limit_fen  (recomputed)")
    assert lines[at + 1 : at + 3] == ["    recorded 记录: 1", f"    found 复算:    {limit}"]


def test_a_change_in_the_bare_bundle_shows_in_what_is_recomputed(desk: Desk) -> None:
    forged = desk.changed("output", "points", value=1)["bundle"].encode()
    result = desk.replay(forged)
    assert result.exit_code == 1
    assert "/output/points  (recomputed)" in result.output


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_changed_byte_of_the_bundle_is_found(desk: Desk, data: st.DataObject) -> None:
    text = desk.answer["bundle"].encode()
    position = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(32, 126).filter(lambda value: value != text[position]))
    broken = text[:position] + bytes([byte]) + text[position + 1 :]
    result = desk.replay(desk.answer | {"bundle": broken.decode(errors="replace")})
    assert result.exit_code in (1, 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_another_signature_is_named(desk: Desk) -> None:
    header, payload, signature = desk.answer["signature"].split(".")
    other = "A" if signature[0] != "A" else "B"
    result = desk.replay(desk.answer | {"signature": f"{header}.{payload}.{other}{signature[1:]}"})
    assert result.exit_code == 1
    assert "/signature  (changed_since_signing)" in result.output


def test_a_bank_that_is_not_known_is_no_verdict_on_its_signature(desk: Desk) -> None:
    result = desk.replay(desk.changed("application", "bank_code", value="bank-x"))
    assert "cannot be checked 无法核验: bank-x is not known here" in result.output
    assert "/signature  (" not in result.output


def test_another_digest_is_named(desk: Desk) -> None:
    result = desk.replay(desk.answer | {"bundle_sha256": "00" * 32})
    assert result.exit_code == 1
    assert "/bundle_sha256  (changed_since_signing)" in result.output


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"bundle": "{}", "bundle_sha256": "", "signature": "a.b.c"}',
        b'{"bundle": 1, "bundle_sha256": "", "signature": ""}',
        b'{"bundle": "{}"}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_bundle_is_unreadable(desk: Desk, content: bytes) -> None:
    result = desk.replay(content)
    assert result.exit_code == 2
    assert "unreadable" in result.output


def test_a_missing_file_is_unreadable(desk: Desk) -> None:
    missing = str(desk.folder / "missing.json")
    result = desk.world.app.test_cli_runner().invoke(credit_cli, ["replay", missing])
    assert result.exit_code == 2
