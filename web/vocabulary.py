"""Words and signs for states, steps and sources that pages of all packages share."""

from __future__ import annotations

from flask import Flask

# code → (badge kind, Chinese, English); a kind is ok, warn, bad, info, wait, off or unknown.
STATES: dict[str, tuple[str, str, str]] = {
    "valid": ("ok", "有效", "Valid"),
    "active": ("ok", "生效中", "Active"),
    "live": ("ok", "存续", "Live"),
    "accredited": ("ok", "已认可", "Accredited"),
    "accepted": ("ok", "已接受", "Accepted"),
    "approved": ("ok", "已批准", "Approved"),
    "granted": ("ok", "已放款", "Granted"),
    "opened": ("ok", "已开户", "Opened"),
    "anchored": ("ok", "已上链", "Anchored"),
    "mined": ("ok", "已上链", "On chain"),
    "repaid": ("ok", "已还清", "Repaid"),
    "settled": ("ok", "已结清", "Settled"),
    "passed": ("ok", "通过", "Passed"),
    "questioned": ("warn", "已质询", "Questioned"),
    "draft": ("info", "草稿", "Draft"),
    "prefilled": ("info", "已预填", "Pre-filled"),
    "signed": ("info", "已签署", "Signed"),
    "submitted": ("wait", "已提交", "Submitted"),
    "requested": ("wait", "已请求", "Requested"),
    "registering": ("wait", "登记上链中", "Registering on chain"),
    "received": ("wait", "待审批", "To be decided"),
    "queued": ("wait", "待上链", "Queued"),
    "sent": ("wait", "已发送", "Sent"),
    "pending": ("wait", "处理中", "Pending"),
    "in_review": ("wait", "审查中", "In review"),
    "referred": ("warn", "转人工", "Referred"),
    "review": ("warn", "转人工", "Review"),
    "returned": ("warn", "已退回", "Returned"),
    "overdue": ("warn", "逾期", "Overdue"),
    "disputed": ("warn", "有争议", "Disputed"),
    "conflict": ("warn", "有冲突", "Conflict"),
    "paused": ("off", "已暂停", "Paused"),
    "suspended": ("bad", "已暂停", "Suspended"),
    "not_accredited": ("off", "未获认可", "Not accredited"),
    "skipped": ("off", "已跳过", "Skipped"),
    "expired": ("off", "已过期", "Expired"),
    "withdrawn": ("off", "已撤回", "Withdrawn"),
    "released": ("off", "已解除", "Released"),
    "dissolved": ("off", "已注销", "Dissolved"),
    "revoked": ("bad", "已撤销", "Revoked"),
    "refused": ("bad", "已拒绝", "Refused"),
    "rejected": ("bad", "已驳回", "Rejected"),
    "failed": ("bad", "未通过", "Failed"),
    "written_off": ("bad", "已核销", "Written off"),
    "cannot_check": ("unknown", "无法核验", "Cannot check"),
}

# badge, notice or event kind → icon
KIND_ICONS: dict[str, str] = {
    "ok": "check",
    "warn": "warn",
    "bad": "cross",
    "info": "info",
    "wait": "clock",
    "off": "pause",
    "unknown": "question",
}

# how a field was filled → (icon, Chinese, English)
PROVENANCE_KINDS: dict[str, tuple[str, str, str]] = {
    "prefilled": ("shield", "凭证预填", "From credential"),
    "derived": ("gear", "系统推导", "Derived"),
    "declared": ("clock", "此前申报", "Declared before"),
    "typed": ("pen", "人工填写", "Typed"),
    "edited": ("pen", "已修改", "Edited"),
    "chosen": ("check", "本次选择", "Chosen"),
    "bank": ("user", "银行填写", "By the bank"),
    "conflict": ("warn", "来源冲突", "Sources differ"),
    "missing": ("skip", "无来源", "No source"),
}

# verification step → (Chinese, English)
STEP_NAMES: dict[str, tuple[str, str]] = {
    "structure": ("结构", "Structure"),
    "issuer_signature": ("签发者签名", "Issuer signature"),
    "issuer_accredited": ("签发资格", "Issuer accredited"),
    "validity": ("有效期", "Validity"),
    "status": ("状态", "Status"),
    "anchor": ("链上锚定", "Anchor"),
    "holder_binding": ("持有者绑定", "Holder binding"),
    "answers_request": ("与请求相符", "Answers the request"),
    "consent": ("授权", "Consent"),
}

# icon → path in a 16 × 16 box, drawn as a line
ICONS: dict[str, str] = {
    "check": "M3 8.5l3.2 3.2L13 5",
    "cross": "M4 4l8 8M12 4l-8 8",
    "warn": "M8 2.2L14.6 13.5H1.4zM8 6.5v3.2M8 11.6v.2",
    "info": "M8 7.2v4M8 4.8v.2M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z",
    "clock": "M8 4.5V8l2.4 1.6M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z",
    "pause": "M5.5 4v8M10.5 4v8",
    "question": (
        "M6 6a2 2 0 113 1.7c-.7.4-1 .8-1 1.6M8 11.4v.2M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z"
    ),
    "shield": "M8 1.8l5 1.8v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4zM5.6 8l1.8 1.8L10.6 6.4",
    "pen": "M3 13l.7-3L10.6 3.1l2.3 2.3L6 12.3z",
    "gear": "M3 5h10M3 11h10M6 3v4M10 9v4",
    "skip": "M4 8h8",
    "dot": "M8 6.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3z",
    "arrow": "M3 8h9M8.5 4.5L12 8l-3.5 3.5",
    "user": "M8 8a2.6 2.6 0 100-5.2A2.6 2.6 0 008 8zM3 13.6c.5-2.6 2.5-3.9 5-3.9s4.5 1.3 5 3.9",
}


def init_app(app: Flask) -> None:
    """Give the macros their words and signs."""
    app.jinja_env.globals.update(
        STATES=STATES,
        KIND_ICONS=KIND_ICONS,
        PROVENANCE_KINDS=PROVENANCE_KINDS,
        STEP_NAMES=STEP_NAMES,
        ICONS=ICONS,
    )
