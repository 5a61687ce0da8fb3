"""A bot in a process of its own, which may end itself with `kill -9` after a step: `WORLD.json NAME [STEP]`."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from rpa.bot import run_once
from rpa.browser import find_browser
from tests.rpa.bot_world import Clock, settings_of


def main(path: str, name: str, dies_after: str) -> None:
    given: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    clock = Clock()
    clock.began = given["began"]

    def watch(filing_id: str, what: str) -> None:
        del filing_id
        if what == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = settings_of(
        given["addresses"],
        given["registry"],
        Path(given["folder"]),
        clock,
        find_browser(os.environ),
        name=name,
        contexts=given["contexts"],
        watch=watch,
    )
    asyncio.run(run_once(settings, reconcile=False))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
