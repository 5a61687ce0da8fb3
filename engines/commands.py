"""The words of the command line: each takes what was parsed, makes one call, prints, and returns the exit code.

A word is a function in a module of its own under `engines/words/`, imported when it is used, so that one word does not
wait for what another needs. To add a word: its options in `engines/__main__.py`, its function there, its line here.
"""

import argparse
import importlib
from collections.abc import Callable

from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["WORDS"]


def _list(given: argparse.Namespace) -> int:
    """Show the catalogue."""
    from engines.words.listing import show_list

    return show_list(given)


def _open(given: argparse.Namespace) -> int:
    """Write the start page and open it."""
    from engines.words.opening import open_start

    return open_start(given)


def _run(given: argparse.Namespace) -> int:
    """Run a case and show its report."""
    from engines.words.running import run_case

    return run_case(given)


def _data(given: argparse.Namespace) -> int:
    """Make a table and write it."""
    from engines.words.tables import make_table

    return make_table(given)


def _bench(given: argparse.Namespace) -> int:
    """Measure ours beside others."""
    from engines.words.measuring import measure

    return measure(given)


def _new(given: argparse.Namespace) -> int:
    """Write the smallest example of a part, and say how its test is run."""
    from engines.scaffold import its_test, make

    written = make(given.kind, given.name)
    for path in written:
        OUT.print(str(path), highlight=False, soft_wrap=True)
    OUT.print(f"its test · 运行测试: pytest {its_test(given.kind, written)}", highlight=False, soft_wrap=True)
    return 0


def _lesson(given: argparse.Namespace) -> int:
    """List the lessons, or build them."""
    from engines.words.teaching import WORDS as ACTIONS

    return ACTIONS[given.action](given)


def _of_engine(name: str) -> Callable[[argparse.Namespace], int]:
    """Return what asks an engine; what each of its words does, and its exit code, are the engine's own."""

    def ask(given: argparse.Namespace) -> int:
        from engines.report.legible import legible

        def say(text: str) -> None:
            OUT.print(legible(text), highlight=False, markup=False, soft_wrap=True)

        actions = importlib.import_module(f"{name}.commands").WORDS
        with bars(ERR) as report:
            return int(actions[given.action](given, say, report))

    return ask


WORDS: dict[str, Callable[[argparse.Namespace], int]] = {
    **{"list": _list, "open": _open, "run": _run, "data": _data, "bench": _bench, "new": _new, "lesson": _lesson},
    **{name: _of_engine(name) for name in ("fraud", "ledger", "rpa")},
}
