"""`hexi bench NAME...`: run benchmarks, one or a whole group, show a table for each, and keep what was measured."""

import argparse
import inspect
import json
import textwrap
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.table import Table

from engines import catalogue
from engines.errors import UnknownNameError, UnknownOptionError
from engines.faults import sentence
from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["ACTIONS", "measure"]

ACTIONS = ("page", "table", "compare")
"""Words after `hexi bench` that work on records instead of measuring."""
_SUBJECT = "subject · 对象"
_HEAD_LETTERS = 8
_EDGES = 3


def measure(given: argparse.Namespace) -> int:
    """Run benchmarks and show a table for each; one of several that cannot be measured is said, and the code is 1."""
    if given.names and given.names[0] in ACTIONS:
        from engines.words import records

        return records.work(given.names[0], given.names[1:], given)
    known = catalogue.benchmarks()
    names = _names(given, known)
    _check(given)
    everything: list[dict[str, Any]] = []
    missed = []
    for name in names:
        module = catalogue.load(known, name, "benchmark")
        try:
            measured = _measured(name, module, given, alone=len(names) == 1)
        except Exception as error:
            if len(names) == 1 or given.debug:
                raise
            missed.append(name)
            _say(f"{name} was not measured · 未测量: {sentence(error)}")
            continue
        everything += [vars(one) | {"benchmark": name} for one in measured]
        if not given.json:
            _show_measured(known[name], measured)
    if given.json:
        print(json.dumps(everything, ensure_ascii=False))  # noqa: T201  # JSON is what was asked for
    if missed:
        _say(f"not measured · 未测量: {', '.join(missed)}")
    return 1 if missed else 0


def _names(given: argparse.Namespace, known: Mapping[str, catalogue.Entry]) -> list[str]:
    """Return the benchmarks that are meant, all of them known."""
    from benchmarks.groups import ALL, GROUPS, asked_for

    names = asked_for(given.names, known, whole=given.all)
    for name in names:
        if name not in known:
            raise UnknownNameError("benchmark", name, list(dict.fromkeys([ALL, *GROUPS, *sorted(known), *ACTIONS])))
    for name in set(given.names) & GROUPS.keys() & known.keys():
        more = [one for one in GROUPS[name] if one in known and one not in names]
        if more:
            _say(f"{name} here is one benchmark · 仅此一项; `--all` adds {', '.join(more)}")
    return names


def _check(given: argparse.Namespace) -> None:
    """Refuse options that say something about another that was not given, or that belong to another word."""
    if given.note and not given.record:
        raise UnknownOptionError("--note says something about --record, which was not given")
    if given.record and (given.quick or given.scorer or given.data):
        raise UnknownOptionError("a record is of a full run of what ships: not with --quick, --scorer or --data")
    if given.mapping and not given.data:
        raise UnknownOptionError("--mapping says something about --data FILE, which was not given")
    for flag, value, word in (
        ("--output", given.output, "page"),
        ("--check", given.check, "table"),
        ("--from", given.source, "compare"),
    ):
        if value:
            raise UnknownOptionError(f"{flag} is an option of hexi bench {word}")


def _measured(name: str, module: ModuleType, given: argparse.Namespace, alone: bool) -> Sequence[Any]:
    from benchmarks.recording import circumstances, record

    options = _options(name, module.run, given, alone)
    before = circumstances()
    with bars(ERR) as report:
        measured: Sequence[Any] = module.run(quick=given.quick, progress=report, **options)
    if given.record:
        path = record(name, measured, packages=getattr(module, "PACKAGES", ()), note=given.note, before=before)
        _say(f"recorded · 已记录: {path}")
    return measured


def _options(name: str, run: Any, given: argparse.Namespace, alone: bool) -> dict[str, Any]:
    """Return the options that were given and that a benchmark takes; refuse the others if it was named."""
    taken = inspect.signature(run).parameters
    options = {"scorer": given.scorer, "data": given.data, "mapping": given.mapping}
    options |= {"train": given.train, "test": given.test}
    chosen = {option: value for option, value in options.items() if value is not None}
    strangers = [option for option in chosen if option not in taken]
    if strangers and alone:
        raise UnknownOptionError(f"the benchmark {name} takes no --{strangers[0]}")
    if "say" in taken:
        chosen["say"] = _say
    return {option: value for option, value in chosen.items() if option in taken}


def _say(text: str) -> None:
    ERR.print(text, highlight=False, markup=False, soft_wrap=True)


def _show_measured(entry: catalogue.Entry, measured: Any) -> None:
    """Show a table for each dataset: one row for each subject, one column for each metric."""
    for dataset in dict.fromkeys(one.dataset for one in measured):
        rows: dict[str, dict[str, str]] = {}
        for one in measured:
            if one.dataset == dataset:
                rows.setdefault(one.subject, {})[one.metric] = one.shown
        title = f"{entry.title} · {entry.title_zh}\n{dataset}"
        for metrics in _side_by_side(rows, OUT.width):
            shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
            shown.add_column(_SUBJECT, no_wrap=True, overflow="fold")
            for metric in metrics:
                shown.add_column(_head(metric), justify="right", overflow="fold")
            for subject, values in rows.items():
                shown.add_row(subject, *(values.get(metric, "") for metric in metrics))
            OUT.print(shown)
            title = ""


def _side_by_side(rows: Mapping[str, Mapping[str, str]], width: int) -> list[list[str]]:
    """Return the metrics, in order, of each table that is no wider than the screen: no word and no number is broken."""
    left = max(map(cell_len, [_SUBJECT, *rows]))
    found: list[list[str]] = []
    room = 0
    for metric in dict.fromkeys(metric for values in rows.values() for metric in values):
        need = 2 + max(
            map(cell_len, [*_head(metric).split("\n"), *(values.get(metric, "") for values in rows.values())])
        )
        if not found or need > room:
            found.append([])
            room = width - left - _EDGES
        found[-1].append(metric)
        room -= need
    return found


def _head(metric: str) -> str:
    return textwrap.fill(metric, _HEAD_LETTERS, break_long_words=False)
