"""Bots that are killed at any step, browsers that die, two bots on one queue: each account is filed once."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rpa.bot import run_once
from rpa.browser import find_browser
from rpa.queue import State, WorkQueue
from tests.laws.house import ROOT
from tests.rpa.bot_world import QUICK, World, basic, general, judged, world

FOUND = find_browser(os.environ)
BOUNDARIES = ("validated", "filing", "confirmed", "filed", "imaged", "written_back")


def child(path: Path, name: str, dies_after: str = "") -> "subprocess.Popen[str]":
    """A bot in a process of its own."""
    command = [sys.executable, "-m", "tests.rpa.bot_child", str(path), name, dies_after]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> int:
    said, wrong = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), said + wrong
    return process.returncode


def states(made: World) -> list[State]:
    return [item.state for item in WorkQueue(made.settings(FOUND).queue_path).items()]


def test_a_bot_that_is_killed_at_every_step_files_each_account_once(tmp_path: Path) -> None:
    filings = [basic(number) for number in range(1, 5)]
    with world(tmp_path, filings) as made:
        path = made.written()
        for number, step in enumerate(BOUNDARIES):
            assert ended(child(path, f"bot-{number}", dies_after=step)) == -signal.SIGKILL
        assert ended(child(path, "last")) == 0
        assert judged(made, filings) == {}
        assert states(made) == [State.DONE] * 4
        assert made.truth.attempts_again.total() == 0


def test_two_bots_share_a_queue(tmp_path: Path) -> None:
    filings = [basic(number) if number % 2 else general(number) for number in range(1, 9)]
    with world(tmp_path, filings) as made:
        path = made.written(contexts=2)
        both = [child(path, name) for name in ("one", "other")]
        said = [process.communicate(timeout=120)[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        assert judged(made, filings) == {}
        assert made.truth.attempts_again.total() == 0
        queue = WorkQueue(made.settings(FOUND).queue_path)
        assert len({step.who.partition("-")[0] for step in queue.steps() if step.after == "filed"}) == 2


def test_bots_that_start_at_one_moment_open_a_new_queue_together(tmp_path: Path) -> None:
    """SQLite does not wait by itself while another switches a file to its write-ahead log."""
    script = (
        "import sys, time, pathlib; from rpa.queue import WorkQueue; from rpa.bot.lists_taken import ListsTaken\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for number in range(25):\n"
        "    path = pathlib.Path(sys.argv[1], f'{number}.db'); WorkQueue(path); ListsTaken(path)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    bots = [subprocess.Popen(command, cwd=ROOT, text=True, **pipes) for _ in range(3)]
    assert [bot.stdout.readline() for bot in bots if bot.stdout] == ["ready\n"] * 3
    said = [bot.communicate("go\n", timeout=60)[1] for bot in bots]
    assert [bot.returncode for bot in bots] == [0, 0, 0], said


@pytest.mark.parametrize("step", BOUNDARIES if os.environ.get("HEXI_FULL") else ["confirmed"])
def test_a_browser_that_is_killed_is_started_again(step: str, tmp_path: Path) -> None:
    filings = [basic(1), basic(2)]
    killed: list[str] = []

    def watch(filing_id: str, what: str) -> None:
        if what == step and not killed:
            killed.append(filing_id)
            # Debian's browser is a shell that waits for it: both are a process group of their own
            os.killpg(browser_below(os.getpid()), signal.SIGKILL)

    with world(tmp_path, filings) as made:
        settings = made.settings(FOUND, watch=watch)
        summary = asyncio.run(run_once(settings, reconcile=False))
        assert len(killed) == 1
        assert summary.browser_starts >= 2
        assert judged(made, filings) == {}
        assert states(made) == [State.DONE] * 2


def browser_below(root: int) -> int:
    """The leader of the process group of the newest browser that this process has started through Playwright."""
    facts: dict[int, tuple[int, int, int]] = {}  # parent, process group, start: numbers of processes begin anew
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            rest = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        facts[int(folder.name)] = (int(rest[1]), int(rest[2]), int(rest[19]))
    below = {root}
    while more := {one for one, (parent, *_) in facts.items() if parent in below} - below:
        below |= more
    leaders = [one for one in below - {root} if facts[one][1] == one and "chrom" in command_of(one)]
    return max(leaders, key=lambda one: facts[one][2])


def command_of(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text(errors="replace")


def test_a_bot_that_wakes_up_late_writes_nothing(tmp_path: Path, chrome: Any) -> None:
    """Its lease ends while it sleeps; another files the account; what the first still does is refused."""
    slept: list[bool] = []
    with world(tmp_path, [basic(1)]) as made:
        queue_path = made.settings(FOUND).queue_path

        def watch(filing_id: str, what: str) -> None:
            if what == "filing" and not slept:
                slept.append(True)
                queue = WorkQueue(queue_path)
                later = made.clock().timestamp() + 3_600
                lease = queue.claim("other", now=later, seconds=5)
                assert lease is not None
                queue.close()
                made.clock.began -= 3_600.0

        settings = made.settings(FOUND, watch=watch, patience=replace(QUICK, settle_seconds=0.5))
        chrome.run(run_once(settings, reconcile=False, browser=chrome.browser), seconds=90)
        assert slept
        assert judged(made, [basic(1)]) == {}
        steps = WorkQueue(queue_path).steps("L00000001")
        assert [step.after for step in steps][:4] == ["new", "validated", "filing", "in_doubt"]
