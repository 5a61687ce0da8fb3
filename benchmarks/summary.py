"""The README's table: the rows of `summary.toml`, filled from the records, and what is lost elsewhere.

Nothing is written by hand: a row whose record does not exist, or does not hold it, says so. The table stands between
two marks, so that it can be written again by `hexi bench table` after each new record.
"""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.contests import FLOOR, PEER, Duel, duels
from benchmarks.errors import MarksMissingError

__all__ = ["BEGIN", "END", "Row", "between_marks", "rows", "table", "times_shown"]

BEGIN, END = "<!-- benchmarks: written by `hexi bench table` -->", "<!-- end of benchmarks -->"
"""Marks in a Markdown file between which the table stands."""

Row = tuple[Mapping[str, str], Duel | None]
"""What `summary.toml` says of a row, and the comparison; None if it is not recorded."""

_FILE = Path(__file__).with_name("summary.toml")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "| measured | ours | best other, or floor | ours is so many times as good |",
        "missing": "not recorded",
        "behind": "behind",
        "floor": "of the floor",
        "won": "Of {all} recorded comparisons with others, ours is ahead in {won} and behind in {lost}{where}.",
        "where": " ({list})",
        "on": "Measured on {machines}.",
        "cores": "{name}, {cores} cores",
    },
    "zh": {
        "head": "| 测量内容 | 本项目 | 最好的其他实现，或下限 | 本项目是其几倍 |",
        "missing": "尚无记录",
        "behind": "落后",
        "floor": "相对下限",
        "won": "在已记录的 {all} 项对比中，本项目领先 {won} 项，落后 {lost} 项{where}。",
        "where": "（{list}）",
        "on": "测量环境：{machines}。",
        "cores": "{name}，{cores} 核",
    },
}


@cache
def _wanted() -> Sequence[Mapping[str, str]]:
    found: list[dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["row"]
    return found


def rows(records: Mapping[str, Mapping[str, Any]], wanted: Sequence[Mapping[str, str]] | None = None) -> list[Row]:
    """Return what is shown, and the comparison for each from the records.

    Examples
    --------
    >>> asked = {"benchmark": "graph", "dataset": "d", "metric": "m", "ours": "ours"}
    >>> rows({}, [asked])[0][1] is None
    True
    """
    known = {name: duels(record) for name, record in records.items()}
    asked = _wanted() if wanted is None else wanted
    return [(one, _chosen(one, known.get(one["benchmark"], []))) for one in asked]


def _chosen(asked: Mapping[str, str], known: Sequence[Duel]) -> Duel | None:
    """Return the comparison with the best of those that a row asks for."""
    kind, pattern = (FLOOR, asked["other"]) if "other" in asked else (PEER, "*")
    place = (asked["dataset"], asked["metric"], asked["ours"])
    there = [one for one in known if (one.dataset, one.metric, one.ours) == place and one.kind == kind]
    return min((one for one in there if fnmatchcase(one.other, pattern)), key=lambda one: one.times, default=None)


def table(records: Mapping[str, Mapping[str, Any]], language: str = "en") -> str:
    """Return the table in Markdown, with a sentence on all comparisons and one on the machines.

    Parameters
    ----------
    records
        What was recorded, by the name of the benchmark.
    language
        "en" or "zh".

    Examples
    --------
    >>> print(table({}).splitlines()[2])
    | 561 rules, payments in memory | not recorded | | |
    """
    words = _WORDS[language]
    lines = [words["head"], "|---|---|---|---|", *(_line(row, words, language) for row in rows(records))]
    sentences = [_score(records, words), _machines(records, words)]
    return "\n".join([*lines, "", ("" if language == "zh" else " ").join(one for one in sentences if one)]).rstrip()


def _line(row: Row, words: Mapping[str, str], language: str) -> str:
    asked, duel = row
    what = asked["what_zh"] if language == "zh" else asked["what"]
    if duel is None:
        return f"| {what} | {words['missing']} | | |"
    times = times_shown(duel.times)
    if duel.kind == FLOOR:
        times = f"{times} {words['floor']}"
    elif duel.is_loss:
        times = f"**{times}, {words['behind']}**"
    return f"| {what} | {duel.ours_shown} | {' '.join(filter(None, (duel.other, duel.other_shown)))} | {times} |"


def times_shown(times: float) -> str:
    """Return a ratio with two digits, or as a whole number from ten on; never rounded over 1.

    Examples
    --------
    >>> times_shown(0.7112), times_shown(2.525), times_shown(26.4), times_shown(0.996), times_shown(0.0000364)
    ('0.71×', '2.5×', '26×', '0.99×', '0.000036×')
    """
    if times < 1:
        # to be behind by a hair is to be behind
        return f"{min(times, 0.99):.2f}×" if times >= 0.1 else f"{Decimal(f'{times:.2g}'):f}×"
    return f"{times:.1f}×" if times < 9.95 else f"{times:,.0f}×"


def _score(records: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> str:
    fought = [one for name in sorted(records) for one in duels(records[name]) if one.kind == PEER]
    if not fought:
        return ""
    lost = [one.benchmark for one in fought if one.is_loss]
    counts = ", ".join(f"{name} {lost.count(name)}" for name in dict.fromkeys(lost))
    where = words["where"].format(list=counts) if counts else ""
    return words["won"].format(all=len(fought), won=len(fought) - len(lost), lost=len(lost), where=where)


def _machines(records: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> str:
    found = [record["machine"] for record in records.values()]
    named = [words["cores"].format(name=one["processor"], cores=one["cores"]) for one in found]
    return words["on"].format(machines="; ".join(dict.fromkeys(named))) if named else ""


def between_marks(text: str, inside: str, name: str = "the file") -> str:
    r"""Return a text whose part between the two marks is replaced.

    Raises
    ------
    MarksMissingError
        If the marks are not there, each once and in order.

    Examples
    --------
    >>> before = "\n".join(["a", BEGIN, "old", END, "b"])
    >>> between_marks(before, "new").splitlines()[3:-3]
    ['new']
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end or BEGIN in tail or END in tail + head:
        raise MarksMissingError(f"{name} must hold the lines '{BEGIN}' and '{END}' once, in this order")
    return f"{head}{BEGIN}\n\n{inside}\n\n{END}{tail}"
