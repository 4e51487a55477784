"""A points scorecard: whole points per attribute, a cutoff, and PD bands by points.

Rules a scorecard keeps, checked when it is read:
1. every attribute names a catalogued feature, once;
2. steps rise, and points never turn back in the direction the attribute promises;
3. a missing value has its own points, never above the best step;
4. PD bands cover every total and never rise with more points.
"""

from __future__ import annotations

from dataclasses import dataclass

from credit.errors import ScorecardMalformed
from credit.model.feature import Feature, Value
from credit.model.feature_catalogue import FEATURES


@dataclass(frozen=True)
class Text:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Step:
    """Points for a value at or above ``at_least`` (None: no lower bound)."""

    at_least: int | None
    points: int


@dataclass(frozen=True)
class ReasonText:
    """A reason code, what it says, and what would raise the points."""

    code: str
    says: Text
    raise_by: Text


@dataclass(frozen=True)
class Attribute:
    """The points of one feature; exactly one of ``steps`` and ``grades`` is filled."""

    feature: str
    direction: str
    steps: tuple[Step, ...]
    grades: tuple[tuple[str, int], ...]
    missing_points: int
    low: ReasonText
    missing: ReasonText

    @property
    def points_max(self) -> int:
        """The points of the best step or grade."""
        return max([step.points for step in self.steps] + [points for _, points in self.grades])

    def points(self, value: Value) -> int:
        """Return the points of a value; an unknown grade scores as missing."""
        if isinstance(value, int) and self.steps:
            return [s.points for s in self.steps if s.at_least is None or value >= s.at_least][-1]
        return dict(self.grades).get(str(value), self.missing_points)

    def is_missing(self, value: Value) -> bool:
        """Say whether the value scores as missing: absent, or of no known grade."""
        if self.steps:
            return not isinstance(value, int)
        return str(value) not in dict(self.grades)


@dataclass(frozen=True)
class PDBand:
    """Expert-set one-year probability of default for totals of at least ``points_from``."""

    points_from: int
    pd_bps: int


@dataclass(frozen=True)
class Scorecard:
    """A versioned scorecard; ``sha256`` is the digest of the file it was read from."""

    id: str
    version: str
    sha256: str
    cutoff: int
    attributes: tuple[Attribute, ...]
    pd_bands: tuple[PDBand, ...]

    def __post_init__(self) -> None:
        names = [attribute.feature for attribute in self.attributes]
        unknown = [name for name in names if name not in FEATURES]
        if unknown or len(set(names)) != len(names):
            raise ScorecardMalformed(f"features unknown or named twice: {unknown or names}")
        for attribute in self.attributes:
            _check_attribute(attribute)
        starts = [band.points_from for band in self.pd_bands]
        rates = [band.pd_bps for band in self.pd_bands]
        if not starts or starts[0] > self.points_min or starts != sorted(set(starts)):
            raise ScorecardMalformed("PD bands must start at the lowest total and rise")
        if rates != sorted(rates, reverse=True):
            raise ScorecardMalformed("PD must not rise with points")

    @property
    def points_max(self) -> int:
        """The highest total the card can give."""
        return sum(attribute.points_max for attribute in self.attributes)

    @property
    def points_min(self) -> int:
        """The lowest total the card can give."""
        return sum(
            min([s.points for s in a.steps] + [p for _, p in a.grades] + [a.missing_points])
            for a in self.attributes
        )

    def pd_bps(self, points: int) -> int:
        """Return the probability of default stated for a total of points, in basis points."""
        return [band.pd_bps for band in self.pd_bands if band.points_from <= points][-1]


@dataclass(frozen=True)
class AttributeScore:
    """The points one attribute gave, of how many."""

    feature: str
    value: Value
    points: int
    points_max: int
    is_missing: bool

    @property
    def lost(self) -> int:
        """Points short of the best."""
        return self.points_max - self.points


@dataclass(frozen=True)
class Score:
    """The total and its parts, in the card's order."""

    points: int
    points_max: int
    cutoff: int
    pd_bps: int
    parts: tuple[AttributeScore, ...]


def score(features: tuple[Feature, ...], card: Scorecard) -> Score:
    """Return the points of an applicant, with the points of every attribute."""
    values = {feature.name: feature.value for feature in features}
    parts = tuple(
        _score_one(attribute, values.get(attribute.feature)) for attribute in card.attributes
    )
    points = sum(part.points for part in parts)
    return Score(points, card.points_max, card.cutoff, card.pd_bps(points), parts)


def _score_one(attribute: Attribute, value: Value) -> AttributeScore:
    return AttributeScore(
        feature=attribute.feature,
        value=value,
        points=attribute.points(value),
        points_max=attribute.points_max,
        is_missing=attribute.is_missing(value),
    )


def _check_attribute(attribute: Attribute) -> None:
    name = attribute.feature
    if bool(attribute.steps) == bool(attribute.grades):
        raise ScorecardMalformed(f"{name}: either steps or grades, not both and not neither")
    if attribute.missing_points > attribute.points_max:
        raise ScorecardMalformed(f"{name}: a missing value must not score above the best step")
    if attribute.grades:
        return
    bounds = [step.at_least for step in attribute.steps]
    rising = [bound for bound in bounds if bound is not None]
    if bounds[0] is not None or None in bounds[1:] or rising != sorted(set(rising)):
        raise ScorecardMalformed(f"{name}: the first step has no bound, the others rise")
    points = [step.points for step in attribute.steps]
    if attribute.direction == "higher_is_better" and points != sorted(points):
        raise ScorecardMalformed(f"{name}: points must not fall as the value rises")
    if attribute.direction == "lower_is_better" and points != sorted(points, reverse=True):
        raise ScorecardMalformed(f"{name}: points must not rise as the value rises")
