"""What a contract's refusal means, in a sentence that a credit officer can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from credit.model.records import ChainStatus
from credit.model.scorecard import Text

_SENTENCES = {
    "PledgeRegistry_OverPledged": Text(
        "该应收账款已被质押，合约拒绝重复质押：已占用{0}，本次申请{1}，合计不得超过100%。",
        "The receivable is already pledged and the contract refused to pledge it again: "
        "{0} is taken, {1} was asked for, and together they may not exceed 100 %.",
    ),
    "PledgeRegistry_CredentialNotValid": Text(
        "该应收账款的凭证已被撤销或暂停，不能质押。",
        "The receivable's credential is revoked or suspended and cannot be pledged.",
    ),
    "PledgeRegistry_NotIncluded": Text(
        "该应收账款的凭证未能证明已上链存证。",
        "The receivable's credential could not be proved to be anchored on chain.",
    ),
    "PledgeRegistry_NotLicensed": Text(
        "本行目前未获质押登记许可或许可已暂停。",
        "The bank is not licensed to pledge at present, or its licence is suspended.",
    ),
    "CreditRegistry_NotLicensed": Text(
        "本行目前未获贷款存证许可或许可已暂停。",
        "The bank is not licensed to attest loans at present, or its licence is suspended.",
    ),
}


def explain(status: ChainStatus | None) -> Text | None:
    """Return why an intent failed, in both languages; None where it did not fail."""
    if status is None or status.state != "failed":
        return None
    sentence = _SENTENCES.get(status.error_name or "")
    if sentence is None:
        name = status.error_name or "-"
        return Text(f"合约拒绝了该操作：{name}。", f"The contract refused the operation: {name}.")
    shares = _shares(status.error_args)
    return Text(sentence.zh.format(*shares), sentence.en.format(*shares))


def _shares(args: Sequence[Any] | Mapping[str, Any] | None) -> tuple[str, str]:
    """Return the last two arguments as per cent; a dash where the chain gave none."""
    values = list(args.values()) if isinstance(args, Mapping) else list(args or ())
    if len(values) < 3:
        return "-", "-"
    already, requested = (f"{int(value) / 100:g} %" for value in values[1:3])
    return already, requested
