"""Compiles the Solidity sources, and reads and writes the committed artifacts.

The compiler is the npm package ``solc``, driven by py-solc-x through ``solc.cjs``. Its version, the
optimiser, the EVM level and the form of the metadata are pinned, and sources are named by relative
paths, so that the same sources give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import solcx.wrapper
from solcx.exceptions import SolcError

from chain.artifacts import Artifact, artifact_from_json
from chain.errors import CompileError

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "contracts_sol"
ARTIFACTS = SOURCES / "artifacts"
CACHE = ROOT / "var" / "solc"
NODE_MODULES = ROOT / "node_modules"
SOLC = ROOT / "chain" / "solc.cjs"
COMPILER = "0.8.37"
SETTINGS: Mapping[str, Any] = {
    "evmVersion": "paris",
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "optimizer": {"enabled": True, "runs": 200},
}
_VENDORED = {"AccessManager": "@openzeppelin/contracts/access/manager/AccessManager.sol"}
_SELECTION = {
    "*": {
        "*": [
            "abi",
            "evm.bytecode.object",
            "evm.deployedBytecode.object",
            "evm.deployedBytecode.immutableReferences",
        ]
    }
}


def deployable_sources() -> dict[str, str]:
    """Return the source path of every contract that is deployed, by contract name.

    Our own are the files directly in ``contracts_sol``, one contract each, named alike.
    """
    own = {path.stem: path.name for path in sorted(SOURCES.glob("*.sol"))}
    return own | _VENDORED


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Return the SHA-256 over compiler, settings and every source, which names a compilation."""
    digest = hashlib.sha256(json.dumps([COMPILER, SETTINGS, _SELECTION], sort_keys=True).encode())
    for name, text in sorted(_own_sources().items()):
        digest.update(f"{name}\0{len(text)}\0{text}".encode())
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    vendored = lock["packages"]["node_modules/@openzeppelin/contracts"]
    digest.update(f"{vendored['version']}\0{vendored.get('integrity', '')}".encode())
    return digest.hexdigest()


def compile_all() -> dict[str, dict[str, Any]]:
    """Return the artifact of every deployable contract, compiled now or from the cache.

    Raises:
        CompileError: the compiler is missing, of another version, or refuses the sources.
    """
    cached = CACHE / f"{source_hash()}.json"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        output = json.dumps(_run_compiler())
        fresh = cached.with_suffix(".tmp")
        fresh.write_text(output, encoding="utf-8")
        fresh.replace(cached)
    compiled = json.loads(cached.read_text(encoding="utf-8"))
    return {
        name: _artifact_json(name, compiled["contracts"][path][name])
        for name, path in deployable_sources().items()
    }


def write_artifacts() -> list[Path]:
    """Compile and write the committed artifacts; returns their paths.

    Raises:
        CompileError: see ``compile_all``.
    """
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    artifacts = compile_all()
    for stale in set(ARTIFACTS.glob("*.json")) - {ARTIFACTS / f"{name}.json" for name in artifacts}:
        stale.unlink()
    written = []
    for name, artifact in artifacts.items():
        path = ARTIFACTS / f"{name}.json"
        path.write_text(artifact_text(artifact), encoding="utf-8")
        written.append(path)
    return written


def artifact_text(artifact: Mapping[str, Any]) -> str:
    """Return the one text form in which an artifact is committed."""
    return json.dumps(artifact, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@cache
def load_artifact(name: str) -> Artifact:
    """Return a committed artifact by contract name; needs no compiler.

    Raises:
        CompileError: no artifact of that name is committed.
    """
    path = ARTIFACTS / f"{name}.json"
    try:
        return artifact_from_json(name, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in ARTIFACTS.glob("*.json")))
        raise CompileError(f"no artifact named {name} is committed; there are: {known}") from None


def _own_sources() -> dict[str, str]:
    paths = sorted(SOURCES.rglob("*.sol"))
    return {p.relative_to(SOURCES).as_posix(): p.read_text(encoding="utf-8") for p in paths}


def _standard_input() -> dict[str, Any]:
    sources = {name: {"content": text} for name, text in _own_sources().items()}
    for path in _VENDORED.values():
        text = (NODE_MODULES / path).read_text(encoding="utf-8")
        sources[path] = {"content": text}
    settings = {**SETTINGS, "outputSelection": _SELECTION}
    return {"language": "Solidity", "sources": sources, "settings": settings}


def _run_compiler() -> dict[str, Any]:
    """Return the compiler's output for all sources."""
    if not (NODE_MODULES / "solc").exists():
        raise CompileError("the npm package solc is not installed: run npm ci")
    try:
        stdout, *_ = solcx.wrapper.solc_wrapper(
            solc_binary=SOLC, stdin=json.dumps(_standard_input()), standard_json=True
        )
    except (SolcError, OSError) as error:
        raise CompileError(f"the compiler did not run: {error}") from error
    output: dict[str, Any] = json.loads(stdout)
    problems = [e["formattedMessage"] for e in output.get("errors", ()) if _is_ours(e)]
    if problems:
        raise CompileError("the compiler refused the sources:\n" + "\n".join(problems))
    return output


def _is_ours(problem: Mapping[str, Any]) -> bool:
    """Whether a problem counts: any error, and of the warnings those about our own sources."""
    where = problem.get("sourceLocation", {}).get("file", "")
    return problem["severity"] == "error" or not where.startswith("@")


def _artifact_json(name: str, compiled: Mapping[str, Any]) -> dict[str, Any]:
    runtime = compiled["evm"]["deployedBytecode"]
    return {
        "contractName": name,
        "abi": compiled["abi"],
        "bytecode": "0x" + compiled["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + runtime["object"],
        "immutableReferences": runtime.get("immutableReferences", {}),
        "compiler": f"solc-{COMPILER}",
        "settings": SETTINGS,
        "sourceHash": source_hash(),
    }
