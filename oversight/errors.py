"""Errors of the oversight package: one base, one class per cause."""

from __future__ import annotations

from typing import Any


class OversightError(Exception):
    """Base of all oversight errors."""

    code = "oversight_error"
    kind = "invalid"
    title_en = "The supervisory request cannot be carried out."
    title_zh = "监管请求无法执行。"
    explanation_zh = ""  # what to do, for pages; `detail_zh=` says it more exactly

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        said = {"detail_zh": self.explanation_zh} if self.explanation_zh else {}
        self.extra = {**said, **extra}


class IssuerNotFound(OversightError):
    """No accredited organisation has that code."""

    code, kind = "issuer_not_found", "not_found"
    title_en = "The issuer does not exist."
    title_zh = "签发机构不存在。"


class AlreadyInState(OversightError):
    """The issuer already is suspended, or already is not."""

    code, kind = "issuer_already_in_state", "conflict"
    title_en = "The issuer is in that state already."
    title_zh = "签发机构已处于该状态。"
    explanation_zh = "无需重复操作；请刷新页面查看当前状态。"


class AlreadyReviewed(OversightError):
    """The attestation already carries the same review."""

    code, kind = "already_reviewed", "conflict"
    title_en = "The attestation already carries this review."
    title_zh = "该存证已有相同的审查结论。"


class NotAttested(OversightError):
    """The loan's attestation is not on chain (yet), so it cannot be reviewed there."""

    code, kind = "not_attested", "conflict"
    title_en = "The loan is not attested on chain yet."
    title_zh = "该贷款尚未上链存证。"
    explanation_zh = "请等待存证上链后再审查。"


class ReplayNotFound(OversightError):
    """No replay of that id was made."""

    code, kind = "replay_not_found", "not_found"
    title_en = "The replay does not exist."
    title_zh = "重放记录不存在。"
