"""The command of the bot: `python -m rpa.bot once SETTINGS.toml`, or `schedule`, or `service`.

Exit codes: 0 it ran and nobody needs to look, 1 something is late or an alarm was raised, 2 bad input.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from rpa.bot.configuration import read_settings
from rpa.bot.report import is_clean, report
from rpa.bot.run import Summary, run_once
from rpa.bot.schedule import run_as_service, run_on_schedule
from rpa.bot.settings import Settings
from rpa.browser import find_browser
from rpa.errors import RpaError
from rpa.evidence import Vault, desktop_keyring

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command.

    Examples
    --------
    >>> parser().parse_args(["once", "bot.toml", "--contexts", "4"]).contexts
    4
    """
    words = argparse.ArgumentParser(
        prog="python -m rpa.bot", description="File the accounts of the day's list. 账户备案机器人"
    )
    words.add_argument("word", choices=("once", "schedule", "service"), help="how it runs · 运行方式")
    words.add_argument("settings", type=Path, metavar="SETTINGS", help="a TOML file · 配置文件")
    words.add_argument(
        "--secrets", type=Path, metavar="FILE", help="log-ins and keys, if not in the environment · 密钥文件"
    )
    words.add_argument("--contexts", type=int, metavar="N", help="accounts side by side · 并行数")
    words.add_argument(
        "--at", type=time.fromisoformat, action="append", default=[], metavar="HH:MM", help="for schedule · 运行时间"
    )
    words.add_argument("--headed", action="store_true", help="let people watch the browser · 显示浏览器")
    return words


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        settings = _settings(given)
        return asyncio.run(_run(given, settings))
    except RpaError as error:
        sys.stderr.write(f"rpa.bot: {error}\n")
        return 2


def _settings(given: argparse.Namespace) -> Settings:
    browser = find_browser(os.environ, headed=given.headed)
    vault = Vault(os.environ, desktop_keyring(), given.secrets)
    settings = read_settings(given.settings, vault, browser, lambda: datetime.now(UTC))
    changes = {"headed": given.headed} | ({"contexts": given.contexts} if given.contexts is not None else {})
    return replace(settings, **changes)


async def _run(given: argparse.Namespace, settings: Settings) -> int:
    """Run as was asked, until it is done or a signal ends it; an account in hand is finished first."""
    over, told = asyncio.Event(), list[Summary]()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)

    def tell(summary: Summary) -> None:
        told.append(summary)
        if given.word != "service" or summary.intake.added or summary.alarms:
            sys.stdout.write(report(summary) + "\n")
            sys.stdout.flush()

    if given.word == "once":
        tell(await run_once(settings, is_over=over.is_set))
    elif given.word == "schedule":
        await run_on_schedule(settings, given.at, over.is_set, tell)
    else:
        await run_as_service(settings, over.is_set, tell)
    return 0 if not told or is_clean(told[-1]) else 1


if __name__ == "__main__":
    sys.exit(main())
