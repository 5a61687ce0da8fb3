"""The filing bot's own commands, mounted by the roof: `hexi rpa once`, `schedule`, `service`, `systems`, `console`.

What each may be told is said here alone; `python -m rpa.bot`, `rpa.systems` and `rpa.console` are the same words where
the rest of the house is not there. Exit codes: 0 done, 1 something is late or an alarm was raised, 2 bad input.
"""

import argparse
import importlib
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

from rpa.errors import MissingExtraError

__all__ = ["RUNS", "WORDS", "bot_options", "console_options", "mount", "systems_options"]

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]

RUNS = {
    "once": "file the accounts of the day's list · 运行一次",
    "schedule": "the same, at times of the day · 定时运行",
    "service": "the same, whenever a list is offered · 持续运行",
}
"""How the bot runs."""


def mount(words: Any, shared: argparse.ArgumentParser) -> None:
    """Add the bot's words to a parser.

    Parameters
    ----------
    words
        Of `argparse.ArgumentParser.add_subparsers`.
    shared
        Options that every word has.
    """
    for name, what in RUNS.items():
        bot_options(words.add_parser(name, parents=[shared], help=what))
    systems_options(words.add_parser("systems", parents=[shared], help="three systems to drive · 启动模拟系统"))
    console_options(words.add_parser("console", parents=[shared], help="watch the bot, decide for it · 控制台"))


def bot_options(word: argparse.ArgumentParser) -> None:
    """Add what the bot may be told.

    Examples
    --------
    >>> word = argparse.ArgumentParser()
    >>> bot_options(word)
    >>> word.parse_args(["bot.toml", "--contexts", "4"]).contexts
    4
    """
    word.add_argument("settings", type=Path, metavar="SETTINGS", help="a TOML file · 配置文件")
    word.add_argument(
        "--secrets", type=Path, metavar="FILE", help="log-ins and keys, if not in the environment · 密钥文件"
    )
    word.add_argument("--contexts", type=int, metavar="N", help="accounts side by side · 并行数")
    word.add_argument(
        "--at", type=time.fromisoformat, action="append", default=[], metavar="HH:MM", help="for schedule · 运行时间"
    )
    word.add_argument("--headed", action="store_true", help="let people watch the browser · 显示浏览器")


def systems_options(word: argparse.ArgumentParser) -> None:
    """Add what the three systems may be told.

    Examples
    --------
    >>> word = argparse.ArgumentParser()
    >>> systems_options(word)
    >>> word.parse_args(["--latency", "0.5"]).latency
    0.5
    """
    word.add_argument("--folder", type=Path, help="where their files lie; without it, a folder that goes at the end")
    word.add_argument("--port-base", type=int, default=0, help="three ports from this one on; 0: free ones")
    word.add_argument("--host", default="127.0.0.1", help="where they listen (127.0.0.1: this machine alone)")
    word.add_argument("--filings", type=Path, help="JSON: a list of filings, or an object: filings, known, banks")
    word.add_argument("--faults", type=_rate, default=0.0, metavar="RATE", help="of every switch that needs no person")
    word.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="that each request takes longer")
    word.add_argument("--seed", type=int, default=7, help="of the chance by which faults strike")
    word.add_argument("--switches", action="store_true", help="say what every switch does, and end · 故障开关")


def console_options(word: argparse.ArgumentParser) -> None:
    """Add what the console may be told.

    Examples
    --------
    >>> word = argparse.ArgumentParser()
    >>> console_options(word)
    >>> word.parse_args(["--queue", "queue.db"]).port
    8765
    """
    word.add_argument("--queue", required=True, type=Path, metavar="FILE", help="the work queue · 任务队列")
    word.add_argument(
        "--evidence", type=Path, metavar="FOLDER", help="evidence (default: `evidence` beside the queue) · 证据目录"
    )
    word.add_argument("--policy", type=Path, metavar="FILE", help="deadlines (default: the bot's own) · 时限规则")
    word.add_argument("--port", type=int, default=8765, metavar="N", help="0 for any that is free · 端口")


def _rate(text: str) -> float:
    rate = float(text)
    if not 0.0 <= rate <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is no rate from 0 to 1")
    return rate


def _loaded(name: str) -> Any:
    """Return a module that needs what a plain installation lacks."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"the filing bot needs {error.name}: pip install -e '.[rpa]'") from None


def _bot(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Run the bot; it writes its report itself, as it does as a process of its own."""
    del say, progress
    return int(_loaded("rpa.bot.__main__").run(given, given.action))


def _systems(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Start the systems."""
    del say, progress
    return int(_loaded("rpa.systems.__main__").run(given))


def _console(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Serve the console."""
    del say, progress
    return int(_loaded("rpa.console.__main__").run(given))


WORDS: dict[str, Callable[[argparse.Namespace, Say, Progress], int]] = {
    **dict.fromkeys(RUNS, _bot),
    "systems": _systems,
    "console": _console,
}
"""What each word does."""
