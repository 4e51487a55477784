"""Why two sources differ and which one holds, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from filing.model.conflict import Candidate
from filing.model.form import Field, FieldType


def explain(field: Field, candidates: Sequence[Candidate]) -> tuple[str, str]:
    """Return the explanation of a conflict in Chinese and English.

    The first candidate is the registering authority's. Sensitive values are not repeated.
    """
    first, others = candidates[0], candidates[1:]
    zh = "；".join(f"{c.issuer_name_zh}记录为{_quoted(field, c.value)}" for c in candidates)
    en = "; ".join(f"{c.issuer_name_en} has {_quoted(field, c.value, en=True)}" for c in candidates)
    names_zh = "、".join(c.issuer_name_zh for c in others)
    names_en = ", ".join(c.issuer_name_en for c in others)
    return (
        f"{zh}。按规则采用登记机关{first.issuer_name_zh}的记录；如{names_zh}的记录才正确，请改选并说明银行。",
        f"{en}. By rule the registering authority's record holds ({first.issuer_name_en}); "
        f"if that of {names_en} is right, choose it and the bank will see both.",
    )


def _quoted(field: Field, value: Any, *, en: bool = False) -> str:
    if field.sensitive:
        return "another value" if en else "不同的内容"
    if field.type is FieldType.MONEY_FEN and isinstance(value, int):
        yuan = f"{value / 100:,.2f}"
        return f"CNY {yuan}" if en else f"{yuan}元"
    return f"“{value}”"
