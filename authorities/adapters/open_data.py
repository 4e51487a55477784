"""Read the open data sets: the Beijing company register and the masked VAT invoices.

Rows that the sources themselves break are dealt with here, once: capital units, padded states,
dates without leading zeros, rows without a usable code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from authorities.errors import CityDataMissing
from authorities.model.ledger import INPUT, OUTPUT, Ledger, ledger_of
from authorities.model.registration import MISSING, Registration, parse_capital
from authorities.pairing import Source, SourceFacts

_REGISTER = "cn_enterprise_registration/beijing.csv.gz"
_ANNEXES = ("annex1", "annex2")
_SIDES = {INPUT: "销方单位代号", OUTPUT: "购方单位代号"}
_VOIDED = "作废发票"


@dataclass(frozen=True)
class Invoices:
    """All invoices of the data set, sorted by enterprise, with each one's row range."""

    table: pd.DataFrame
    ranges: dict[str, tuple[int, int]]

    def ledger(self, code: str) -> Ledger:
        """Return the ledger of one enterprise."""
        first, last = self.ranges[code]
        part = self.table.iloc[first:last]
        return ledger_of({name: part[name].to_numpy() for name in part.columns if name != "code"})

    def facts(self) -> dict[str, SourceFacts]:
        """Return turnover and first invoice date of every enterprise."""
        table = self.table
        sold = table[(table["side"] == OUTPUT) & ~table["voided"]]
        turnover = sold.groupby("code")["net_fen"].sum()
        first = table.groupby("code")["date"].min()
        return {
            str(code): SourceFacts(int(turnover.get(code, 0)), _date(first[code]))
            for code in self.ranges
        }


def read_sources(data: Path) -> list[Source]:
    """Return the enterprises that have invoices, in the order of their codes' numbers."""
    tables = [
        pd.read_csv(_path(data, f"cumcm2020c/{annex}_enterprises.csv"), dtype=str)
        for annex in _ANNEXES
    ]
    table = pd.concat(tables)
    pairs = zip(table["企业代号"], table["企业名称"], strict=True)
    sources = [Source(str(code), str(name).strip()) for code, name in pairs]
    return sorted(sources, key=lambda source: int(source.code[1:]))


def read_invoices(data: Path) -> Invoices:
    """Return all invoices; amounts become fen by rounding the two printed decimals."""
    tables = [
        _read_side(_path(data, f"cumcm2020c/{annex}_{side}_invoices.csv.gz"), side, column)
        for annex in _ANNEXES
        for side, column in _SIDES.items()
    ]
    table = pd.concat(tables).sort_values("code", kind="stable", ignore_index=True)
    codes, firsts = np.unique(table["code"].to_numpy(dtype=np.str_), return_index=True)
    starts = firsts.tolist()
    ranges = zip(starts, [*starts[1:], len(table)], strict=True)
    return Invoices(table, dict(zip(codes.tolist(), ranges, strict=True)))


def _read_side(path: Path, side: str, counterparty: str) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype={"企业代号": str, "发票号码": str, counterparty: str})
    return pd.DataFrame(
        {
            "code": raw["企业代号"],
            "side": side,
            "invoice_no": raw["发票号码"],
            "date": pd.to_datetime(raw["开票日期"], format="%Y/%m/%d"),
            "counterparty": raw[counterparty],
            "net_fen": _fen(raw["金额"]),
            "vat_fen": _fen(raw["税额"]),
            "gross_fen": _fen(raw["价税合计"]),
            "voided": raw["发票状态"].str.strip() == _VOIDED,
        }
    )


def read_registrations(data: Path) -> Iterator[Registration]:
    """Yield the registered companies, conforming or not; the pairing chooses among them."""
    table = pd.read_csv(_path(data, _REGISTER), dtype=str, keep_default_na=False)
    columns = [
        "统一社会信用代码",
        "企业名称",
        "注册日期",
        "注册资金",
        "经营范围",
        "地区",
        "注册地址",
    ]
    for uscc, name, day, capital, scope, district, address in table[columns].itertuples(
        index=False, name=None
    ):
        yield Registration(
            uscc=uscc,
            name=name.strip(),
            registered_on=date.fromisoformat(day),
            capital=parse_capital(capital),
            scope="" if scope == MISSING else scope.strip(),
            district="" if district == MISSING else district,
            address=address if address.startswith("北京") else f"北京市{district}区{address}",
        )


def _path(data: Path, name: str) -> Path:
    path = data / name
    if not path.is_file():
        raise CityDataMissing(
            f"expected {name} in the data directory; point SANDBOX_DATA at a directory that has "
            "it, or leave SANDBOX_DATA empty for the generated city"
        )
    return path


def _fen(yuan: pd.Series[float]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.rint(yuan.to_numpy(dtype=np.float64) * 100).astype(np.int64)


def _date(stamp: pd.Timestamp) -> date:
    return stamp.date()
