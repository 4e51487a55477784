"""``python -m prove [slither|halmos]``: analyse and prove the contracts; fails on any finding.

slither and halmos live in `.venv-prove` (requirements-prove.lock) and forge, which compiles for
both, in node_modules; `make prove` installs them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "var" / "prove"
TOOLS = ROOT / ".venv-prove" / "bin"
NODE_MODULES = ROOT / "node_modules"
PROOF_TIMEOUT_MS = 600_000


def lay_out() -> None:
    """Copy what is proved into a forge project of its own."""
    shutil.rmtree(PROJECT, ignore_errors=True)
    PROJECT.mkdir(parents=True)
    shutil.copytree(ROOT / "contracts_sol", PROJECT / "contracts_sol")
    proofs = PROJECT / "proofs"
    proofs.mkdir()
    for proof in (ROOT / "prove").glob("*.sol"):
        shutil.copy(proof, proofs)
    shutil.copy(ROOT / "prove" / "foundry.toml", PROJECT)
    for name in ("node_modules", "chain"):
        (PROJECT / name).symlink_to(ROOT / name)


def run(*command: str) -> None:
    """Run a tool in the project and end with its status if it fails."""
    paths = (str(TOOLS), str(NODE_MODULES / ".bin"), os.environ["PATH"])
    environment = os.environ | {"PATH": os.pathsep.join(paths)}
    sys.stdout.write(f"$ {' '.join(command)}\n")
    sys.stdout.flush()
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


def main(chosen: list[str]) -> None:
    """Run the tools chosen, or both."""
    lay_out()
    run("forge", "build", "--build-info", "--quiet")
    if "slither" in chosen or not chosen:
        run("slither", ".", "--ignore-compile", "--filter-paths", "node_modules|proofs")
    if "halmos" in chosen or not chosen:
        timeout = str(PROOF_TIMEOUT_MS)
        run("halmos", "--solver-timeout-assertion", timeout, "--no-status", "--loop", "4")


if __name__ == "__main__":
    main(sys.argv[1:])
