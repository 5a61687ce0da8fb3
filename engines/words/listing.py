"""`hexi list`: the cases, the paper's 37, the tables and the benchmarks."""

import argparse
import json

from rich.table import Table

from engines import catalogue
from engines.paper import paper_cases
from engines.words.screen import OUT

__all__ = ["show_list"]


def show_list(given: argparse.Namespace) -> int:
    """Show the catalogue."""
    from datasets.catalogue import TABLES

    cases, benchmarks = catalogue.cases(), catalogue.benchmarks()
    paper = paper_cases(cases.values())
    if given.json:
        rows = [vars(entry) for entry in cases.values()]
        tables = [{"name": name, "holds": table.holds, "holds_zh": table.holds_zh} for name, table in TABLES.items()]
        whole = {"paper": [vars(one) for one in paper], "cases": rows, "tables": tables}
        print(json.dumps(whole | {"benchmarks": sorted(benchmarks)}, ensure_ascii=False))  # noqa: T201  # JSON is what was asked for
        return 0
    shown = Table("case · 案例", "paper · 白皮书", "title · 名称", title="hexi run CASE", title_justify="left")
    for entry in cases.values():
        shown.add_row(entry.name, entry.paper_case, f"{entry.title}\n{entry.title_zh}")
    OUT.print(shown)
    shown = Table("paper · 白皮书", "title · 名称", "here · 本项目", title="all 37 cases", title_justify="left")
    for one in paper:
        shown.add_row(one.number, f"{one.bank}: {one.title}\n{one.bank_zh}：{one.title_zh}", one.said)
    OUT.print(shown)
    shown = Table("table · 数据表", "holds · 内容", "", title="hexi data NAME -n N -o FILE", title_justify="left")
    for name, table in TABLES.items():
        shown.add_row(name, table.holds, table.holds_zh)
    OUT.print(shown)
    shown = Table("benchmark · 基准", "measures · 内容", title="hexi bench NAME", title_justify="left")
    for entry in benchmarks.values():
        shown.add_row(entry.name, entry.title)
    OUT.print(shown)
    return 0
