"""The invoice ledger of one enterprise, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from credit.errors import LedgerMalformed

Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Fen = NDArray[np.int64]
Codes = NDArray[np.int64]

COLUMNS = (
    "side",
    "invoice_no",
    "date",
    "counterparty",
    "net_fen",
    "vat_fen",
    "gross_fen",
    "voided",
)


@dataclass(frozen=True)
class InvoiceLedger:
    """One enterprise's invoices as columns of equal length.

    ``is_output`` marks sales (销项); the rest are purchases (进项). ``counterparty`` holds codes,
    equal where the counterparty is the same within the ledger. Voided rows stay, marked.
    """

    digest: str
    is_output: Flags
    day: Days
    counterparty: Codes
    net_fen: Fen
    gross_fen: Fen
    voided: Flags

    def until(self, cut: date) -> InvoiceLedger:
        """Return the ledger without anything dated after the cut."""
        kept = self.day <= np.datetime64(cut, "D")
        return InvoiceLedger(
            digest=self.digest,
            is_output=self.is_output[kept],
            day=self.day[kept],
            counterparty=self.counterparty[kept],
            net_fen=self.net_fen[kept],
            gross_fen=self.gross_fen[kept],
            voided=self.voided[kept],
        )


def invoice_ledger(digest: str, columns: Mapping[str, Sequence[Any]]) -> InvoiceLedger:
    """Build a ledger from its columns.

    Fully identical rows all count, as they do in the tax register's own aggregates.

    Args:
        digest: SHA-256 (hex) of the canonical ledger bytes.
        columns: side (``output``|``input``), invoice_no, date (ISO text or date), counterparty,
            net_fen, vat_fen, gross_fen, voided.
    Raises:
        LedgerMalformed: a column is absent, of another length or of the wrong kind.
    """
    absent = [name for name in COLUMNS if name not in columns]
    if absent:
        raise LedgerMalformed(f"the ledger has no column {', '.join(absent)}")
    lengths = {len(columns[name]) for name in COLUMNS}
    if len(lengths) != 1:
        raise LedgerMalformed(f"the ledger's columns have different lengths: {sorted(lengths)}")
    try:
        side = np.asarray(columns["side"], dtype=np.str_)
        day = np.asarray(columns["date"], dtype="datetime64[D]")
        counterparty = _codes(columns["counterparty"])
        net, _, gross = (_whole(columns[n], n) for n in ("net_fen", "vat_fen", "gross_fen"))
        voided = np.asarray(columns["voided"])
    except (ValueError, TypeError, OverflowError) as error:
        raise LedgerMalformed("a ledger column holds a value of the wrong kind") from error
    if len(voided) and voided.dtype != np.bool_:
        raise LedgerMalformed(f"column voided must hold true or false, found {voided.dtype}")
    if not bool(np.isin(side, ("output", "input")).all()) or bool(np.isnat(day).any()):
        raise LedgerMalformed("side must be output or input, and every row needs a date")
    return InvoiceLedger(
        digest=digest,
        is_output=side == "output",
        day=day,
        counterparty=counterparty,
        net_fen=net,
        gross_fen=gross,
        voided=voided.astype(np.bool_),
    )


def _codes(values: Sequence[Any]) -> Codes:
    _, position = np.unique(np.asarray(values, dtype=np.str_), return_inverse=True)
    return np.asarray(position, dtype=np.int64)


def _whole(values: Sequence[Any], name: str) -> Fen:
    array = np.asarray(values)
    if len(array) and not np.issubdtype(array.dtype, np.integer):
        raise LedgerMalformed(f"column {name} must hold whole fen, found {array.dtype}")
    return array.astype(np.int64)
