"""Bots that file accounts, on the same pages.

Subjects: direct HTTP (the floor, which no browser beats and no bank may use), plain scripts of Playwright, of Selenium
(where Chromium and its driver are) and of Robot Framework Browser (where the extra `robot` is), and ours with one, two
and four contexts side by side. All do the whole way of an account: look it up, file it in four steps with some twenty
fields, fetch 200 kB of papers, store them, write the result back. Ours also decrypts the list, keeps a durable queue,
reads every value back before confirming, and keeps evidence with screenshots.

Seconds for each account are those of the whole run, with the start of the browser, divided by the accounts. CPU is
that of the bot's processes and of all the browser's; the systems run elsewhere. With "latency", every request takes
half a second, as real systems do, and contexts side by side wait together; eight of them log in thirty-two times, so a
long day tells more of them. Ours starts the browser without a feature that draws each page on a new surface
(`rpa.browser.session`), which a plain script could do as well. A subject that leaves an account behind stops the run.
The paper has 15 minutes by a clerk and half a minute by the bank's bot, of real systems.

"Where the time goes" has the seconds that ours spends in each kind of act of its browser, and the processor's time of
its own process and of the browser's. Two accounts are under way at once even with one context, one being filed while
the papers of the other are carried, so that the parts may add up to more than the clock.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.descendants import processor_seconds
from benchmarks.errors import SubjectFailedError
from benchmarks.filing_day import day_of, served
from benchmarks.filing_peers import SPENT
from benchmarks.filing_robot import has_robot
from benchmarks.filing_selenium import has_selenium
from benchmarks.filing_settings import PASSWORD, USER
from benchmarks.measurement import Measurement, Progress
from rpa.filing import to_record
from rpa.systems.truth import Expected, judge

__all__ = ["PACKAGES", "TITLE_ZH", "run"]

TITLE_ZH = "账户备案机器人"
PACKAGES = ("playwright", "selenium", "robotframework-browser", "httpx", "starlette", "uvicorn")
_PAPERS = 200_000
_LATENCY = 0.5
_SLOW_ACCOUNTS = 40
_LONG_DAY = 160
_ACTS = {
    "opening": "opening tabs",
    "going": "going to pages, and what stands there",
    "filling": "filling forms, and looking again",
    "clicking": "clicking, the system's answer, and what stands there",
    "attaching": "attaching files",
    "downloading": "downloading papers",
    "masking": "masking what nobody may see",
    "taking": "taking pictures",
}
"""What the bot calls its acts, by their first word (`rpa.browser.acts`), in a reader's words."""
_ROOT = Path(__file__).resolve().parent.parent


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure all subjects, without and with latency.

    Parameters
    ----------
    quick
        Two accounts and few subjects, to see that all works.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    SubjectFailedError
        If a subject has not filed every account.
    """
    told = progress or (lambda *_: None)
    plan = list(_plan(quick))
    found: list[Measurement] = []
    for place, (dataset, subject, contexts, accounts, latency) in enumerate(plan):
        told(f"{dataset}: {subject}", place, len(plan))
        wall, cpu, parts = _measured(subject, contexts, accounts, latency)
        name = f"{subject}, {contexts} at once" if subject == "ours" else subject
        found.append(Measurement(dataset, name, "each account", wall / accounts, "s"))
        found.append(Measurement(dataset, name, "CPU each", cpu / accounts, "s"))
        if contexts == 1:
            found += _where(f"{dataset}: where the time goes", parts, cpu, accounts)
        told(f"{dataset}: {subject}", place + 1, len(plan))
    return tuple(found)


def _plan(quick: bool) -> Iterator[tuple[str, str, int, int, float]]:
    """Yield dataset, subject, contexts, accounts and latency of each run."""
    count = 2 if quick else 24
    plain = f"{count} accounts"
    yield plain, "direct HTTP (floor)", 1, count, 0.0
    yield plain, "plain Playwright", 1, count, 0.0
    if not quick and has_selenium():
        yield plain, "plain Selenium", 1, count, 0.0
    if not quick and has_robot():
        yield plain, "Robot Framework Browser", 1, count, 0.0
    for contexts in (1,) if quick else (1, 2, 4):
        yield plain, "ours", contexts, count, 0.0
    if not quick:
        slow = f"latency {_LATENCY:g} s a request"
        few, many = f"{_SLOW_ACCOUNTS} accounts, {slow}", f"{_LONG_DAY} accounts, {slow}"
        yield few, "plain Playwright", 1, _SLOW_ACCOUNTS, _LATENCY
        for contexts in (1, 8):
            yield few, "ours", contexts, _SLOW_ACCOUNTS, _LATENCY
        yield many, "ours", 8, _LONG_DAY, _LATENCY


def _where(dataset: str, parts: dict[str, Any], cpu: float, accounts: int) -> Iterator[Measurement]:
    """Yield where the time of a bot went, the most first; nothing of one that does not tell."""
    for kind, seconds in sorted(parts.get("acts", {}).items(), key=lambda one: -one[1]):
        yield Measurement(dataset, f"part: {_ACTS.get(kind, kind)}", "each account", seconds / accounts, "s")
    if parts:
        yield Measurement(dataset, "part: the bot's own process", "CPU each", parts["cpu"] / accounts, "s")
        yield Measurement(dataset, "part: the browser and its driver", "CPU each", (cpu - parts["cpu"]) / accounts, "s")


def _measured(subject: str, contexts: int, count: int, latency: float) -> tuple[float, float, dict[str, Any]]:
    """Return wall and CPU seconds of one subject in a process of its own, and where they went, if it tells."""
    accounts, began = day_of(count), time.time()
    with tempfile.TemporaryDirectory(prefix="hexi-bench-") as name:
        folder = Path(name)
        (folder / "files").mkdir()
        with served(accounts, folder, latency, _PAPERS, began) as (branch, urls):
            job: dict[str, Any] = {"urls": urls, "user": USER, "password": PASSWORD, "folder": str(folder / "files")}
            job |= {"accounts": [to_record(one) for one in accounts], "contexts": contexts, "began": began}
            path = folder / "job.json"
            path.write_text(json.dumps(job), encoding="utf-8")
            asked = [sys.executable, "-m", "benchmarks.filing_peers", subject, str(path)]
            with processor_seconds() as cpu:
                started = time.monotonic()
                done = subprocess.run(asked, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
                wall = time.monotonic() - started
            spent = folder / "files" / SPENT
            parts = json.loads(spent.read_text(encoding="utf-8")) if spent.exists() else {}
            verdict = judge(branch, [Expected(one) for one in accounts])
    if done.returncode or not verdict.is_clean:
        lines = [
            line for line in done.stderr.splitlines() if line.strip() and line[0] not in "# " and "Stack" not in line
        ]
        said = lines[-1:] or [str(verdict.counts())]
        raise SubjectFailedError(f"{subject} has not filed all of {count} accounts: {said[0]}")
    return wall, cpu.seconds, parts


def _last_words(stderr: str) -> str:
    """Return what a process said last before it failed, the call stack of a browser's driver left out."""
    lines = [line for line in stderr.splitlines() if line.strip() and line[0] not in "# "]
    return next((line for line in reversed(lines) if not line.startswith("Stacktrace")), "")
