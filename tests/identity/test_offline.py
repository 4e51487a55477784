"""The offline verifier: one table for the command and for the page, compared step by step."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from identity.errors import IdentityError
from identity.model.verification import Outcome
from identity.offline import Judgement, Report, parse_bundle, parse_trust, verify
from identity.offline.build_page import core_script
from identity.offline.report import STEPS, messages
from tests.identity.evidence_cases import CASES, UNREADABLE
from tests.identity.evidence_world import World, world

RUNNER = Path(__file__).with_name("offline_page.cjs")
WITHOUT_NODE = "node is not on PATH: the page's verifier is not compared with ours"

Outcomes = list[list[tuple[str, str, str]]]


@cache
def made(name: str) -> World:
    return CASES[name][0]()


def judged(found: World) -> Report:
    """Verify as the command does, from the documents' texts."""
    wanted = found.judgement
    return verify(
        parse_bundle(orjson.dumps(found.bundle)),
        parse_trust(orjson.dumps(found.trust)),
        Judgement(wanted["at"], wanted["statusAge"], wanted["nonce"], wanted["audience"]),
    )


def outcomes(report: Report) -> Outcomes:
    return [
        [(step.name, step.outcome.value, step.reason) for step in credential.steps]
        for credential in report.credentials
    ]


def run_page(cases: list[dict[str, Any]], script: Path) -> list[Any]:
    """Return what the page's verifier says of each case, in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(WITHOUT_NODE)
    script.write_text(core_script(), encoding="utf-8")
    run = subprocess.run(
        [node, str(RUNNER), str(script)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: list[Any] = json.loads(run.stdout)
    return found


def as_case(found: World) -> dict[str, Any]:
    return {
        "bundle": orjson.dumps(found.bundle).decode(),
        "trust": orjson.dumps(found.trust).decode(),
        "judgement": found.judgement,
    }


def page_outcomes(report: dict[str, Any]) -> Outcomes:
    return [
        [(step["name"], step["outcome"], step["reason"]) for step in credential["steps"]]
        for credential in report["credentials"]
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_bundle_is_judged_as_it_deserves(name: str) -> None:
    verdict, step, reason = CASES[name][1]
    report = judged(made(name))
    assert report.verdict == verdict
    decisive = [c.decisive for c in report.credentials if c.verdict == verdict and c.decisive]
    assert [(found.name, found.reason) for found in decisive[:1]] == (
        [(step, reason)] if step else []
    )


def test_the_page_says_the_same_step_by_step(tmp_path: Path) -> None:
    found = run_page([as_case(made(name)) for name in CASES], tmp_path / "core.js")
    for name, report in zip(CASES, found, strict=True):
        ours = judged(made(name))
        assert page_outcomes(report) == outcomes(ours), name
        assert report["verdict"] == ours.verdict, name
        for theirs, credential in zip(report["credentials"], ours.credentials, strict=True):
            assert theirs["facts"] == credential.facts, name
            assert theirs["claims"] == credential.claims, name
            decisive = credential.decisive and credential.decisive.name
            assert (theirs["decisive"] and theirs["decisive"]["name"]) == decisive, name


def test_the_table_takes_every_step_every_way() -> None:
    """Every reason that there is a text for is given by some case, but those named here."""
    given = {step[2] for name in CASES for item in outcomes(judged(made(name))) for step in item}
    elsewhere = {
        "algorithm_unknown",  # browsers without Ed25519
        "certificate_missing",  # our issuers always send one
        "status_unknown",  # the contract knows no such value
        "issuer_unknown",  # given as accreditation_missing
    }
    assert given == set(messages()["reasons"]) - elsewhere


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every text and number in a JSON value."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from places(member, (*path, index))
    else:
        yield path


# What proves nothing: what the maker says of itself, headers of blocks that are given whole as
# well, and a suspension after the anchor, which decides nothing.
SAID_ONLY = {("made_by",), ("made_at",), ("type",)}
GIVEN_TWICE = {("headers", 0), ("headers", 2)}
LATER_SUSPENSION = ("credentials", 0, "accreditation", 0, "events", 1)


def bent(found: World, path: tuple[str | int, ...], share: float) -> World:
    """Return the evidence with one character or digit changed, at a share of the text's length."""
    other = found.copy()
    holder: Any = other.bundle
    for name in path[:-1]:
        holder = holder[name]
    value = holder[path[-1]]
    if isinstance(value, int):
        holder[path[-1]] = value ^ 1
    else:
        at = min(int(len(value) * share), len(value) - 1)
        replaced = "1" if value[at] != "1" else "2"
        holder[path[-1]] = value[:at] + replaced + value[at + 1 :]
    return other


def test_one_changed_character_anywhere_is_never_valid_and_both_agree(tmp_path: Path) -> None:
    good = made("good, as presented to a bank")
    wanted = [path for path in places(good.bundle) if path not in SAID_ONLY | GIVEN_TWICE]
    several = ("credentials", 0, "presentation"), ("credentials", 0, "status", "token")
    bends = [(path, share) for path in wanted for share in (0.3, 0.8)]
    bends += [(path, share / 40) for path in several for share in range(40)]
    worlds = [bent(good, path, share) for path, share in bends]
    found = run_page([as_case(item) for item in worlds], tmp_path / "core.js")
    for (path, share), item, report in zip(bends, worlds, found, strict=True):
        ours = judged(item)
        assert ours.verdict != "valid", (path, share)
        assert page_outcomes(report) == outcomes(ours), (path, share)


def without(found: World, path: tuple[str | int, ...]) -> World:
    other = found.copy()
    holder: Any = other.bundle
    for name in path[:-1]:
        holder = holder[name]
    del holder[path[-1]]
    return other


def test_every_part_left_out_is_cannot_check_or_invalid_and_both_agree(tmp_path: Path) -> None:
    good = made("good, as presented to a bank")
    every = {p[:depth] for p in places(good.bundle) for depth in range(1, len(p) + 1)}
    paths = sorted(every - SAID_ONLY - GIVEN_TWICE - {LATER_SUSPENSION}, key=str)
    worlds = [without(good, path) for path in paths]
    found = run_page([as_case(item) for item in worlds], tmp_path / "core.js")
    for path, item, report in zip(paths, worlds, found, strict=True):
        ours = judged(item)
        assert page_outcomes(report) == outcomes(ours), path
        assert ours.verdict != "valid", path


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_bundle_cannot_be_read(name: str) -> None:
    with pytest.raises(IdentityError):
        parse_bundle(UNREADABLE[name])


def test_the_page_reads_no_more_than_we_do(tmp_path: Path) -> None:
    good = world()
    texts = [data.decode("utf-8") for data in UNREADABLE.values() if b"\xff" not in data]
    cases = [{**as_case(good), "bundle": text} for text in texts]
    assert run_page(cases, tmp_path / "core.js") == [None] * len(texts)


def test_every_step_and_reason_has_its_texts() -> None:
    assert tuple(messages()["steps"]) == STEPS
    assert set(messages()["outcomes"]) == {outcome.value for outcome in Outcome}
