"""`hexi bench page|table|compare`: what is done with the records under `benchmarks/results/`."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from engines import catalogue
from engines.errors import EngineError, UnknownNameError, UnknownOptionError
from engines.progress import bars
from engines.words.options import check_output
from engines.words.screen import ERR, OUT

if TYPE_CHECKING:
    from benchmarks.comparison import Change
    from benchmarks.contests import Duel

__all__ = ["README_FILES", "work"]

README_FILES = {"README.md": "en", "README.zh-CN.md": "zh"}
"""Files of the checkout that may hold the table, and in which language."""

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = Path("benchmarks.html")


def work(word: str, names: Sequence[str], given: argparse.Namespace) -> int:
    """Do what the word says; names are those of benchmarks or groups, for `compare` only."""
    if names and word != "compare":
        raise UnknownOptionError(f"hexi bench {word} is about all records and takes no name")
    measuring = {"--quick": given.quick, "--record": given.record, "--scorer": given.scorer, "--data": given.data}
    for flag, value in measuring.items():
        if value:
            raise UnknownOptionError(f"{flag} is for a measurement, not for hexi bench {word}")
    return {"page": _page, "table": _table, "compare": _compare}[word](given, names)


def _page(given: argparse.Namespace, names: Sequence[str]) -> int:  # noqa: ARG001  # all three are called alike
    """Write the page of all records."""
    path = given.output or _PAGE
    check_output(path)
    from engines.measured.page import write_page

    write_page(path)
    ERR.print(f"page written · 页面已写入: {path}", highlight=False, soft_wrap=True)
    return 0


def _table(given: argparse.Namespace, names: Sequence[str]) -> int:  # noqa: ARG001  # all three are called alike
    """Write the table into the README, or say whether it stands there as recorded."""
    from benchmarks.recording import read_records
    from benchmarks.summary import BEGIN, between_marks, table

    records, differs = read_records(), []
    for name, language in README_FILES.items():
        path = _ROOT / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not text or (BEGIN not in text and language != "en"):
            continue
        whole = between_marks(text, table(records, language), name)
        if whole != text:
            differs.append(name)
            if not given.check:
                path.write_text(whole, encoding="utf-8", newline="\n")
    said = "differs from the records · 与记录不符" if given.check else "written · 已写入"
    told = f"{', '.join(differs)}: {said}" if differs else "the table is as recorded · 表格与记录一致"
    OUT.print(told, highlight=False, soft_wrap=True)
    return 1 if differs and given.check else 0


def _compare(given: argparse.Namespace, names: Sequence[str]) -> int:
    """Measure again, or read what was measured, and report each ratio that fell; the exit code is 1 if one did."""
    from benchmarks.comparison import TOLERATED, changes, fallen, vanished
    from benchmarks.contests import duels
    from benchmarks.recording import circumstances, read_records

    records = read_records()
    load = circumstances()["load"]
    pairs: list[Change] = []
    lost: list[Duel] = []
    for name, now in _new(given, names):
        if name not in records:
            ERR.print(f"{name}: not recorded · 无记录", highlight=False)
            continue
        before, after = duels(records[name]), duels(now)
        pairs += changes(before, after)
        lost += vanished(before, after)
    if not pairs:
        raise EngineError("nothing to compare: what was measured has no ratio that is recorded (was it a quick run?)")
    bad = fallen(pairs)
    if bad:
        _show(bad)
    if lost:
        told = "; ".join(dict.fromkeys(f"{one.benchmark}: {one.ours} / {one.other}" for one in lost))
        ERR.print(f"recorded, not measured now · 未再测量: {len(lost)} ({told})", highlight=False, soft_wrap=True)
    OUT.print(
        f"{len(bad)} of {len(pairs)} ratios fell by more than {TOLERATED:.0%} · {len(pairs)} 项比值中 {len(bad)} 项下降"
        + ("" if given.source else f"; load · 负载 {load}, {circumstances()['load']}"),
        highlight=False,
        soft_wrap=True,
    )
    return 1 if bad else 0


def _new(given: argparse.Namespace, names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the new measurements of each benchmark that is asked for, in the form of a record."""
    from benchmarks.groups import asked_for

    known = catalogue.benchmarks()
    for name in names:
        if name not in known and name not in asked_for([name], known):
            raise UnknownNameError("benchmark", name, sorted(known))
    asked = asked_for(names, known, whole=given.all)
    if given.source is not None:
        read = _read(given.source)
        yield from ((name, read[name]) for name in read if name in asked)
        return
    for name in asked:
        module = catalogue.load(known, name, "benchmark")
        with bars(ERR) as report:
            measured = module.run(progress=report)
        yield name, {"benchmark": name, "measurements": [vars(one) for one in measured]}


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Read a record, or what `hexi bench --json` printed."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(found["benchmark"]): found}
        by_name: dict[str, list[dict[str, Any]]] = {}
        for row in found:
            by_name.setdefault(row["benchmark"], []).append({k: v for k, v in row.items() if k != "benchmark"})
    except (KeyError, TypeError, ValueError):
        raise EngineError(f"{path} is neither a record nor what hexi bench NAME --json prints") from None
    return {name: {"benchmark": name, "measurements": rows} for name, rows in by_name.items()}


def _show(bad: "Sequence[Change]") -> None:
    from benchmarks.summary import times_shown

    shown = Table("what · 内容", "ours · 本项目", "other · 其他", "recorded · 记录", "now · 现在", "change · 变化")
    for one in bad:
        duel = one.recorded
        what = f"{duel.benchmark}: {duel.dataset}\n{duel.metric}"
        ratios = (times_shown(duel.times), times_shown(one.now.times))
        shown.add_row(what, duel.ours, duel.other, *ratios, f"{one.share:+.0%}")
    OUT.print(shown)
