"""The meter: what was typed, what was not, and what the catalogue makes possible.

A field counts once. `baseline_typed` is what a person would type for the same case with
nothing connected: every applicable field that is not a choice, a signature or the bank's,
except optional ones that were left empty (nobody would have typed those either).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from filing.model.form import BY_HAND, Bundle, FillCode
from filing.model.value import FieldValue, Source

_TYPED = frozenset({Source.TYPED, Source.EDITED})


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts of fields over one case or several; the shares are fractions from 0 to 1.

    `to_type` are required fields still missing (they count as typed until they are filled),
    `skipped` optional ones; `ceiling_first` and `ceiling_returning` are the arithmetic of the
    fill codes over the same fields: declared and typed, or typed alone, remain.
    """

    cases: int = 0
    total: int = 0
    applicable: int = 0
    prefilled: int = 0
    derived: int = 0
    declared: int = 0
    typed: int = 0
    edited: int = 0
    chosen: int = 0
    bank: int = 0
    missing: int = 0
    to_type: int = 0
    skipped: int = 0
    conflicts: int = 0
    baseline_typed: int = 0
    typed_now: int = 0
    typed_first_at_best: int = 0
    typed_returning_at_best: int = 0

    @property
    def reduction(self) -> float | None:
        """The measured share of typing that is gone; None for no field at all."""
        return _share(self.typed_now, self.baseline_typed)

    @property
    def ceiling_first(self) -> float | None:
        """The share that the catalogue makes possible on a first visit."""
        return _share(self.typed_first_at_best, self.baseline_typed)

    @property
    def ceiling_returning(self) -> float | None:
        """The share that the catalogue makes possible for a returning enterprise."""
        return _share(self.typed_returning_at_best, self.baseline_typed)

    def __add__(self, other: Meter) -> Meter:
        return Meter(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def to_json(self) -> dict[str, int | float | None]:
        """Return counts and shares as a JSON object."""
        counts: dict[str, int | float | None] = {
            f.name: getattr(self, f.name) for f in fields(self)
        }
        counts["reduction"] = _rounded(self.reduction)
        counts["ceiling_first"] = _rounded(self.ceiling_first)
        counts["ceiling_returning"] = _rounded(self.ceiling_returning)
        return counts

    @classmethod
    def from_json(cls, data: Mapping[str, int | float | None]) -> Meter:
        """Return the meter that `to_json` wrote."""
        return cls(**{f.name: int(data[f.name] or 0) for f in fields(cls)})


def measure(bundle: Bundle, values: Mapping[str, FieldValue], *, conflicts: int = 0) -> Meter:
    """Return the meter of one case."""
    counts = dict.fromkeys((f.name for f in fields(Meter)), 0)
    counts |= {"cases": 1, "total": len(bundle.fields), "conflicts": conflicts}
    for field in bundle.fields:
        source = values[field.key].source
        if source is Source.NOT_APPLICABLE:
            continue
        counts["applicable"] += 1
        counts[source.value] += 1
        if field.fill not in BY_HAND:
            continue
        if source is Source.MISSING:
            counts["to_type" if field.required else "skipped"] += 1
            if not field.required:
                continue
        counts["baseline_typed"] += 1
        counts["typed_now"] += source in _TYPED or source is Source.MISSING
        counts["typed_first_at_best"] += field.fill in (FillCode.DECLARED, FillCode.TYPED)
        counts["typed_returning_at_best"] += field.fill is FillCode.TYPED
    return Meter(**counts)


def total(meters: Iterable[Meter]) -> Meter:
    """Return the sum of several meters."""
    summed = Meter()
    for meter in meters:
        summed += meter
    return summed


def _share(typed: int, baseline: int) -> float | None:
    return 1 - typed / baseline if baseline else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
