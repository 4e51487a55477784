"""The committed artifacts are what the sources compile to, and nothing in them is forbidden."""

from __future__ import annotations

import json
import re

import pytest

from chain.compile import ARTIFACTS, SOURCES, artifact_text, compile_all, load_artifact
from chain.errors import CompileError

CODE_LIMIT = 24_576  # EIP-170
COMMENT = re.compile(r"//.*|/\*.*?\*/", re.DOTALL)


@pytest.fixture(scope="module")
def compiled():
    return compile_all()


def test_the_committed_artifacts_equal_a_fresh_compile(compiled) -> None:
    committed = {path.stem: path.read_text(encoding="utf-8") for path in ARTIFACTS.glob("*.json")}
    assert committed.keys() == compiled.keys()
    stale = [name for name in compiled if committed[name] != artifact_text(compiled[name])]
    assert not stale, "run chain.compile.write_artifacts()"


def test_no_artifact_names_this_machine(compiled) -> None:
    assert str(SOURCES.parent) not in json.dumps(compiled)


def test_every_contract_fits_on_chain(compiled) -> None:
    for name in compiled:
        assert 0 < len(load_artifact(name).runtime_code) <= CODE_LIMIT


@pytest.mark.parametrize(
    "word",
    ["tx.origin", "delegatecall", "selfdestruct", "assembly", "string private", "string public"],
)
def test_the_sources_do_without(word: str) -> None:
    for path in SOURCES.rglob("*.sol"):
        assert word not in COMMENT.sub("", path.read_text(encoding="utf-8")), path.name


def test_an_unknown_artifact_is_named() -> None:
    with pytest.raises(CompileError, match="no artifact named Nothing"):
        load_artifact("Nothing")
