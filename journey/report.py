"""What came of the journey, as JSON and as a table."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from journey.parties import World
from journey.stages import Facts

REASONS_SHOWN = 5
_SHARES = ("reduction", "ceiling_first", "ceiling_returning")


def summary(world: World, facts: Facts) -> dict[str, Any]:
    """Return the journey's figures; shares are fractions from 0 to 1, money is fen."""
    opened = [item.opening_case for item in world.enterprises if item.opening_case]
    applied = [item.loan_case for item in world.enterprises if item.loan_case]
    decided = [item.application for item in world.enterprises if item.application]
    return {
        "enterprises": len(world.enterprises),
        "credentials": sum(facts.issued.values()) + len(opened),
        "credentials_by_type": facts.issued,
        "chain": {
            **facts.chain,
            "transactions_per_enterprise": round(
                facts.chain["transactions"] / max(len(world.enterprises), 1), 2
            ),
        },
        "fields": {
            "account-opening": _meter([case["meter"] for case in opened]),
            "loan-application": _meter([case["meter"] for case in applied]),
        },
        "loans": _loans([item["decision"] for item in decided if item["decision"]]),
        "double_pledge": facts.double_pledge,
        "replay": {"equal": facts.replay["equal"], "mode": facts.replay["mode"]},
        "suspension": facts.suspension,
        "seconds": {name: round(seconds, 1) for name, seconds in facts.seconds.items()},
        "seconds_total": round(sum(facts.seconds.values()), 1),
    }


def _meter(meters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sum of the cases' meters, with the shares of the sum."""
    total: Counter[str] = Counter()
    for meter in meters:
        total.update({name: count for name, count in meter.items() if name not in _SHARES})
    baseline = total["baseline_typed"] or 1
    return {
        **total,
        "reduction": round(1 - total["typed_now"] / baseline, 4),
        "ceiling_first": round(1 - total["typed_first_at_best"] / baseline, 4),
        "ceiling_returning": round(1 - total["typed_returning_at_best"] / baseline, 4),
    }


def _loans(decisions: list[dict[str, Any]]) -> dict[str, Any]:
    outcomes = Counter(item["outcome"] for item in decisions)
    reasons = Counter(reason["code"] for item in decisions for reason in item["reasons"])
    approved = [item for item in decisions if item["outcome"] == "approved"]
    return {
        "decided": len(decisions),
        "by_outcome": dict(outcomes),
        "commonest_reasons": dict(reasons.most_common(REASONS_SHOWN)),
        "offered_fen": sum(item["limit_fen"] for item in approved),
        "mean_rate_bps": round(sum(item["rate_bps"] for item in approved) / len(approved))
        if approved
        else None,
    }


def show(found: dict[str, Any], console: Console) -> None:
    """Print the figures as a table a person can read."""
    table = Table(title="Qilian 企链: the journey 全流程", show_header=False)
    for name, text in _rows(found):
        table.add_row(name, text)
    console.print(table)


def _rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    chain, loans = found["chain"], found["loans"]
    rows = [
        ("Enterprises registered 注册企业", f"{found['enterprises']:,}"),
        ("Credentials issued and anchored 签发凭证", f"{found['credentials']:,}"),
        (
            "Chain 上链",
            f"{chain['transactions']:,} transactions ({chain['transactions_per_enterprise']} per "
            f"enterprise), {chain['gas_used']:,} gas, {chain['failed']} refused",
        ),
    ]
    rows += [(f"Fields 字段: {form}", _fields(meter)) for form, meter in found["fields"].items()]
    second = found["double_pledge"]["second"]["chain"]
    rows += [
        ("Loans 贷款", _counted(loans["by_outcome"])),
        ("Commonest reasons 主要原因", _counted(loans["commonest_reasons"])),
        (
            "Offered 授信",
            f"¥{loans['offered_fen'] / 100:,.2f} at {(loans['mean_rate_bps'] or 0) / 100:.2f} %",
        ),
        ("Second pledge 重复质押", f"{second['state']}: {second['error_name']}"),
        ("Replay 重放", "equal 一致" if found["replay"]["equal"] else "DIFFERS 不一致"),
        (
            "Suspended issuer 中止签发",
            f"{found['suspension']['issuer']}: {found['suspension']['refused_with']}",
        ),
    ]
    rows += [(f"Seconds 秒: {name}", f"{took:.1f}") for name, took in found["seconds"].items()]
    return [*rows, ("Seconds in all 总计", f"{found['seconds_total']:.1f}")]


def _fields(meter: dict[str, Any]) -> str:
    return (
        f"{meter['cases']} cases, {meter['applicable']:,} fields; by hand "
        f"{meter['baseline_typed']:,}, now {meter['typed_now']:,}: "
        f"{meter['reduction']:.1%} fewer (ceiling {meter['ceiling_first']:.1%} first visit, "
        f"{meter['ceiling_returning']:.1%} returning); {meter['conflicts']} conflicts"
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
