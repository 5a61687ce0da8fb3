"""`hexi list`: the cases, the paper's 37, the tables and the benchmarks."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from engines import catalogue
from engines.errors import UnknownNameError
from engines.paper import paper_cases
from engines.progress import bars
from engines.start import durations
from engines.words.screen import ERR, OUT

__all__ = ["show_list"]


def show_list(given: argparse.Namespace) -> int:
    """Show the catalogue, after measuring how long cases take if asked to."""
    if given.measure is not None:
        _measure(given.measure)
    if given.json:
        print(json.dumps(_document(), ensure_ascii=False))  # noqa: T201  # JSON is what was asked for
        return 0
    _show_cases()
    _show_paper()
    _show_tables()
    _show_benchmarks()
    return 0


def _measure(names: Sequence[str]) -> None:
    from engines.start.durations import measure

    known = list(catalogue.cases())
    for name in names:
        if name not in known:
            raise UnknownNameError("case", name, known)
    with bars(ERR) as report:
        measure(names or known, report)


def _document() -> dict[str, Any]:
    from datasets.catalogue import TABLES

    cases, taken = catalogue.cases(), durations.read()
    return {
        "paper": [vars(one) for one in paper_cases(cases.values())],
        "cases": [vars(entry) | {"takes": dict(taken.cases.get(name, {}))} for name, entry in cases.items()],
        "tables": [{"name": name, "holds": one.holds, "holds_zh": one.holds_zh} for name, one in TABLES.items()],
        "benchmarks": sorted(catalogue.benchmarks()),
    }


def _show_cases() -> None:
    shown = Table("case · 案例", "paper · 白皮书", "title · 名称", title="hexi run CASE", title_justify="left")
    for entry in catalogue.cases().values():
        shown.add_row(entry.name, entry.paper_case, f"{entry.title}\n{entry.title_zh}")
    OUT.print(shown)


def _show_paper() -> None:
    """Show all 37: what runs, of which engine, how long it takes, or why nothing runs."""
    taken = durations.read()
    shown = Table(title="all 37 cases", title_justify="left")
    for heading in ("", "title · 名称", "engine\n引擎", "here, and how long\n本项目，用时"):
        shown.add_column(heading, overflow="fold")  # a Chinese title has no spaces to break at
    for one in paper_cases(catalogue.cases().values()):
        runs = [f"hexi run {name}{_after(taken.shown(name))}" for name in one.runs]
        title = f"{one.bank}: {one.title}\n{one.bank_zh}：{one.title_zh}"
        shown.add_row(one.number, title, one.engine.replace("_", " "), "\n".join(runs) or one.why)
    OUT.print(shown)
    if taken.about:
        OUT.print(f"how long · 用时: {taken.about}; CPU: seconds of CPU, where the machine was busy", highlight=False)


def _after(takes: str) -> str:
    return f" ({takes})" if takes else ""


def _show_tables() -> None:
    from datasets.catalogue import TABLES

    shown = Table("table · 数据表", "holds · 内容", "", title="hexi data NAME -n N -o FILE", title_justify="left")
    for name, table in TABLES.items():
        shown.add_row(name, table.holds, table.holds_zh)
    OUT.print(shown)


def _show_benchmarks() -> None:
    from benchmarks.groups import group_of

    shown = Table("benchmark · 基准", "group · 组", "measures · 内容", title="hexi bench NAME", title_justify="left")
    for entry in catalogue.benchmarks().values():
        shown.add_row(entry.name, group_of(entry.name), f"{entry.title}\n{entry.title_zh}")
    OUT.print(shown)
