"""Errors of the credit package: one base, one class per cause."""

from __future__ import annotations

from typing import Any


class CreditError(Exception):
    """Base of all credit errors."""

    code = "credit_error"
    kind = "invalid"
    title_en = "The credit request cannot be carried out."
    title_zh = "信贷请求无法执行。"
    explanation_zh = ""  # what to do, for pages; `detail_zh=` says it more exactly

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        said = {"detail_zh": self.explanation_zh} if self.explanation_zh else {}
        self.extra = {**said, **extra}


class ApplicationNotFound(CreditError):
    """No loan application of that id is visible to the reader."""

    code, kind = "loan_application_not_found", "not_found"
    title_en = "The loan application does not exist."
    title_zh = "贷款申请不存在。"


class DecisionNotFound(CreditError):
    """No credit decision of that id is visible to the reader."""

    code, kind = "decision_not_found", "not_found"
    title_en = "The credit decision does not exist."
    title_zh = "信贷决定不存在。"


class LoanNotFound(CreditError):
    """No loan of that id is visible to the reader."""

    code, kind = "loan_not_found", "not_found"
    title_en = "The loan does not exist."
    title_zh = "贷款不存在。"


class CaseNotFound(CreditError):
    """No loan case of that id is visible to the reader."""

    code, kind = "case_not_found", "not_found"
    title_en = "The case does not exist."
    title_zh = "事项不存在。"


class CaseNotSubmitted(CreditError):
    """The loan case has not been submitted to a bank, or is not a loan case."""

    code, kind = "case_not_submitted", "conflict"
    title_en = "The loan case has not been submitted."
    title_zh = "贷款事项尚未提交。"
    explanation_zh = "请企业先签署并提交贷款申请。"


class ApplicationExists(CreditError):
    """A loan application was already received for the case."""

    code, kind = "loan_application_exists", "conflict"
    title_en = "A loan application for this case already exists."
    title_zh = "该事项已有贷款申请。"


class RequestInvalid(CreditError):
    """The requested amount or term is absent or outside what can be applied for."""

    code = "loan_request_invalid"
    title_en = "The requested loan is not acceptable as written."
    title_zh = "申请要素不符合要求。"
    explanation_zh = "请检查申请金额和期限是否在产品范围内。"


class PresentationMissing(CreditError):
    """The bank holds no verified presentation to decide from."""

    code, kind = "presentation_missing", "conflict"
    title_en = "The bank holds no verified presentation for this application."
    title_zh = "银行尚无该申请的已验证出示。"
    explanation_zh = "请先向企业发起出示请求，待企业答复后再审批。"


class LedgerMissing(CreditError):
    """The ledger that a credential names cannot be fetched."""

    code, kind = "ledger_missing", "unavailable"
    title_en = "The invoice ledger cannot be fetched."
    title_zh = "无法取得发票台账。"


class LedgerMismatch(CreditError):
    """The ledger's digest is not the one the tax authority put in the credential."""

    code, kind = "ledger_mismatch", "conflict"
    title_en = "The invoice ledger is not the one the credential names."
    title_zh = "发票台账与凭证摘要不符。"
    explanation_zh = "台账可能已被改动，不能据此审批；请联系税务部门核实。"


class LedgerMalformed(CreditError):
    """The ledger's columns differ in length or hold a value of the wrong kind."""

    code = "ledger_malformed"
    title_en = "The invoice ledger cannot be read."
    title_zh = "发票台账无法读取。"


class EvidenceMalformed(CreditError):
    """A verified claim has another type than its credential type promises."""

    code = "evidence_malformed"
    title_en = "A claim is not of the expected type."
    title_zh = "凭证声明的类型不正确。"


class ScorecardMalformed(CreditError):
    """A scorecard or policy file breaks its own promises (order, bins, monotone points)."""

    code = "scorecard_malformed"
    title_en = "The scorecard or policy cannot be used."
    title_zh = "评分卡或政策文件不可用。"


class BundleMalformed(CreditError):
    """The decision bundle is not JSON of the expected shape."""

    code, kind = "bundle_malformed", "malformed"
    title_en = "The decision bundle cannot be read."
    title_zh = "决定包无法读取。"


class WrongState(CreditError):
    """The application or loan is in a state that forbids the step."""

    code, kind = "wrong_state", "conflict"
    title_en = "This step is not possible in the present state."
    title_zh = "当前状态不能执行此步骤。"
    explanation_zh = "该申请已办理过此步骤，或尚未到此步骤。请刷新页面查看当前状态。"


class AssetNotPresented(CreditError):
    """The invoice credential was not presented to this bank with the application."""

    code, kind = "asset_not_presented", "not_found"
    title_en = "The receivable was not presented to this bank."
    title_zh = "该应收账款未向本行出示。"


class AssetNotAnchored(CreditError):
    """The invoice credential has no inclusion proof yet: its batch is not on chain."""

    code, kind = "asset_not_anchored", "conflict"
    title_en = "The receivable's credential is not anchored on chain yet."
    title_zh = "该应收账款凭证尚未上链存证。"
    explanation_zh = "凭证正在排队上链，请稍后重试。"


class PledgeExists(CreditError):
    """This loan already holds a pledge intent on the same receivable."""

    code, kind = "pledge_exists", "conflict"
    title_en = "The receivable is already pledged to this loan."
    title_zh = "该应收账款已质押于本笔贷款。"
    explanation_zh = "无需重复质押；可在本页查看其链上状态。"
