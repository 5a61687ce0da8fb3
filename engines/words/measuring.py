"""`hexi bench`: run benchmarks, show a table for each, and keep what was measured."""

import argparse
import inspect
import json
import textwrap
from collections.abc import Callable
from typing import Any

from rich import box
from rich.table import Table

from engines import catalogue
from engines.errors import UnknownOptionError
from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["measure"]


def measure(given: argparse.Namespace) -> int:
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
        with bars(ERR) as report:
            measured = module.run(quick=given.quick, progress=report, **options)
        if given.record:
            path = record(name, measured, packages=getattr(module, "PACKAGES", ()), note=given.note, before=before)
            ERR.print(f"recorded · 已记录: {path}", highlight=False, soft_wrap=True)
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
        chosen["say"] = lambda sentence: ERR.print(sentence, highlight=False, markup=False, soft_wrap=True)
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
        OUT.print(shown)
