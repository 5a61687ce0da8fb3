"""The words of the command line: each takes what was parsed, makes one call, prints, and returns the exit code."""

import argparse
import inspect
import json
import shlex
import tempfile
import textwrap
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from engines import catalogue
from engines.errors import EngineError, UnknownNameError, UnknownOptionError
from engines.paper import paper_cases
from engines.progress import bars

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WORDS"]

_OUT = Console()
_ERR = Console(stderr=True)
_NARROW = 6


def _list(given: argparse.Namespace) -> int:
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
    _OUT.print(shown)
    shown = Table("paper · 白皮书", "title · 名称", "here · 本项目", title="all 37 cases", title_justify="left")
    for one in paper:
        shown.add_row(one.number, f"{one.bank}: {one.title}\n{one.bank_zh}：{one.title_zh}", one.said)
    _OUT.print(shown)
    shown = Table("table · 数据表", "holds · 内容", "", title="hexi data NAME -n N -o FILE", title_justify="left")
    for name, table in TABLES.items():
        shown.add_row(name, table.holds, table.holds_zh)
    _OUT.print(shown)
    shown = Table("benchmark · 基准", "measures · 内容", title="hexi bench NAME", title_justify="left")
    for entry in benchmarks.values():
        shown.add_row(entry.name, entry.title)
    _OUT.print(shown)
    return 0


def _run(given: argparse.Namespace) -> int:
    """Run a case and show its report; the exit code says whether all its checks passed."""
    case = catalogue.load(catalogue.cases(), given.case, "case")
    wanted = given.html or (_temporary_page(given.case) if given.open else None)
    for output in (wanted, given.quarantine):
        _check_output(output, given.input)
    if wanted is not None:
        from engines.report import page

        page.require()
    with bars(_ERR) as report:
        speech = {"say": _ERR.print} if "say" in inspect.signature(case.run).parameters else {}
        result = case.run(**_options(case.run, given), progress=report, **speech)
    again = _again(given, result)
    if wanted is not None:
        page.write_page(result, wanted, again)
        _ERR.print(f"page written · 报告已写入: {wanted}", highlight=False, soft_wrap=True)
    if given.open and wanted is not None:
        webbrowser.open(wanted.resolve().as_uri())
    if given.json:
        from engines.report.document import to_json

        print(to_json(result, again))  # noqa: T201  # JSON is what was asked for
    else:
        from engines.report.terminal import show

        show(result, _OUT, again)
    return 0 if result.passed else 1


def _again(given: argparse.Namespace, result: Any) -> str:
    """Return the command that repeats a run on somebody's own file or about one firm; empty for a plain one."""
    if given.input:
        return f"hexi run {given.case} --input {shlex.quote(str(given.input))} --seed {result.seed}"
    if given.firm:
        return f"hexi run {given.case} --firm {shlex.quote(given.firm)} --seed {result.seed} --size {result.size}"
    return ""


def _options(run: Callable[..., Any], given: argparse.Namespace) -> dict[str, Any]:
    """Return the options that were given, under the names of the case's parameters."""
    options = {
        **{"seed": given.seed, "size": given.size, "base_rate": given.base_rate, "firm": given.firm},
        **{"faults": given.faults, "headed": given.headed},
        **{"source": given.input, "mapping": given.mapping, "quarantine": given.quarantine, "bundle": given.bundle},
    }
    flags = {"source": "input", "base_rate": "base-rate"}
    chosen = {name: value for name, value in options.items() if value is not None}
    for name in chosen:
        if name not in inspect.signature(run).parameters:
            raise UnknownOptionError(f"the case {given.case} takes no --{flags.get(name, name)}")
    if given.input is None and (given.mapping or given.quarantine):
        raise UnknownOptionError("--mapping and --quarantine say something about --input FILE, which was not given")
    if given.input is not None and (given.size or given.base_rate):
        raise UnknownOptionError("--size and --base-rate are for made data; with --input the file says what there is")
    if "base_rate" in chosen:
        chosen["base_rate"] = _base_rate(chosen["base_rate"])
    return chosen


def _base_rate(text: str) -> float:
    from datasets.plan import PAPER_BASE_RATE

    if text == "paper":
        return PAPER_BASE_RATE
    try:
        return float(text)
    except ValueError:
        raise UnknownOptionError(f"--base-rate is {text!r}, but must be a number such as 0.002, or 'paper'") from None


def _temporary_page(case: str) -> Path:
    return Path(tempfile.mkdtemp(prefix="hexi-")) / f"{case}.html"


def _check_output(path: Path | None, source: Path | None = None) -> None:
    """Refuse, before any work, an output that could not be written or would replace the input."""
    if path is None:
        return
    if not path.resolve().parent.is_dir():
        raise EngineError(f"the folder of {path} does not exist; make it first")
    if path.is_dir():
        raise EngineError(f"{path} is a folder; name a file in it")
    if source is not None and path.resolve() == source.resolve():
        raise EngineError(f"{path} is the input itself; name another file, or it would be lost")


def _data(given: argparse.Namespace) -> int:
    """Make a table and write it, or show its first rows."""
    from datasets import catalogue as tables
    from datasets import files

    if given.table not in tables.TABLES:
        raise UnknownNameError("table", given.table, list(tables.TABLES))
    options = {} if given.base_rate is None else {"base_rate": _base_rate(given.base_rate)}
    frames = tables.frames(given.table, given.n, given.seed, **options)
    if given.output is None:
        _show(next(frames).head(min(given.n, 10)), given.table)
        return 0
    files.check_ending(given.output)
    _check_output(given.output)
    done = 0
    with bars(_ERR) as report:

        def step(rows: int) -> None:
            nonlocal done
            done += rows
            report("rows · 行", done, given.n)

        rows = files.write(frames, given.output, step)
    _ERR.print(f"{rows:,} rows of {given.table} in {given.output}", highlight=False, soft_wrap=True)
    return 0


def _show(frame: "pd.DataFrame", title: str) -> None:
    """Show a narrow table as it is, a wide one turned on its side: one line for each column."""
    import pandas as pd

    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    if len(cells.columns) > _NARROW:
        cells = cells.head(3).T.reset_index()
        cells.columns = pd.Index(["column", *(f"row {row}" for row in range(1, len(cells.columns)))])
    shown = Table(*cells.columns, title=title, title_justify="left")
    for row in cells.itertuples(index=False):
        shown.add_row(*row)
    _OUT.print(shown)


def _bench(given: argparse.Namespace) -> int:
    """Run one benchmark or all, and show a table for each."""
    from benchmarks.recording import circumstances, record

    known = catalogue.benchmarks()
    names = [given.name] if given.name else sorted(known)
    if given.note and not given.record:
        raise UnknownOptionError("--note says something about --record, which was not given")
    if given.record and (given.quick or given.scorer or given.data):
        raise UnknownOptionError("a record is of a full run of what ships: not with --quick, --scorer or --data")
    if given.mapping and not given.data:
        raise UnknownOptionError("--mapping says something about --data FILE, which was not given")
    everything = []
    for name in names:
        module = catalogue.load(known, name, "benchmark")
        options = _bench_options(module.run, given)
        before = circumstances()
        with bars(_ERR) as report:
            measured = module.run(quick=given.quick, progress=report, **options)
        if given.record:
            path = record(name, measured, packages=getattr(module, "PACKAGES", ()), note=given.note, before=before)
            _ERR.print(f"recorded · 已记录: {path}", highlight=False, soft_wrap=True)
        everything += [vars(one) | {"benchmark": name} for one in measured]
        if not given.json:
            _show_measured(known[name], measured)
    if given.json:
        print(json.dumps(everything, ensure_ascii=False))  # noqa: T201  # JSON is what was asked for
    return 0


def _bench_options(run: Callable[..., Any], given: argparse.Namespace) -> dict[str, Any]:
    """Return the options that were given and that a benchmark takes; refuse the others if it was named."""
    taken = inspect.signature(run).parameters
    options = {"scorer": given.scorer, "data": given.data, "mapping": given.mapping}
    options |= {"train": given.train, "test": given.test}
    chosen = {name: value for name, value in options.items() if value is not None}
    strangers = [name for name in chosen if name not in taken]
    if strangers and given.name:
        raise UnknownOptionError(f"the benchmark {given.name} takes no --{strangers[0]}")
    if "say" in taken:
        chosen["say"] = lambda sentence: _ERR.print(sentence, highlight=False, markup=False, soft_wrap=True)
    return {name: value for name, value in chosen.items() if name in taken}


def _show_measured(entry: catalogue.Entry, measured: Any) -> None:
    """Show a table for each dataset: one row for each subject, one column for each metric."""
    for dataset in dict.fromkeys(one.dataset for one in measured):
        rows: dict[str, dict[str, str]] = {}
        for one in measured:
            if one.dataset == dataset:
                rows.setdefault(one.subject, {})[one.metric] = one.shown
        title = f"{entry.title} · {entry.title_zh}\n{dataset}"
        shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        shown.add_column("subject · 对象", no_wrap=True, overflow="fold")
        metrics = list(dict.fromkeys(metric for values in rows.values() for metric in values))
        for metric in metrics:
            shown.add_column(textwrap.fill(metric, 8, break_long_words=False), justify="right", overflow="fold")
        for subject, values in rows.items():
            shown.add_row(subject, *(values.get(metric, "") for metric in metrics))
        _OUT.print(shown)


def _new(given: argparse.Namespace) -> int:
    """Write the smallest example of a part, and say how its test is run."""
    from engines.scaffold import make

    written = make(given.kind, given.name)
    for path in written:
        _OUT.print(str(path), highlight=False, soft_wrap=True)
    _OUT.print(f"its test · 运行测试: pytest {written[-1]}", highlight=False, soft_wrap=True)
    return 0


def _ledger(given: argparse.Namespace) -> int:
    """Check a ledger; what each word does, and its exit code, are the ledger's own."""
    from engines.report.legible import legible
    from ledger.commands import WORDS as ACTIONS

    def say(text: str) -> None:
        _OUT.print(legible(text), highlight=False, markup=False, soft_wrap=True)

    with bars(_ERR) as report:
        return ACTIONS[given.action](given, say, report)


def _fraud(given: argparse.Namespace) -> int:
    """Ask the anti-fraud engine; what each word does, and its exit code, are the engine's own."""
    from engines.report.legible import legible
    from fraud.commands import WORDS as ACTIONS

    def say(text: str) -> None:
        _OUT.print(legible(text), highlight=False, markup=False, soft_wrap=True)

    with bars(_ERR) as report:
        return ACTIONS[given.action](given, say, report)


WORDS: dict[str, Callable[[argparse.Namespace], int]] = {
    **{"list": _list, "run": _run, "data": _data, "bench": _bench, "new": _new},
    "ledger": _ledger,
    "fraud": _fraud,
}
