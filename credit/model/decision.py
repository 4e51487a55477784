"""From features and a request to an output: knock-outs, points, limit, rate, reasons."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from credit.model.feature import Feature, Value
from credit.model.limit import Limit, loan_limit
from credit.model.policy import Policy, knocked_out
from credit.model.rate import Rate, loan_rate
from credit.model.scorecard import Attribute, ReasonText, Score, Scorecard, Text, score

REASONS_SHOWN = 4
TURNOVER = "turnover_12m_fen"


class Outcome(StrEnum):
    """What was decided."""

    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True)
class LoanRequest:
    """What is asked for, in fen and months."""

    amount_fen: int
    term_months: int
    purpose: str
    is_secured: bool


@dataclass(frozen=True)
class Reason:
    """A coded reason; ``points_lost`` is 0 for a reason that is not about points."""

    code: str
    feature: str
    points_lost: int
    says: Text
    raise_by: Text


@dataclass(frozen=True)
class Output:
    """The decision; limit and rate are 0 fen and None where it is declined."""

    outcome: Outcome
    limit_fen: int
    rate_bps: int | None
    score: Score
    limit: Limit
    rate: Rate
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the output as the decision bundle keeps it."""
        return {name: _listed(value) for name, value in asdict(self).items()}


def decide(
    features: tuple[Feature, ...],
    request: LoanRequest,
    *,
    evidence_age_days: int,
    card: Scorecard,
    policy: Policy,
) -> Output:
    """Return the decision on a request; the same input always gives the same output.

    A decline always carries at least one reason. An approval lists what lost the most points.
    """
    scored = score(features, card)
    limit = loan_limit(features, request.amount_fen, policy.limit)
    rate = loan_rate(scored.pd_bps, is_secured=request.is_secured, policy=policy.rate)
    refusals = _refusals(features, request, scored, limit, rate, card, policy)
    declined = bool(refusals)
    return Output(
        outcome=Outcome.DECLINED if declined else Outcome.APPROVED,
        limit_fen=0 if declined else limit.limit_fen,
        rate_bps=None if declined else rate.rate_bps,
        score=scored,
        limit=limit,
        rate=rate,
        reasons=(*refusals, *_lost_most(scored, card)),
        warnings=_warnings(features, evidence_age_days, policy),
    )


def _refusals(
    features: tuple[Feature, ...],
    request: LoanRequest,
    scored: Score,
    limit: Limit,
    rate: Rate,
    card: Scorecard,
    policy: Policy,
) -> list[Reason]:
    """Return what declines the application, without mere consequences of what is listed."""
    found = [
        Reason(rule.reason.code, rule.feature, 0, rule.reason.says, rule.reason.raise_by)
        for rule, _ in knocked_out(features, policy)
    ]
    if scored.points < card.cutoff:
        found.append(_below_cutoff(scored))
    elif rate.full_cost_bps > policy.rate.maximum_bps:
        found.append(PRICE_ABOVE_CEILING)
    # an unknown turnover is missing, it does not show that the need is too low
    sales_refused = any(reason.feature == TURNOVER for reason in found)
    if limit.limit_fen == 0 and not sales_refused:
        found.append(LIMIT_REASONS[limit.binding])
    if request.term_months > policy.term_months_max:
        found.append(_term_too_long(request.term_months, policy.term_months_max))
    return found


def _lost_most(scored: Score, card: Scorecard) -> tuple[Reason, ...]:
    """Return reasons for the attributes that lost the most points, most first."""
    attributes = {attribute.feature: attribute for attribute in card.attributes}
    losers = sorted((p for p in scored.parts if p.lost > 0), key=lambda p: (-p.lost, p.feature))
    return tuple(
        _reason(_text(attributes[part.feature], part.is_missing), part.feature, part.lost)
        for part in losers[:REASONS_SHOWN]
    )


def _text(attribute: Attribute, is_missing: bool) -> ReasonText:
    return attribute.missing if is_missing else attribute.low


def _reason(text: ReasonText, feature: str, points_lost: int) -> Reason:
    return Reason(text.code, feature, points_lost, text.says, text.raise_by)


def _below_cutoff(scored: Score) -> Reason:
    return Reason(
        "POINTS_BELOW_CUTOFF",
        "",
        0,
        Text(
            f"总分{scored.points}低于准入分{scored.cutoff}",
            f"{scored.points} points are below the cutoff of {scored.cutoff}",
        ),
        Text("改善下列失分最多的项目", "Improve the items below that lost the most points"),
    )


def _term_too_long(asked_months: int, longest_months: int) -> Reason:
    return Reason(
        "TERM_ABOVE_PRODUCT",
        "",
        0,
        Text(
            f"申请期限{asked_months}个月超过产品最长期限{longest_months}个月",
            f"{asked_months} months are longer than the product's {longest_months}",
        ),
        Text("缩短申请期限", "Ask for a shorter term"),
    )


def _warnings(features: tuple[Feature, ...], age_days: int, policy: Policy) -> tuple[str, ...]:
    values: dict[str, Value] = {feature.name: feature.value for feature in features}
    found = []
    if age_days > policy.evidence_age_days_max:
        found.append("EVIDENCE_OLD")
    deviation = values.get("revenue_deviation_bps")
    if isinstance(deviation, int) and deviation > policy.revenue_deviation_warning_bps:
        found.append("REVENUE_DEVIATION")
    return tuple(found)


def _listed(value: Any) -> Any:
    """Return the value with tuples as lists, as JSON knows them."""
    if isinstance(value, dict):
        return {key: _listed(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [_listed(member) for member in value]
    return str(value) if isinstance(value, StrEnum) else value


LIMIT_REASONS = {
    "need": Reason(
        "NEED_TOO_LOW",
        TURNOVER,
        0,
        Text(
            "测算的营运资金缺口低于产品起点",
            "The working-capital need is below the product minimum",
        ),
        Text(
            "营运资金需求增加后重新申请", "Apply again when the need for working capital has grown"
        ),
    ),
    "capacity": Reason(
        "CAPACITY_TOO_LOW",
        TURNOVER,
        0,
        Text(
            "还款能力不足以支持产品起点金额", "Sales do not carry the smallest loan of this product"
        ),
        Text("销售增长后重新申请", "Apply again when sales have grown"),
    ),
    "request": Reason(
        "REQUEST_BELOW_MINIMUM",
        "",
        0,
        Text("申请金额低于产品起点", "The amount asked for is below the product minimum"),
        Text("按产品起点金额申请", "Ask for at least the product minimum"),
    ),
    "product_maximum": Reason(
        "PRODUCT_MAXIMUM_TOO_LOW",
        "",
        0,
        Text("产品上限低于起点", "The product's maximum is below its minimum"),
        Text("联系银行", "Contact the bank"),
    ),
}

PRICE_ABOVE_CEILING = Reason(
    "PRICE_ABOVE_CEILING",
    "",
    0,
    Text(
        "风险成本超过产品利率上限", "The cost of the risk exceeds the highest rate of the product"
    ),
    Text("提供质押或改善评分", "Offer collateral or improve the points"),
)
