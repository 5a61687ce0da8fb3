"""The rows that are refused, each with its number, column, value and reason.

A row is listed once, with its first fault in the order of `fraud.schema`. All are counted, the first 100,000 are
kept. A report names what people typed, so it may hold personal data: it belongs where the file itself belongs.
"""

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

__all__ = ["KEPT", "REASONS", "BadRow", "Faults", "Quarantine", "faults_at", "write_rows"]

KEPT = 100_000
"""How many refused rows are kept with their values; the rest is only counted."""

LONGEST_VALUE = 80

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "fields-too-few": ("the row has fewer cells than the header", "该行列数少于表头"),
        "fields-too-many": ("the row has more cells than the header", "该行列数多于表头"),
        "time-missing": ("the time is missing", "缺少交易时间"),
        "time-unreadable": (
            "the time cannot be read: write it as 2018-04-01 09:05:31, or say how it is written with [time] format",
            "交易时间无法识别",
        ),
        "time-ambiguous": (
            'day and month cannot be told apart: say which is first with [time] format = "%d/%m/%Y %H:%M"',
            "日与月无法区分，请在映射中写明格式",
        ),
        "time-is-a-number": (
            'the time is a number: say what it counts with [time] unit = "seconds" and origin = "2018-04-01"',
            "交易时间是数字，请在映射中写明单位和起点",
        ),
        "time-not-a-number": ("the time is not a number, as [time] unit says", "交易时间不是数字，与映射不符"),
        "time-not-in-format": ("the time is not written as [time] format says", "交易时间与映射中的格式不符"),
        "time-implausible": ("the time is not between 1990 and 2099", "交易时间不在 1990 至 2099 年之间"),
        "time-zone-mixed": (
            "some times of the file have a zone and some have not: write all of them the same way",
            "部分时间带时区、部分不带",
        ),
        "id-missing": ("the identifier is missing", "缺少标识"),
        "id-repeated": ("the number of the transaction was used in an earlier row", "交易编号重复，保留首次出现的一行"),
        "amount-missing": ("the amount is missing", "缺少金额"),
        "amount-not-a-number": ("the amount is not a number", "金额不是数字"),
        "amount-not-finite": ("the amount is not a finite number", "金额不是有限数"),
        "amount-negative": ("the amount is negative", "金额为负"),
        "amount-too-large": ("the amount is above 100 billion yuan", "金额超过一千亿元"),
        "amount-not-whole-fen": ("the amount is not a whole number of fen", "金额不是整数分"),
        "number-unreadable": ("the value is not a number", "不是数字"),
        "number-out-of-range": ("the number is out of its range", "数值超出范围"),
        "text-too-long": ("the text is longer than 256 bytes or holds a line end", "文本过长或含换行"),
        "label-missing": ("the label is missing", "缺少欺诈标签"),
        "label-unknown": ("the label is neither 0 nor 1", "欺诈标签不是 0 或 1"),
    }
)
"""For each code of a reason the sentence that people read, in English and in Chinese."""

Faults = dict[int, str]
"""From the place of a bad cell in its batch to the code of the reason; most batches have none."""

HEADER = ("row", "column", "value", "reason", "code", "原因")


@dataclass(frozen=True)
class BadRow:
    """One refused row: its number in the file, our name of the column, the value, and the code of the reason."""

    row: int
    column: str
    value: str
    reason: str

    def shortened(self) -> "BadRow":
        r"""Return the same with a value in one line of at most 80 letters.

        Examples
        --------
        >>> BadRow(7, "", "a\nb", "fields-too-few").shortened().value
        'a b'
        """
        flat = " ".join(self.value.split())
        if len(flat) > LONGEST_VALUE:
            flat = flat[: LONGEST_VALUE - 1] + "…"
        return BadRow(self.row, self.column, flat, self.reason)


def faults_at(wrong: NDArray[np.bool_], code: str) -> Faults:
    """Give every place at which `wrong`, of shape (n,), is true the same code.

    Examples
    --------
    >>> faults_at(np.array([False, True]), "label-missing")
    {1: 'label-missing'}
    """
    return dict.fromkeys(np.flatnonzero(wrong).tolist(), code)


@dataclass
class Quarantine:
    """Counts what is refused, and keeps the beginning of it.

    Examples
    --------
    >>> quarantine = Quarantine()
    >>> quarantine.add([BadRow(7, "amount_fen", "-3", "amount-negative")])
    >>> quarantine.total, dict(quarantine.counts), quarantine.kept[0].row
    (1, {'amount-negative': 1}, 7)
    """

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[BadRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many rows are refused."""
        return self.counts.total()

    def add(self, rows: Iterable[BadRow], more: Mapping[str, int] = MappingProxyType({})) -> None:
        """Take in refused rows, and for each reason the number of those that come without their values."""
        for row in rows:
            self.counts[row.reason] += 1
            if len(self.kept) < KEPT:
                self.kept.append(row.shortened())
        self.counts.update(more)


def write_rows(rows: Iterable[BadRow], path: Path, counted_in: str = "row") -> None:
    """Write refused rows as CSV in UTF-8 with its mark, which spreadsheets need for Chinese.

    Parameters
    ----------
    rows
        What is written, in this order.
    path
        Where to; the file appears when it is whole, and replaces one of the same name.
    counted_in
        "line" or "row": the name of the first column.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((counted_in, *HEADER[1:]))
            for row in rows:
                reason, reason_zh = REASONS[row.reason]
                writer.writerow((row.row, row.column, row.value, reason, row.reason, reason_zh))
        # Such a temporary file can be read by its owner only, which a report need not be.
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
