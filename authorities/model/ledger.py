"""An enterprise's invoice ledger: columns of one length, and its canonical bytes.

Canonical bytes: UTF-8 CSV without quoting, lines ended by LF; the header line
``side,date,invoice_no,counterparty,net_fen,vat_fen,gross_fen,voided``, then one line per row, the
lines sorted by their bytes. ``date`` is YYYY-MM-DD, amounts are signed decimal fen, ``voided`` is
0 or 1. The ledger digest is the SHA-256 of these bytes, so that it depends on which invoices there
are and not on the order in which a source lists them.

Fully identical rows are kept: the source's published counts include them, and an invoice number
alone (without the code of its book) does not prove that two rows are the same document.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = "side,date,invoice_no,counterparty,net_fen,vat_fen,gross_fen,voided"
INPUT, OUTPUT = "input", "output"

Column = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Invoices of one enterprise, column by column; all columns have the same length.

    ``side``: "input" (received, for purchases) or "output" (issued, for sales); ``date``:
    datetime64[D]; ``net_fen``, ``vat_fen``, ``gross_fen``: int64, negative for red-letter
    invoices; ``voided``: bool, a voided invoice counts for no turnover.
    """

    side: Column
    invoice_no: Column
    date: Column
    counterparty: Column
    net_fen: NDArray[np.int64]
    vat_fen: NDArray[np.int64]
    gross_fen: NDArray[np.int64]
    voided: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.net_fen)

    def columns(self) -> dict[str, Column]:
        """Return the columns by name, as ``pandas.DataFrame`` takes them."""
        return {name: getattr(self, name) for name in COLUMNS}

    def where(self, mask: NDArray[np.bool_]) -> Ledger:
        """Return the rows that the mask selects."""
        return Ledger(**{name: column[mask] for name, column in self.columns().items()})

    def between(self, first: np.datetime64, last: np.datetime64) -> Ledger:
        """Return the rows dated ``first..last``, both included."""
        return self.where((self.date >= first) & (self.date <= last))

    @cached_property
    def output(self) -> Ledger:
        """The invoices issued, for sales."""
        return self.where(self.side == OUTPUT)

    @cached_property
    def input(self) -> Ledger:
        """The invoices received, for purchases."""
        return self.where(self.side == INPUT)

    @cached_property
    def valid(self) -> Ledger:
        """The invoices that count: blue and red ones, without the voided."""
        return self.where(~self.voided)

    @cached_property
    def canonical(self) -> bytes:
        """The canonical bytes; see the module's first lines."""
        rows = zip(
            self.side.tolist(),
            self.date.astype("datetime64[D]").astype(str).tolist(),
            self.invoice_no.tolist(),
            self.counterparty.tolist(),
            self.net_fen.tolist(),
            self.vat_fen.tolist(),
            self.gross_fen.tolist(),
            self.voided.tolist(),
            strict=True,
        )
        lines = sorted(map("%s,%s,%s,%s,%d,%d,%d,%d".__mod__, rows))
        return "\n".join([HEADER, *lines, ""]).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, lower-case hex."""
        return sha256(self.canonical).hexdigest()

    def packed(self) -> bytes:
        """Return the canonical bytes, compressed for storage."""
        return gzip.compress(self.canonical, compresslevel=1, mtime=0)


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


def ledger_of(columns: Mapping[str, Any]) -> Ledger:
    """Return a ledger of plain sequences, giving each column its type."""
    return Ledger(
        side=np.asarray(columns["side"], dtype="U6"),
        invoice_no=np.asarray(columns["invoice_no"], dtype=np.str_),
        date=np.asarray(columns["date"], dtype="datetime64[D]"),
        counterparty=np.asarray(columns["counterparty"], dtype=np.str_),
        net_fen=np.asarray(columns["net_fen"], dtype=np.int64),
        vat_fen=np.asarray(columns["vat_fen"], dtype=np.int64),
        gross_fen=np.asarray(columns["gross_fen"], dtype=np.int64),
        voided=np.asarray(columns["voided"], dtype=np.bool_),
    )


def parse_canonical(data: bytes) -> Ledger:
    """Return the ledger of canonical bytes, its rows in canonical order.

    Raises:
        ValueError: the bytes are not in the canonical form.
    """
    header, *lines = data.decode().split("\n")
    if header != HEADER or not lines or lines.pop() or lines != sorted(lines):
        raise ValueError("not the canonical bytes of an invoice ledger")
    width = len(COLUMNS)
    if any(line.count(",") != width - 1 for line in lines):
        raise ValueError(f"not enough values or too many: a line holds {width}")
    # One split of the whole is several times faster than one of each line.
    cells = ",".join(lines).split(",") if lines else []
    side, date, invoice_no, counterparty, net, vat, gross, voided = (
        cells[start::width] for start in range(width)
    )
    ledger = ledger_of(
        {
            "side": side,
            "invoice_no": invoice_no,
            "date": date,
            "counterparty": counterparty,
            "net_fen": net,
            "vat_fen": vat,
            "gross_fen": gross,
            "voided": np.asarray(voided, dtype="U1") == "1",
        }
    )
    ledger.__dict__["canonical"] = data  # as read; writing it anew would take as long again
    return ledger


def unpack(data: bytes) -> Ledger:
    """Return the ledger of stored bytes; the inverse of :meth:`Ledger.packed`."""
    return parse_canonical(gzip.decompress(data))
