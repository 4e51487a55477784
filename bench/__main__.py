"""``python -m bench [names]``: run all measurements, or those named, and write the results.

Rows of measurements that did not run are kept as they are.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bench

FOLDER = Path(bench.__file__).parent
RESULTS = FOLDER / "results.json"
_SUPPORT = {"__main__", "row"}


def measurements() -> dict[str, Any]:
    """Return the modules that measure something, by name."""
    names = [module.name for module in pkgutil.iter_modules([str(FOLDER)])]
    modules = {n: importlib.import_module(f"bench.{n}") for n in names if n not in _SUPPORT}
    return {name: module for name, module in modules.items() if hasattr(module, "rows")}


def run(names: list[str]) -> None:
    """Run measurements, show their rows and merge them into the results."""
    known = measurements()
    unknown = sorted(set(names) - known.keys())
    if unknown:
        sys.exit(f"no measurement is named {', '.join(unknown)}; there are: {', '.join(known)}")
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    for name in names or known:
        sys.stdout.write(f"{name}\n")
        fresh = {}
        for row in known[name].rows():
            fresh[row.name] = asdict(row)
            ratio = "" if row.ratio is None else f"  {row.ratio:8.3f} x {row.to}"
            sys.stdout.write(f"  {row.name:44}{row.value:16,.4g} {row.unit}{ratio}\n")
        kept = [row for row in kept if row["name"] not in fresh] + list(fresh.values())
        kept.sort(key=lambda row: str(row["name"]))
        text = json.dumps(kept, indent=1, ensure_ascii=False)
        RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(sys.argv[1:])
