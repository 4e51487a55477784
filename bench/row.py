"""One measured figure, as `bench/results.json` keeps it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path


def machine() -> str:
    """Return what a figure was measured on: processor, cores in use, system, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = platform.python_version()
    return f"{_processor()}, {cores} cores, {platform.system()}, Python {python}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


@dataclass(frozen=True)
class Row:
    """A figure.

    Attributes:
        ratio: the value over what ``to`` names, measured in the same run; None where nothing is.
        ci_low: 95 % confidence interval of the value; None where the figure is exact.
        n: number of measurements behind the value.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int = 1
    machine: str = field(default_factory=machine)
