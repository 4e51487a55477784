"""The trees beside the tests name every function and every refusal, and a test for each leaf.

A leaf is the end of a path through the tree; below it stand the tests that show it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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
BRANCHES = "│├└─ "
REVERTS = re.compile(r"it reverts with (.*)")


def tree(contract: str) -> str:
    return (FOLDER / f"test_{FILES[contract]}.tree").read_text(encoding="utf-8")


def suite(contract: str) -> str:
    return (FOLDER / f"test_{FILES[contract]}.py").read_text(encoding="utf-8")


def leaves(contract: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each last line of the tree, and the tests named below it."""
    lines = [(len(line) - len(line.lstrip(BRANCHES)), line) for line in tree(contract).splitlines()]
    for number, (depth, line) in enumerate(lines):
        below = []
        for deeper, other in lines[number + 1 :]:
            if deeper < depth or (deeper == depth and not _is_test(other)):
                break
            below.append(other.lstrip(BRANCHES))
        if depth and not _is_test(line) and all(_is_test(other) for other in below):
            yield line.lstrip(BRANCHES), [other.removeprefix("- ") for other in below]


def _is_test(line: str) -> bool:
    return line.lstrip(BRANCHES).startswith("- ")


def own_tests(contract: str) -> dict[str, str]:
    """Return the source of each test by its name, `TestClass::test` in a class."""
    text = suite(contract)
    found = {}
    for node in ast.parse(text).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for member in members:
            if isinstance(member, ast.FunctionDef) and member.name.startswith("test_"):
                found[prefix + member.name] = ast.get_source_segment(text, member) or ""
    return found


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


@pytest.mark.parametrize("contract", FILES)
def test_every_leaf_is_shown_by_tests(contract: str) -> None:
    tests = own_tests(contract)
    for leaf, named in leaves(contract):
        assert named, f"no test shows: {leaf}"
        assert set(named) <= tests.keys(), f"there are no such tests for: {leaf}"


@pytest.mark.parametrize("contract", FILES)
def test_every_refusal_of_a_leaf_is_in_its_tests(contract: str) -> None:
    tests, own = own_tests(contract), {name.partition("_")[2] or name for name in errors(contract)}
    for leaf, named in leaves(contract):
        refusals = REVERTS.match(leaf)
        said = set(re.findall(r"\w+", refusals[1])) & own if refusals else set()
        shown = "".join(tests[name] for name in named)
        for name in said:
            assert f'{name}"' in shown, f"{named} do not show {name}: {leaf}"
