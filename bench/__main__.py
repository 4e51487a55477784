"""``python -m bench [names]``: run all measurements, or those named, and write the results.

Rows of measurements that did not run are kept as they are.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import bench
from bench.row import Row

FOLDER = Path(bench.__file__).parent
RESULTS = FOLDER / "results.json"


def run(names: list[str]) -> None:
    """Run measurements, show their rows and merge them into the results."""
    known = [module.name for module in pkgutil.iter_modules([str(FOLDER)])]
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"no measurement is named {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or (name for name in known if not name.startswith("__")):
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "rows"):
            sys.stdout.write(f"{name}\n")
            merge(module.rows())


def merge(rows: Iterable[Row]) -> None:
    """Show rows as they come, and put them in the place of those of the same name."""
    fresh = {}
    for row in rows:
        fresh[row.name] = asdict(row)
        ratio = "" if row.ratio is None else f"  {row.ratio:8.3f} x {row.to}"
        sys.stdout.write(f"  {row.name:48}{row.value:16,.6g} {row.unit}{ratio}\n")
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    rest = [row for row in kept if row["name"] not in fresh]
    ordered = sorted([*rest, *fresh.values()], key=lambda row: str(row["name"]))
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(sys.argv[1:])
