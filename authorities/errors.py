"""Errors of the authorities: one class per cause."""

from __future__ import annotations

from typing import Any


class AuthoritiesError(Exception):
    """Base of all errors of the simulated authorities."""

    code = "authorities_error"
    kind = "invalid"
    title_en = "The authority's register refused the request."
    title_zh = "签发机构登记簿拒绝了该请求。"
    explanation_zh = ""  # what to do, for pages; `detail_zh=` says it more exactly

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        said = {"detail_zh": self.explanation_zh} if self.explanation_zh else {}
        self.extra = {**said, **extra}


class UnknownAuthority(AuthoritiesError):
    """No such authority, or it is not the actor's own."""

    code = "unknown_authority"
    kind = "not_found"
    title_en = "There is no such authority."
    title_zh = "不存在该签发机构。"


class UnknownRecordType(AuthoritiesError):
    """The authority keeps no register of this type."""

    code = "unknown_record_type"
    title_en = "The authority keeps no register of this type."
    title_zh = "该机构没有此类登记簿。"
    explanation_zh = "请从页面所列的凭证类型中选择。"


class UnreadableSpreadsheet(AuthoritiesError):
    """The file cannot be read as a table at all; no row was looked at."""

    code = "unreadable_spreadsheet"
    title_en = "The file cannot be read as a table."
    title_zh = "无法将该文件读作表格。"
    explanation_zh = "请选择 UTF-8 编码的 CSV 或 XLSX 文件，首行为列名。"


class SpreadsheetTooLarge(AuthoritiesError):
    """The file has more bytes, rows or columns than an import takes."""

    code = "spreadsheet_too_large"
    kind = "too_large"
    title_en = "The file is larger than an import takes."
    title_zh = "文件超出导入上限。"
    explanation_zh = "请拆分为多个较小的文件后分别导入。"


class RowsRefused(AuthoritiesError):
    """Rows break the type's schema, and the import was to take all or nothing."""

    code = "rows_refused"
    title_en = "Some rows are not valid; nothing was changed."
    title_zh = "部分行未通过校验，登记簿未作任何更改。"
    explanation_zh = "请按所列行号改正后重新导入。"


class UnknownImport(AuthoritiesError):
    """No such import of this authority."""

    code = "unknown_import"
    kind = "not_found"
    title_en = "There is no such import."
    title_zh = "不存在该导入。"


class ImportAlreadyCommitted(AuthoritiesError):
    """The import's rows are in the register already."""

    code = "import_already_committed"
    kind = "conflict"
    title_en = "The import was committed before."
    title_zh = "该导入此前已提交。"
    explanation_zh = "该文件的正确行已在登记簿中，无需再次提交。"


class UnknownLedger(AuthoritiesError):
    """The tax register holds no invoice ledger of this enterprise."""

    code = "unknown_ledger"
    kind = "not_found"
    title_en = "There is no invoice ledger of this enterprise."
    title_zh = "没有该企业的发票台账。"


class LedgerDamaged(AuthoritiesError):
    """Stored ledger bytes do not have the digest recorded for them."""

    code = "ledger_damaged"
    kind = "unavailable"
    title_en = "The stored invoice ledger is damaged."
    title_zh = "所存发票台账已损坏。"


class CityDataMissing(AuthoritiesError):
    """The data directory lacks a file the city needs."""

    code = "city_data_missing"
    title_en = "The data directory lacks a file the city needs."
    title_zh = "数据目录缺少构建城市所需的文件。"


class CityMismatch(AuthoritiesError):
    """The database already holds a city of the other origin."""

    code = "city_mismatch"
    kind = "conflict"
    title_en = "The register already holds another city."
    title_zh = "登记簿中已有另一座城市。"


class IssuerRefused(AuthoritiesError):
    """The issuer may not issue this type at all, so that no record was issued."""

    code = "issuer_refused"
    kind = "conflict"
    title_en = "The authority may not issue this type now."
    title_zh = "该机构目前不得签发此类凭证。"
    explanation_zh = "签发资格已被监管部门暂停或尚未授予；恢复后方可签发。"


class SourceFailed(AuthoritiesError):
    """A source of records cannot be read: it does not answer, or not in its form."""

    code = "source_failed"
    kind = "unavailable"
    title_en = "The source of the records cannot be read."
    title_zh = "无法读取数据来源。"
    explanation_zh = "已签发的部分不受影响；来源恢复后重新执行即可继续。"


class UnknownJob(AuthoritiesError):
    """No such issuance job of this authority."""

    code = "unknown_job"
    kind = "not_found"
    title_en = "There is no such issuance job."
    title_zh = "不存在该签发任务。"


class JobTakenOver(AuthoritiesError):
    """Another process took the job up; this one keeps nothing more."""

    code = "job_taken_over"
    kind = "conflict"
    title_en = "Another process took the job up."
    title_zh = "该任务已由另一进程接手。"
