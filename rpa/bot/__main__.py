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
from datetime import UTC, datetime

from rpa.bot.configuration import read_settings
from rpa.bot.report import is_clean, report
from rpa.bot.run import Summary, run_once
from rpa.bot.schedule import run_as_service, run_on_schedule
from rpa.bot.settings import Settings
from rpa.browser import find_browser
from rpa.commands import RUNS, bot_options
from rpa.errors import RpaError
from rpa.evidence import Vault, desktop_keyring

__all__ = ["main", "run"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command as a process of its own, and return its exit code."""
    words = argparse.ArgumentParser(
        prog="python -m rpa.bot", description="File the accounts of the day's list. 账户备案机器人"
    )
    words.add_argument("word", choices=tuple(RUNS), help="how it runs · 运行方式")
    bot_options(words)
    given = words.parse_args(arguments)
    try:
        return run(given, given.word)
    except RpaError as error:
        sys.stderr.write(f"rpa.bot: {error}\n")
        return 2


def run(given: argparse.Namespace, how: str) -> int:
    """Run the bot as was asked (see `rpa.commands.bot_options`), and return the exit code.

    Raises
    ------
    RpaError
        If what is given cannot be used.
    """
    return asyncio.run(_run(given, how, _settings(given)))


def _settings(given: argparse.Namespace) -> Settings:
    browser = find_browser(os.environ, headed=given.headed)
    vault = Vault(os.environ, desktop_keyring(), given.secrets)
    settings = read_settings(given.settings, vault, browser, lambda: datetime.now(UTC))
    changes = {"headed": given.headed} | ({"contexts": given.contexts} if given.contexts is not None else {})
    return replace(settings, **changes)


async def _run(given: argparse.Namespace, how: str, settings: Settings) -> int:
    """Run as was asked, until it is done or a signal ends it; an account in hand is finished first."""
    over, told = asyncio.Event(), list[Summary]()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)

    def tell(summary: Summary) -> None:
        told.append(summary)
        if how != "service" or summary.intake.added or summary.alarms:
            sys.stdout.write(report(summary) + "\n")
            sys.stdout.flush()

    if how == "once":
        tell(await run_once(settings, is_over=over.is_set))
    elif how == "schedule":
        await run_on_schedule(settings, given.at, over.is_set, tell)
    else:
        await run_as_service(settings, over.is_set, tell)
    return 0 if not told or is_clean(told[-1]) else 1


if __name__ == "__main__":
    sys.exit(main())
