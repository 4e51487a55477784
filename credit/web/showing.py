"""How credit's values are shown on pages: features with units, states in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credit.model.feature import FeatureSpec, Value
from credit.model.feature_catalogue import FEATURES
from identity.web.names import type_label, value_label
from web.filters import MISSING, count, money, percent
from web.language import t

STATES = {
    "received": ("wait", "待审批", "To be decided"),
    "approved": ("ok", "已批准，待企业接受", "Approved, offer open"),
    "declined": ("bad", "未批准", "Declined"),
    "accepted": ("ok", "已接受并放款登记", "Accepted, loan granted"),
    "review_requested": ("warn", "已申请人工复核", "Human review requested"),
    "upheld": ("off", "复核维持原决定", "Decline upheld on review"),
}
WARNINGS = {
    "EVIDENCE_OLD": ("发票数据已超过三个月", "The invoice data is older than three months"),
    "REVENUE_DEVIATION": ("三源收入偏差超过20%", "Revenue differs by over 20 % between sources"),
}
PURPOSE_OF_LIMIT = {
    "need": ("资金需求", "Working-capital need"),
    "capacity": ("还款能力", "Repayment capacity"),
    "request": ("申请金额", "Amount asked for"),
    "product_maximum": ("产品上限", "Product maximum"),
}
WINDOWS = {
    "12m": ("近12个月", "12 months"),
    "24m": ("近24个月", "24 months"),
    "12m/12m": ("近12个月比前12个月", "12 months over the 12 before"),
    "6m/6m": ("近6个月比前6个月", "6 months over the 6 before"),
    "all": ("全部历史", "All history"),
    "at date": ("申请日", "At the date"),
    "year": ("年度", "Year"),
    "period": ("报告期", "Reporting period"),
    "period end": ("报告期末", "Period end"),
}
_UNITS = {
    "months": ("个月", "months"),
    "days": ("天", "days"),
    "persons": ("人", "persons"),
}


@dataclass(frozen=True)
class ShownFeature:
    """A feature as a row of a page."""

    name: str
    label: str
    value: str
    is_missing: bool
    window: str
    sources: tuple[tuple[str, str], ...]  # (credential type, digest)


@dataclass(frozen=True)
class ShownPart:
    """The points of one attribute as a row of a page."""

    label: str
    value: str
    points: int
    points_max: int
    is_missing: bool

    @property
    def share_bps(self) -> int:
        """Points as a share of the best."""
        return 10_000 * self.points // self.points_max


def feature_rows(bundle: dict[str, Any]) -> list[ShownFeature]:
    """Return the features of a decision bundle, in catalogue order."""
    found = bundle["features"]
    types = bundle["evidence"]["credentials"]
    return [
        ShownFeature(
            name=name,
            label=t(spec.label_zh, spec.label_en),
            value=_feature_text(found[name]["value"], spec),
            is_missing=found[name]["value"] is None,
            window=t(*WINDOWS.get(spec.window, (spec.window, spec.window))),
            sources=tuple(
                (type_label(types.get(digest, "")), digest) for digest in found[name]["lineage"]
            ),
        )
        for name, spec in FEATURES.items()
        if name in found
    ]


def part_rows(bundle: dict[str, Any]) -> list[ShownPart]:
    """Return the points per attribute of a decision bundle, in the card's order."""
    rows = []
    for part in bundle["output"]["score"]["parts"]:
        spec = FEATURES[part["feature"]]
        rows.append(
            ShownPart(
                label=t(spec.label_zh, spec.label_en),
                value=_feature_text(part["value"], spec),
                points=part["points"],
                points_max=part["points_max"],
                is_missing=part["is_missing"],
            )
        )
    return rows


def _feature_text(value: Value, spec: FeatureSpec) -> str:
    if isinstance(value, str):
        return value_label(spec.source, spec.name, value)
    return show_value(value, spec.unit)


def show_value(value: Value, unit: str) -> str:
    """Show a feature's value with its unit; missing is a dash, never zero."""
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    if unit == "fen":
        return money(value)
    if unit == "bps":
        return percent(value)
    if unit == "flag":
        return t("是", "yes") if value else t("否", "no")
    words = _UNITS.get(unit)
    return f"{count(value)} {t(*words)}" if words else count(value)


def state_text(state: str) -> tuple[str, str]:
    """Return the badge kind and the text of an application's state."""
    kind, zh, en = STATES.get(state, ("info", state, state))
    return kind, t(zh, en)
