"""The tests notice when a rule of the contracts is broken.

``make mutants`` sets MUTANTS=all; otherwise only a few are tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chain.artifacts import artifact_from_json
from chain.compile import ROOT, load_artifact

from .compiler import OUTPUT, compile_sources, our_sources
from .mutants import MUTANTS, Mutant

FEW = {"revoked is not final", "shares exceed the whole"}
IS_ALL = os.environ.get("MUTANTS") == "all"
TRIED = [mutant for mutant in MUTANTS if IS_ALL or mutant.name in FEW]
INVARIANTS = range(1, 19)
SOME_TESTS_FAILED = 1
MACHINES = {
    "AccreditationRegistry": "AccreditationMachine",
    "ConsentRegistry": "ConsentMachine",
    "CredentialRegistry": "StatusMachine or AccreditationMachine",
    "CreditRegistry": "CreditMachine",
    "DIDRegistry": "DIDMachine",
    "EnterpriseRegistry": "EnterpriseMachine",
    "PledgeRegistry": "PledgeMachine",
}


def own_tests(contract: str) -> str:
    """Return the test file of a contract, named like it in snake case."""
    words = "".join(f"_{c}" if c.isupper() else c for c in contract).lower()
    return f"tests/contracts/test{words}.py".replace("d_i_d_", "did_")


def compiled(mutant: Mutant, folder: Path) -> None:
    """Compile an edited copy of the sources and write the artifact it changes."""
    sources = our_sources()
    sources[mutant.source] = sources[mutant.source].replace(mutant.old, mutant.new)
    path = f"{mutant.contract}.sol"
    output = compile_sources(sources, {path: {mutant.contract: list(OUTPUT)}})
    found = output["contracts"][path][mutant.contract]
    artifact = artifact_from_json(mutant.contract, found)
    assert artifact.bytecode != load_artifact(mutant.contract).bytecode
    (folder / f"{mutant.contract}.json").write_text(json.dumps(found), encoding="utf-8")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_one_edit(mutant: Mutant) -> None:
    assert our_sources()[mutant.source].count(mutant.old) == 1


def test_every_invariant_is_broken_by_some_mutant() -> None:
    assert {mutant.invariant for mutant in MUTANTS} >= set(INVARIANTS)
    assert len(MUTANTS) >= 20


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", TRIED, ids=lambda mutant: mutant.name)
def test_a_broken_rule_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    compiled(mutant, tmp_path)
    tests = [own_tests(mutant.contract), "tests/contracts/test_machines.py"]
    chosen = f"not machines or {MACHINES[mutant.contract]}"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-k", chosen, *tests]
    environment = os.environ | {"CONTRACT_ARTIFACTS": str(tmp_path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == SOME_TESTS_FAILED, done.stdout[-2000:]
