"""Compiling what is not committed: altered copies, and what is measured beside ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import solcx.wrapper

from chain.compile import SETTINGS, SOLC, SOURCES

OUTPUT = ("abi", "evm.bytecode.object", "evm.deployedBytecode.object")


def our_sources() -> dict[str, str]:
    """Return the text of every source of ours by its path."""
    return {
        path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(SOURCES.rglob("*.sol"))
    }


def compile_sources(
    sources: Mapping[str, str],
    wanted: Mapping[str, Mapping[str, Any]] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Return the compiler's standard JSON output, made with the settings of the product.

    Args:
        sources: text by path; imports of npm packages are found by the compiler.
        wanted: the output selection; by default ABI and code of every contract.
        settings: what to set otherwise than the product does.
    """
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": {
            **SETTINGS,
            **settings,
            "outputSelection": wanted or {"*": {"*": list(OUTPUT)}},
        },
    }
    stdout, *_ = solcx.wrapper.solc_wrapper(
        solc_binary=SOLC, stdin=json.dumps(request), standard_json=True
    )
    output: dict[str, Any] = json.loads(stdout)
    errors = [e["formattedMessage"] for e in output.get("errors", ()) if e["severity"] == "error"]
    assert not errors, "\n".join(errors)
    return output
