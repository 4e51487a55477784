"""Replay: equality bit for bit, and the name of whatever was changed."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.adapters.rule_files import DECIDING_MODULES, PACKAGE
from credit.errors import BundleMalformed, LedgerMismatch
from credit.model.bundle import Commitments, DecisionBundle, canonical, parse, seal
from credit.model.decision import decide
from credit.model.evidence import Evidence
from credit.model.measure import data_cut, measure
from credit.model.replay import Cause, ReplayResult, replay
from tests.credit.factories import (
    AS_OF,
    credential,
    ledger,
    loan_request,
    rules,
    steady_rows,
    strong_credentials,
    strong_evidence,
)

RULES = rules()


def bundle_of(evidence: Evidence, **request: Any) -> bytes:
    features = measure(evidence, AS_OF)
    cut = data_cut(evidence, AS_OF)
    asked = loan_request(**request)
    output = decide(
        features,
        asked,
        evidence_age_days=(AS_OF - cut).days,
        card=RULES.card,
        policy=RULES.policy,
    )
    return DecisionBundle(
        application={"id": "a", "case_id": "c", "enterprise_did": "did:x", "bank_code": "bank-a"},
        as_of=AS_OF,
        data_cut=cut,
        decided_at=1_581_638_400,
        evidence=Commitments(
            presentation_id="p",
            ledger_digest=evidence.ledger.digest if evidence.ledger else None,
            credentials={c.credential_digest: c.type_code for c in evidence.credentials},
        ),
        request=asked,
        features=features,
        rules=RULES.as_json(),
        output=output.as_json(),
    ).canonical()


BUNDLE = bundle_of(strong_evidence())
SIGNED = seal(BUNDLE)


def replayed(bundle: bytes, evidence: Evidence | None = None, **changes: Any) -> ReplayResult:
    at_hand = replace(RULES, **changes)
    return replay(bundle, at_hand, signed=SIGNED, evidence=evidence)


def changed(path: str, value: Any) -> bytes:
    document = json.loads(BUNDLE)
    place = document
    *parents, last = path.split("/")[1:]
    for name in parents:
        place = place[name]
    place[last] = value
    return canonical(document)


def test_a_decision_replays_equal_offline_and_from_evidence() -> None:
    assert replayed(BUNDLE) == ReplayResult(True, "offline", SIGNED["bundle_sha256"], ())
    assert replayed(BUNDLE, strong_evidence()).equal
    assert replayed(BUNDLE, strong_evidence()).mode == "from_evidence"


def test_a_decline_without_any_evidence_replays_too() -> None:
    nothing = Evidence((), None)
    bundle = bundle_of(nothing)
    assert replay(bundle, RULES, signed=seal(bundle), evidence=nothing).equal


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/features/turnover_12m_fen/value", 1),
        ("/features/turnover_12m_fen/lineage", []),
        ("/request/amount_fen", 60_000_000),
        ("/dates/decided_at", 1),
        ("/evidence/ledger_digest", "00" * 32),
        ("/application/bank_code", "bank-b"),
        ("/output/limit_fen", 1),
        ("/output/outcome", "declined"),
        ("/rules/code_sha256", "00" * 32),
    ],
)
def test_a_changed_member_is_named(path: str, value: Any) -> None:
    found = replayed(changed(path, value))
    assert not found.equal
    member = "/".join(path.split("/")[:3])
    named = {d.path for d in found.differences if d.cause is Cause.CHANGED_SINCE_SIGNING}
    assert named == {member}


def test_a_changed_feature_shows_what_it_does_to_the_output() -> None:
    found = replayed(changed("/features/turnover_12m_fen/value", None))
    recomputed = {d.path for d in found.differences if d.cause is Cause.RECOMPUTED}
    assert "/output/outcome" in recomputed


def test_a_forged_feature_is_found_against_the_evidence() -> None:
    forged = changed("/features/insured_headcount/value", 4_000)
    found = replay(forged, RULES, signed=seal(forged), evidence=strong_evidence())
    first = found.differences[0]
    assert (first.path, first.recorded, first.found) == (
        "/features/insured_headcount/value",
        4_000,
        40,
    )
    assert all(d.path.startswith("/output/") for d in found.differences[1:])


def test_other_evidence_is_named() -> None:
    other = credential("tax-credit", year=2019, tax_credit_grade="B")
    credentials = (*(c for c in strong_credentials() if c.type_code != "tax-credit"), other)
    found = replayed(BUNDLE, Evidence(credentials, strong_evidence().ledger))
    assert {d.path for d in found.differences} == {"/features/tax_credit_grade/value"}
    without = Evidence(credentials[:-1], strong_evidence().ledger)
    causes = {d.cause for d in replayed(BUNDLE, without).differences}
    assert causes == {Cause.EVIDENCE, Cause.RECOMPUTED}


def test_another_ledger_is_refused() -> None:
    other = replace(ledger(*steady_rows(1)), digest="cd" * 32)
    with pytest.raises(LedgerMismatch):
        replayed(BUNDLE, Evidence(strong_credentials(), other))


def test_other_code_is_named_and_nothing_else() -> None:
    found = replayed(BUNDLE, code_sha256="00" * 32)
    assert [(d.path, d.cause) for d in found.differences] == [
        ("/rules/code_sha256", Cause.OTHER_RULES)
    ]


def test_another_encoding_of_the_same_values_is_named() -> None:
    spaced = json.dumps(json.loads(BUNDLE), ensure_ascii=False).encode()
    causes = [d.cause for d in replayed(spaced).differences]
    assert causes == [Cause.ENCODING, Cause.CHANGED_SINCE_SIGNING]


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(position: int, flip: int) -> None:
    broken = bytearray(BUNDLE)
    broken[position] ^= flip
    try:
        found = replayed(bytes(broken))
    except BundleMalformed:
        return
    assert not found.equal
    assert found.differences


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"format":{"type":"other","version":1}}',
        b"\xff\xfe",
        b"[" * 100_000,
        changed("/dates/as_of", "yesterday"),
        changed("/request/amount_fen", "many"),
        changed("/request/amount_fen", True),
        changed("/features", {"turnover_12m_fen": 5}),
        changed("/features/turnover_12m_fen/value", 1.5),
    ],
)
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(BundleMalformed):
        replayed(content)


def test_parsing_gives_back_the_same_bytes() -> None:
    document, read = parse(BUNDLE)
    assert read.canonical() == canonical(document) == BUNDLE


def test_the_code_digest_covers_every_module_a_decision_depends_on() -> None:
    reached: set[str] = set()
    waiting = {"decision", "measure", "bundle"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= _imports(PACKAGE / "model" / f"{name}.py") - reached
    assert reached == set(DECIDING_MODULES)


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[2] for name in names if name.startswith("credit.model.")}
