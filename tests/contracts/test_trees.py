"""The trees beside the tests name every function and every refusal, and the tests show each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chain.compile import load_artifact

FOLDER = Path(__file__).parent
FILES = {
    "AccreditationRegistry": "accreditation_registry",
    "ConsentRegistry": "consent_registry",
    "CredentialRegistry": "credential_registry",
    "CreditRegistry": "credit_registry",
    "DIDRegistry": "did_registry",
    "Directory": "directory",
    "EnterpriseRegistry": "enterprise_registry",
    "PledgeRegistry": "pledge_registry",
}
# Of OpenZeppelin: shown in test_governance.py, or an answer of a library that ours never passes on.
OPENZEPPELIN = {"authority", "isConsumingScheduledOp", "setAuthority", "eip712Domain"}
OWN_ERROR = re.compile(
    r"(AccessManagedUnauthorized)$|(?:[A-Za-z]+Registry|Directory|SignedActions)_(\w+)"
)
CONSTANT = re.compile(r"[A-Z0-9_]+$")


def tree(contract: str) -> str:
    return (FOLDER / f"test_{FILES[contract]}.tree").read_text(encoding="utf-8")


def suite(contract: str) -> str:
    return (FOLDER / f"test_{FILES[contract]}.py").read_text(encoding="utf-8")


def functions(contract: str) -> set[str]:
    names = {e["name"] for e in load_artifact(contract).abi if e["type"] == "function"}
    return {name for name in names - OPENZEPPELIN if not CONSTANT.match(name)}


def errors(contract: str) -> set[str]:
    names = (e["name"] for e in load_artifact(contract).abi if e["type"] == "error")
    return {name for name in names if OWN_ERROR.match(name)}


@pytest.mark.parametrize("contract", FILES)
def test_every_function_has_a_tree(contract: str) -> None:
    headings = [line for line in tree(contract).splitlines() if line and line[0].isalpha()]
    named = {name.strip() for line in headings for name in line.split(",")}
    assert functions(contract) - named == set()
    assert named - functions(contract) == set()


@pytest.mark.parametrize("contract", FILES)
def test_every_refusal_is_a_leaf_and_is_shown(contract: str) -> None:
    leaves, shown = tree(contract), suite(contract)
    for name in errors(contract):
        short = name.partition("_")[2] or name
        assert re.search(rf"\b{short}\b", leaves), f"no leaf says {short}"
        assert f"{name}" in shown, f"no test shows {name}"
