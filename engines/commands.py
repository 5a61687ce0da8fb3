"""The words of the command line: each takes what was parsed, makes one call, prints, and returns the exit code.

A word is a function in a module of its own under `engines/words/`, imported when it is used, so that one word does not
wait for what another needs. To add a word: its options in `engines/__main__.py`, its function there, its line here.
"""

import argparse
from collections.abc import Callable

from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["WORDS"]


def _list(given: argparse.Namespace) -> int:
    """Show the catalogue."""
    from engines.words.listing import show_list

    return show_list(given)


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
    from engines.scaffold import make

    written = make(given.kind, given.name)
    for path in written:
        OUT.print(str(path), highlight=False, soft_wrap=True)
    OUT.print(f"its test · 运行测试: pytest {written[-1]}", highlight=False, soft_wrap=True)
    return 0


def _ledger(given: argparse.Namespace) -> int:
    """Check a ledger; what each word does, and its exit code, are the ledger's own."""
    from engines.report.legible import legible
    from ledger.commands import WORDS as ACTIONS

    def say(text: str) -> None:
        OUT.print(legible(text), highlight=False, markup=False, soft_wrap=True)

    with bars(ERR) as report:
        return ACTIONS[given.action](given, say, report)


def _fraud(given: argparse.Namespace) -> int:
    """Ask the anti-fraud engine; what each word does, and its exit code, are the engine's own."""
    from engines.report.legible import legible
    from fraud.commands import WORDS as ACTIONS

    def say(text: str) -> None:
        OUT.print(legible(text), highlight=False, markup=False, soft_wrap=True)

    with bars(ERR) as report:
        return ACTIONS[given.action](given, say, report)


WORDS: dict[str, Callable[[argparse.Namespace], int]] = {
    **{"list": _list, "run": _run, "data": _data, "bench": _bench, "new": _new},
    "ledger": _ledger,
    "fraud": _fraud,
}
