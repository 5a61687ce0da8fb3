"""Start the three systems on this machine, for anybody's bot: `python -m rpa.systems`.

Prints where they are, who may log in, and which faults can be switched; ends on Ctrl-C.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import FrameType
from typing import TextIO

import numpy as np

from rpa.commands import systems_options
from rpa.errors import RpaError
from rpa.systems.branch import SYSTEMS, Branch
from rpa.systems.faults import NAMES, PLACES, Faults
from rpa.systems.serving import serve
from rpa.systems.stand import SPARED, made_accounts, read_accounts, set_up, switch

__all__ = ["main", "run"]

_CHINA = timezone(timedelta(hours=8))
_LOOK_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command as a process of its own, and return its exit code."""
    words = argparse.ArgumentParser(
        prog="python -m rpa.systems",
        description="Three systems for a bot to drive: operations platform, account management, image platform.",
    )
    systems_options(words)
    return run(words.parse_args(arguments))


def run(asked: argparse.Namespace) -> int:
    """Run the systems until somebody ends them (see `rpa.commands.systems_options`), and return the exit code."""
    if asked.switches:
        for name, text in NAMES.items():
            _say(f"{name:<22}{text}{f' [{chr(44).join(PLACES[name])}]' if name in PLACES else ''}")
        return 0
    with ExitStack() as stack:
        signal.signal(signal.SIGTERM, _end)
        try:
            folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="systems-")))
            faults = {
                name: Faults(rng=np.random.default_rng([asked.seed, place])) for place, name in enumerate(SYSTEMS)
            }
            rates = {name: asked.faults for name in NAMES if asked.faults and name not in SPARED}
            switch(faults, {"all": {**rates, "latency": asked.latency}})
            today = datetime.now(_CHINA).date()
            text = asked.filings.read_text(encoding="utf-8") if asked.filings else ""
            accounts = read_accounts(text) if asked.filings else made_accounts(today)
            branch, access = set_up(folder, accounts, lambda: datetime.now(_CHINA), faults)
            stack.callback(branch.close)
            ports = {name: asked.port_base + place for place, name in enumerate(SYSTEMS) if asked.port_base}
            addresses = stack.enter_context(serve(branch.applications(), asked.host, ports))
            _tell(folder, addresses, access["users"], len(accounts.filings))
            _watch(branch, folder / "faults.json", faults)
        except KeyboardInterrupt:
            _say("the systems have ended")
            return 0
        except (RpaError, OSError, UnicodeDecodeError) as error:
            _say(f"rpa.systems: {error}", sys.stderr)
            return 2
    return 0


def _tell(folder: Path, addresses: Mapping[str, str], users: Mapping[str, str], many: int) -> None:
    for name, address in addresses.items():
        _say(f"{SYSTEMS[name]} ({name}): {address}")
    for user, password in users.items():
        _say(f"user {user}, password {password}" + (" (sees each system's log: /audit)" if user == "admin" else ""))
    _say(f"{many} accounts are pending; the keys to their list: {folder / 'access.json'}")
    example = json.dumps({"all": {"error_503": 0.05}, "accounts": {"labels_swapped": 0.1, "latency": 0.5}})
    _say(f"faults are off, or as told; to change them, write {folder / 'faults.json'}, such as {example}")
    _say(f"switches: {', '.join(NAMES)} (--switches says what they do). Ctrl-C ends.")


def _watch(branch: Branch, path: Path, faults: Mapping[str, Faults]) -> None:
    """Print what only people see, and take switches that are written into the file, until somebody ends it."""
    told, seen = dict.fromkeys(SYSTEMS, 0), ""
    while True:
        for name, site in branch.sites.items():
            for message in site.seen_by_people[told[name] :]:
                _say(f"for a person's eyes: {message}")
            told[name] = len(site.seen_by_people)
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        if text != seen:
            seen = text
            try:
                switch(faults, json.loads(text or "{}"))
                _say("the switches have been set")
            except (RpaError, ValueError) as error:
                _say(f"the switches stay as they were: {error}", sys.stderr)
        time.sleep(_LOOK_SECONDS)


def _say(text: str, where: TextIO | None = None) -> None:
    where = where or sys.stdout
    where.write(f"{text}\n")
    where.flush()


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
