"""The command `hexi`, also `python -m engines`: parses, calls one function, prints, and returns the exit code.

Exit codes: 0 done, 1 a check failed, 2 wrong usage or bad input, 130 stopped by the user. An error is one sentence on
the error channel; `--debug` shows where it arose.
"""

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from engines.errors import ForeignDatasetsError
from engines.faults import sentence

__all__ = ["main", "parser"]


class _Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    Examples
    --------
    >>> parser().parse_args(["run", "anti-fraud", "--seed", "3"]).seed
    3
    """
    shared = _Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show where an error arose")
    top = _Parser(
        prog="hexi", description="Reference fintech engines: run a case, make data, measure. 金融科技参考引擎"
    )
    words = top.add_subparsers(dest="word", required=True, metavar="WORD", parser_class=_Parser)

    word = words.add_parser("list", parents=[shared], help="what there is: cases, tables, benchmarks · 目录")
    word.add_argument("--json", action="store_true", help="print JSON")
    word.add_argument(
        "--measure", nargs="*", metavar="CASE", help="first run these cases (default: all) and keep how long they took"
    )

    _add_open(words, shared)

    word = words.add_parser("run", parents=[shared], help="run a case and show its report · 运行案例")
    word.add_argument("case", metavar="CASE", help="name of the case, see hexi list")
    word.add_argument("--seed", type=int, help="seed of the province (default 7)")
    word.add_argument("--size", type=int, help="number of transactions, or of firms, to make")
    word.add_argument("--firm", metavar="ID", help="the firm that is asked about, such as F00020035")
    word.add_argument("--base-rate", help="share of fraud, such as 0.002, or 'paper' for the paper's 0.0063 %%")
    word.add_argument("--input", type=Path, metavar="FILE", help="a CSV or Parquet file of your own")
    word.add_argument("--mapping", type=Path, metavar="FILE", help="TOML file that names the columns of --input")
    word.add_argument("--quarantine", type=Path, metavar="FILE", help="write the refused rows of --input to a CSV file")
    word.add_argument("--faults", type=float, metavar="RATE", help="how much goes wrong, such as 0.1, or 0")
    word.add_argument("--headed", action="store_true", default=None, help="show the windows of the browser")
    word.add_argument("--bundle", type=Path, metavar="DIR", help="where to leave the ledger's proof bundle")
    word.add_argument("--json", action="store_true", help="print the result as JSON")
    word.add_argument("--html", type=Path, metavar="FILE", help="write the report as one offline page")
    word.add_argument("--open", action="store_true", help="open the page in a browser")

    word = words.add_parser("data", parents=[shared], help="make a table of the province · 生成数据")
    word.add_argument("table", metavar="NAME", help="name of the table, see hexi list")
    word.add_argument("-n", type=int, default=1000, help="number of rows (default 1000)")
    word.add_argument("--seed", type=int, default=7, help="seed of the province (default 7)")
    word.add_argument("--base-rate", help="share of fraud, such as 0.002, or 'paper' for the paper's 0.0063 %%")
    word.add_argument("-o", "--output", type=Path, metavar="FILE", help=".csv or .parquet; without it, a few are shown")

    _add_bench(words, shared)
    _add_new(words, shared)
    _add_lesson(words, shared)
    _mount_engines(words, shared)
    return top


def _add_open(words: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    word = words.add_parser("open", parents=[shared], help="the start page, offline: cases, reports, lessons · 首页")
    word.add_argument("cases", metavar="CASE", nargs="*", help="which cases --make runs (default: all)")
    word.add_argument("--make", action="store_true", help="first run cases at a small size, for their reports")
    word.add_argument("-o", "--output", type=Path, metavar="DIR", default=Path("build/start"), help="where to")
    word.add_argument("--no-browser", action="store_true", help="print where the page is, and no more")


def _add_bench(words: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    word = words.add_parser("bench", parents=[shared], help="measure ours against others · 基准测试")
    word.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="all (default), groups (fraud, graph, ledger, rpa, datasets) or benchmarks; or a word on the records:"
        " `page` shows them, `table` writes the README's table, `compare` measures again and reports what fell",
    )
    word.add_argument("--all", action="store_true", help="fraud: the whole group, not the benchmark of that name")
    word.add_argument("--quick", action="store_true", help="small sizes, some seconds")
    word.add_argument("--scorer", metavar="MODULE:CLASS", help="your own scorer beside ours")
    word.add_argument("--data", type=Path, metavar="FILE", help="labelled payments of your own: CSV or Parquet")
    word.add_argument("--mapping", type=Path, metavar="FILE", help="TOML file that names the columns of --data")
    word.add_argument("--train", metavar="DATE", help="first day to learn from in --data, such as 2018-07-25")
    word.add_argument("--test", metavar="DATE", help="first day to judge in --data, such as 2018-08-08")
    word.add_argument("--json", action="store_true", help="print JSON")
    word.add_argument("--record", action="store_true", help="keep what was measured under benchmarks/results/")
    word.add_argument("--note", default="", help="what a reader of the record must know, such as a busy machine")
    word.add_argument("-o", "--output", type=Path, metavar="FILE", help="page: where (default benchmarks.html)")
    word.add_argument("--check", action="store_true", help="table: write nothing, exit with 1 if a file differs")
    word.add_argument("--from", dest="source", type=Path, metavar="FILE", help="compare: what --json printed before")


def _add_new(words: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    word = words.add_parser("new", parents=[shared], help="begin a case, rule, contract or lesson of your own · 新建")
    word.add_argument("kind", metavar="KIND", help="case, rule, contract or lesson")
    word.add_argument("name", metavar="NAME", help="such as night-transfers")


def _add_lesson(words: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    word = words.add_parser("lesson", help="lessons for a workshop: list, build · 课程")
    deeds = word.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser)
    deed = deeds.add_parser("list", parents=[shared], help="the lessons there are · 课程清单")
    deed.add_argument("--json", action="store_true", help="print JSON")
    deed = deeds.add_parser("build", parents=[shared], help="notebooks and offline pages of lessons · 生成课件")
    deed.add_argument("names", metavar="NAME", nargs="*", help="number or name of a lesson (default: all)")
    deed.add_argument("-o", "--output", type=Path, metavar="DIR", default=Path("build/lessons"), help="where to")
    deed.add_argument("--open", action="store_true", help="open the index in a browser")


def _mount_engines(words: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    """Add the engines' own words; what they do is theirs."""
    from fraud.commands import mount as mount_fraud
    from ledger.commands import mount as mount_ledger
    from rpa.commands import mount as mount_rpa

    for name, mount, what in (
        ("ledger", mount_ledger, "check a ledger, offline: verify, prove, compare · 验证账本"),
        ("fraud", mount_fraud, "the anti-fraud engine: rules, serve, stream · 反欺诈引擎"),
        ("rpa", mount_rpa, "the filing bot: run it, its systems, its console · 备案机器人"),
    ):
        word = words.add_parser(name, help=what)
        mount(word.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser), shared)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments
        Words after `hexi`; by default those of the process.
    """
    try:
        given = parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    # threads that spin while they wait make a fit four times slower when somebody else uses the machine
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        _check_datasets()
        from engines import commands  # rich and what it draws in are not needed to say how the command is used

        return commands.WORDS[given.word](given)
    except KeyboardInterrupt:
        print("hexi: stopped; nothing half-done is left behind", file=sys.stderr)  # noqa: T201 - this is the command line
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if given.debug:
            raise
        print(f"hexi: {sentence(error)}", file=sys.stderr)  # noqa: T201 - this is the command line
        return 2


def _check_datasets() -> None:
    """Refuse to run where `datasets` would be Hugging Face's package of the same name."""
    found = importlib.util.find_spec("datasets")
    ours = Path(__file__).resolve().parent.parent / "datasets" / "__init__.py"
    if found is None or found.origin is None or Path(found.origin).resolve() != ours:
        raise ForeignDatasetsError(str(found.origin if found else "missing"))


if __name__ == "__main__":
    sys.exit(main())
