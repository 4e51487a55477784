"""Everything that can go wrong in `filing`, one class per cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class FilingError(Exception):
    """Base of all filing errors; carries a stable code, a kind and what was found."""

    code: ClassVar[str] = "filing_error"
    kind: ClassVar[str] = "invalid"
    title_en: ClassVar[str] = "The filing request cannot be carried out"
    title_zh: ClassVar[str] = "申请无法处理"
    explanation_zh: ClassVar[str] = ""  # what to do, for pages; `detail_zh=` says it more exactly

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        said = {"detail_zh": self.explanation_zh} if self.explanation_zh else {}
        self.extra = {**said, **extra}


class CatalogueInvalid(FilingError):
    """A form file breaks the rules of the catalogue; found by the loader or the lint."""

    code = "catalogue_invalid"
    title_en = "The form catalogue is not valid"
    title_zh = "表单目录有误"


class UnknownForm(FilingError):
    """No use case has this name."""

    code = "unknown_form"
    title_en = "Unknown form"
    title_zh = "未知的表单"
    explanation_zh = "请从“我的申请”中选择要办理的事项。"


class UnknownBank(FilingError):
    """The code names no bank."""

    code = "unknown_bank"
    title_en = "Unknown bank"
    title_zh = "未知的银行"
    explanation_zh = "请从页面所列银行中选择。"


class PresentationUnfit(FilingError):
    """The presentation belongs to another enterprise, bank or purpose than the case."""

    code = "presentation_unfit"
    title_en = "The presentation does not fit this application"
    title_zh = "出示与本申请不符"
    explanation_zh = "请为本企业、所选银行和本次事项重新出示凭证。"


class PresentationUsed(FilingError):
    """A case was opened with this presentation before."""

    code, kind = "presentation_used", "conflict"
    title_en = "A case was already opened with this presentation"
    title_zh = "该出示已用于其他申请"
    explanation_zh = "每次出示只能用于一份申请；请继续原申请，或重新出示后再申请。"


class CaseNotFound(FilingError):
    """No such case, or it belongs to another tenant, or its bank may not see it yet."""

    code, kind = "case_not_found", "not_found"
    title_en = "No such case"
    title_zh = "未找到该申请"
    explanation_zh = "申请不存在，或不属于贵单位，或尚未提交到贵行。"


class VersionConflict(FilingError):
    """The case changed since the caller read it; carries the current version."""

    code, kind = "case_version_conflict", "conflict"
    title_en = "The case has changed since it was read"
    title_zh = "申请已被更新，请刷新后重试"
    explanation_zh = (
        "他人或另一个窗口已修改该申请，您刚才的修改未保存。请返回申请页查看最新内容后重试。"
    )


class WrongState(FilingError):
    """The case is in a state that forbids the step."""

    code, kind = "case_wrong_state", "conflict"
    title_en = "The case is not in a state that allows this"
    title_zh = "申请当前状态不允许此操作"
    explanation_zh = "申请可能已提交、已办结或正在审批。请返回申请页查看当前状态。"


class CaseIncomplete(FilingError):
    """Required fields are still missing; carries their keys."""

    code = "case_incomplete"
    title_en = "Required fields are missing"
    title_zh = "还有必填项未填写"
    explanation_zh = "请返回申请页补齐标出的必填项后再签署。"


class SignatureMismatch(FilingError):
    """The signed application is not the stored one."""

    code, kind = "application_signature_mismatch", "conflict"
    title_en = "The signature does not cover this application"
    title_zh = "签名与申请内容不符"
    explanation_zh = "申请内容与签名不符，请退回企业重新签署。"


class DecisionNotAllowed(FilingError):
    """The actor's role does not decide this kind of case."""

    code, kind = "decision_not_allowed", "forbidden"
    title_en = "Your role does not decide this case"
    title_zh = "您的角色无权审批该申请"
    explanation_zh = "请由有审批权限的岗位办理。"


class DecisionInvalid(FilingError):
    """The decision lacks what its kind needs: reasons, or the bank's own findings."""

    code = "decision_invalid"
    title_en = "The decision is incomplete"
    title_zh = "审批意见不完整"
    explanation_zh = "退回或拒绝须填写理由；同意开户须先核实法定代表人开户意愿。"


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field: what was found and what was expected.

    `found` of a sensitive field describes the value and never repeats it.
    """

    field: str
    found: str
    expected: str
    expected_zh: str

    def to_json(self) -> dict[str, str]:
        """Return the problem as an entry of `errors` in a problem document."""
        pointer = "/values/" + self.field.replace("~", "~0").replace("/", "~1")
        detail = f"found {self.found}; expected {self.expected}"
        zh = f"应为{self.expected_zh}"
        return {
            **asdict(self),
            "in": "json",
            "pointer": pointer,
            "detail": detail,
            "detail_zh": zh,
        }


class FieldErrors(FilingError):
    """One or more values were refused; nothing was changed."""

    code = "field_errors"
    title_en = "Some fields are not valid; nothing was changed"
    title_zh = "部分字段有误，未作任何更改"
    explanation_zh = "请改正标出的内容后重新保存，其余内容未受影响。"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            f"{first.field}: found {first.found}; expected {first.expected}{more}",
            errors=[problem.to_json() for problem in problems],
        )
        self.problems = tuple(problems)
